"""What alerts tell of an incident that they opened: that it is worse, that they see it no more.

A person's words win: once somebody has told anything of it, alerts tell nothing any more.
"""

from domain.component import WORST_FIRST, ComponentStatus, Through
from domain.event import Id
from domain.incident import Event, Incident, Update, post
from domain.instant import Instant


def is_theirs(incident: Incident) -> bool:
    """Whether it is open, and everything that was told of it was told by alerts."""
    return not incident.is_over and incident.told_by == {Through.ALERT}


def worsen(incident: Incident, *, stream: Id, update: Update, known: frozenset[str], at: Instant) -> list[Event]:
    """Tell what is worse than what it says; `component_unknown` if that is of a component which is not known."""
    if not is_theirs(incident) or not any(_is_worse(incident, *said) for said in update.components.items()):
        return []
    return _posted(incident, stream, update, known, at)


def recover(incident: Incident, *, stream: Id, update: Update, at: Instant) -> list[Event]:
    """Tell that it is over."""
    return _posted(incident, stream, update, frozenset(), at) if is_theirs(incident) else []


def _is_worse(incident: Incident, component: str, said: ComponentStatus) -> bool:
    before = incident.claims.get(component, ComponentStatus.OPERATIONAL)
    return WORST_FIRST.index(said) < WORST_FIRST.index(before)


def _posted(incident: Incident, stream: Id, update: Update, known: frozenset[str], at: Instant) -> list[Event]:
    """Never of a time before the last update."""
    told_at = max(at, incident.updated_at)
    return post(incident, stream=stream, update=update, known=known, through=Through.ALERT, at=told_at)
