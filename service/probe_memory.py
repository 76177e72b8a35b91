"""What a probe begins with: what the log says that it said last, and what was remembered beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from domain.component import ProbeTurned, ProbeWithdrawn
from domain.configuration.component import ComponentDefined
from domain.configuration.probe import ProbeDefined
from domain.instant import Instant
from domain.probe import Watch
from monitoring.probes.watches import Watched
from store.desk import Desk

Probes: TypeAlias = Mapping[str, ProbeDefined]

UNSAID: Final = Watch()


def recalled(desk: Desk, probe: ProbeDefined, known: Watched | None) -> Watched:
    """The probe as it stood. What the log says of it counts: the memory may be lost, older, or of another component.

    A probe that is not remembered was seen last when the desk is known to have been alive last.
    """
    number = known.watch.number if known else 0
    if known is None or known.component != probe.component:
        known = Watched(probe.key, probe.component, Watch(number=number, seen_at=_alive_at(desk)))
    return replace(known, watch=_as_told(known.watch, _said(desk, probe))) if probe.component else known


def left_over(desk: Desk, probes: Probes) -> Iterator[tuple[str, str]]:
    """Each component and probe that still counts there and looks there no longer."""
    for component in desk.configured.state().of(ComponentDefined):
        state = desk.components.load(desk.name("component", component))[0]
        yield from ((component, key) for key in state.probes if not looks_at(probes, key, component))


def looks_at(probes: Probes, key: str, component: str) -> bool:
    """Whether there is such a probe of the component."""
    return key in probes and probes[key].component == component


def _as_told(watch: Watch, said: Watch) -> Watch:
    """Numbers never fall, whatever was remembered."""
    if said.number <= watch.number and said.status is watch.status:
        return watch
    number, seen_at = max(watch.number, said.number), max(watch.seen_at, said.seen_at)
    return replace(watch, status=said.status, number=number, seen_at=seen_at, against=())


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
