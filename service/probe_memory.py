"""What a probe begins with: what the log says that it said last, and what was remembered beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from domain.component import ProbeTurned, ProbeWithdrawn
from domain.configuration.component import ComponentDefined
from domain.configuration.probe import ProbeDefined
from domain.instant import Instant
from domain.probe import Watch, agreed
from monitoring.probes.watches import Watched, seat_of
from store.desk import Desk

Probes: TypeAlias = Mapping[str, ProbeDefined]

UNSAID: Final = Watch()


def recalled(desk: Desk, probe: ProbeDefined, known: Mapping[str, Watched]) -> Mapping[str, Watched]:
    """The probe as it stood for each who looks. What the log says counts: the memory may be lost, older, or of others.

    A probe that is not remembered was seen last when the desk is known to have been alive last.
    """
    keys = [seat_of(probe.key, prober) for prober in probe.seats]
    found = {key: _remembered(desk, probe, key, known.get(key)) for key in keys}
    return _as_told(found, _said(desk, probe)) if probe.component else found


def left_over(desk: Desk, probes: Probes) -> Iterator[tuple[str, str]]:
    """Each component and probe that still counts there and looks there no longer."""
    for component in desk.configured.state().of(ComponentDefined):
        state = desk.components.load(desk.name("component", component))[0]
        yield from ((component, key) for key in state.probes if not looks_at(probes, key, component))


def looks_at(probes: Probes, key: str, component: str) -> bool:
    """Whether there is such a probe of the component."""
    return key in probes and probes[key].component == component


def _remembered(desk: Desk, probe: ProbeDefined, key: str, known: Watched | None) -> Watched:
    if known and known.component == probe.component:
        return known
    number = known.watch.number if known else 0
    return Watched(key, probe.component, Watch(number=number, seen_at=_alive_at(desk)))


def _as_told(found: Mapping[str, Watched], said: Watch) -> Mapping[str, Watched]:
    """If together they say something else, each begins with what was told. Numbers never fall, whatever is known."""
    watches = [each.watch for each in found.values()]
    missing = said.number - sum(each.number for each in watches)
    if missing <= 0 and said.status is agreed(each.status for each in watches):
        return found
    told = {key: replace(each, watch=_turned(each.watch, said)) for key, each in found.items()}
    first, counted = next(iter(told.items()))
    more = replace(counted.watch, number=counted.watch.number + max(missing, 0))
    return {**told, first: replace(counted, watch=more)}


def _turned(watch: Watch, said: Watch) -> Watch:
    return replace(watch, status=said.status, seen_at=max(watch.seen_at, said.seen_at), against=())


def _said(desk: Desk, probe: ProbeDefined) -> Watch:
    """What the log has of it."""
    said = UNSAID
    for recorded in desk.log.read(desk.name("component", probe.component)):
        match recorded.event:
            case ProbeTurned() as turned if turned.probe == probe.key:
                seen_at = turned.at if turned.status else said.seen_at
                said = replace(said, status=turned.status, number=turned.number, seen_at=seen_at)
            case ProbeWithdrawn() as withdrawn if withdrawn.probe == probe.key:
                said = replace(said, status=None)
            case _:
                pass
    return said


def _alive_at(desk: Desk) -> Instant:
    """When the newest event was stored."""
    newest = desk.log.read_all(after=desk.log.head() - 1, limit=1)
    return newest[-1].envelope.rec if newest else 0
