"""What an announcement brings with it elsewhere, in its own commit: what it means for components, and its code."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from domain import component, incident, maintenance, reservation
from domain.code import code_of
from domain.component import Component, begin_works, claim, end_works, plan_works
from domain.event import Id
from domain.incident import Incident, IncidentOpened, IncidentUpdated
from domain.instant import Duration, Instant
from domain.maintenance import (
    OVER,
    Works,
    WorksAnnounced,
    WorksImported,
    WorksRescheduled,
    WorksReworded,
    WorksStatus,
    WorksUpdated,
)
from domain.reservation import Reservation, reserve
from store.names import Naming
from store.streams import Intent, Streams


@dataclass(frozen=True)
class Announcing:
    """Where components are, and how long ahead works are to be announced; imported ones count as announced."""

    components: Streams[Component, component.Event]
    reservations: Streams[Reservation, reservation.Event]
    name: Naming
    notice: Callable[[], Duration]

    def of_incident(self, stream: Id, _: Incident, events: Sequence[incident.Event]) -> Iterator[Intent]:
        """What an incident says of components from its newest update on."""
        for event in events:
            if isinstance(event, IncidentOpened):
                yield self._found_by("incident", stream, event.at)
            if isinstance(event, IncidentUpdated):
                for each in event.affected:
                    yield self.components.intend(
                        self.name("component", each.component), claim,
                        key=each.component, incident=stream, status=each.new, through=event.through, at=event.at,
                        by=event.by,
                    )  # fmt: skip

    def of_works(self, stream: Id, before: Works, events: Sequence[maintenance.Event]) -> Iterator[Intent]:
        """When works are to be done on components, and that they begin and end."""
        works = before
        for event in events:
            yield from self._of_event(stream, works, event)
            works = maintenance.evolve(works, event)

    def _of_event(self, stream: Id, works: Works, event: maintenance.Event) -> Iterator[Intent]:
        match event:
            case WorksAnnounced():
                yield self._found_by("works", stream, event.at)
                yield from self._planned(stream, event.components, event)
            case WorksRescheduled():
                yield from self._planned(stream, works.components, event)
            case WorksUpdated():
                yield from self._turned(stream, works, event)
            case WorksReworded() | WorksImported():
                return
            case _:
                assert_never(event)

    def _found_by(self, kind: str, stream: Id, at: Instant) -> Intent:
        """Its code: who tells more of it needs no view."""
        name = self.name(kind, code_of("incident", stream))
        return self.reservations.intend(name, reserve, holder=stream, at=at)

    def _planned(self, stream: Id, keys: Sequence[str], event: WorksAnnounced | WorksRescheduled) -> Iterator[Intent]:
        for key in keys:
            yield self.components.intend(
                self.name("component", key), plan_works,
                key=key, works=stream, start=event.start, end=event.end, at=event.at,
            )  # fmt: skip

    def _turned(self, stream: Id, works: Works, event: WorksUpdated) -> Iterator[Intent]:
        for key in works.components:
            to = self.name("component", key)
            if event.status in OVER:
                yield self.components.intend(to, end_works, key=key, works=stream, at=event.at)
            elif works.status is WorksStatus.SCHEDULED and event.status is WorksStatus.IN_PROGRESS:
                notice = 0 if works.external else self.notice()
                yield self.components.intend(to, begin_works, key=key, works=stream, notice=notice, at=event.at)
