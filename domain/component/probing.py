"""What probes say of a component: the worst of it is its status, unless a person's word stands against it."""

from collections.abc import Mapping

from domain.component.events import Event, ProbeTurned, ProbeWithdrawn, State, StatusSet, Through, worst
from domain.component.state import Component, without
from domain.event import Content, Id
from domain.instant import Instant
from domain.refusal import Refused


def observe(component: Component, *, key: str, probe: str, status: State, number: int, at: Instant) -> list[Event]:
    """A probe says something else than before from `at` on; None: it fell silent."""
    if probe in component.probes and component.probes[probe] is status:
        return []
    turned = ProbeTurned(at=at, component=key, probe=probe, status=status, number=number)
    return [turned, *_followed(component, {**component.probes, probe: status}, key, at)]


def withdraw_probe(component: Component, *, key: str, probe: str, at: Instant) -> list[Event]:
    """It looks at the component no longer; without any probe nothing is known, unless a person said something."""
    if probe not in component.probes:
        return []
    gone = ProbeWithdrawn(at=at, component=key, probe=probe)
    return [gone, *_followed(component, without(component.probes, probe), key, at)]


def release(component: Component, *, key: str, at: Instant, by: Id, why: str = "") -> list[Event]:
    """A person takes back the word that stood against the probes: what they say counts again.

    Refused: `component_not_probed` if no probe has said anything of it.
    """
    if not component.probes:
        raise Refused("component_not_probed", component=key)
    if not component.is_held:
        return []
    said = worst(component.probes.values())
    text = Content(by, {"why": why}) if why else None
    at = max(at, component.since)
    return [StatusSet(at=at, component=key, status=said, through=Through.PROBE, by=by, why=text)]


def _followed(component: Component, probes: Mapping[str, State], key: str, at: Instant) -> list[Event]:
    """What the component is said to be now, if that is news; not before what was said of it last."""
    said = worst(probes.values())
    if component.is_held or (component.through, component.status) == (Through.PROBE, said):
        return []
    return [StatusSet(at=max(at, component.since), component=key, status=said, through=Through.PROBE)]
