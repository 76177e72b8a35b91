"""The audit trail in words: who did what, when, and through what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from fastapi import Depends, Header, Query
from pydantic import Field

from api.deps import TheAsker, TheDesk, TheTicket
from api.language import preferred
from api.reading import Limit, Reader, Reading, reading_of
from api.routing import routes
from api.texts import names_of
from api.tickets.routing import ticket_routes
from api.types import IdIn, InstantOut, Out
from domain.access import Act
from domain.event import Id, Source, shape_of
from domain.refusal import Refused
from domain.shapes import event_classes
from domain.token import TokenScope
from projections import trail, words
from projections.trail import Trace
from projections.words import Telling
from store.desk import Desk

router = routes("/v1", "trail", 400, 401, 403, 422, 429, 503)

of_ticket = ticket_routes("trail")

TrailReader: TypeAlias = Annotated[Reader, Depends(reading_of(trail.NAME))]
Before: TypeAlias = Annotated[
    int | None, Query(ge=1, le=2**62, description="`next_before` of the page before: older ones only")
]


CLASSES: Final = {shape_of(each).name: each for each in event_classes()}


@dataclass(frozen=True)
class Speaker:
    """In the caller's language."""

    desk: Desk
    language: str

    def telling(self, traces: Sequence[Trace]) -> Telling:
        """In the desk's zone; people by name, as far as not erased, all of a page asked for together."""
        told = ((CLASSES[each.name], each.values) for each in traces)
        names = names_of(self.desk, {person for each in told for person in words.people_in(*each, self.language)})
        zone = self.desk.founding.load(self.desk.stream)[0].zone
        return Telling(self.language, zone, lambda person: names.get(person, person))


def speaker_to(desk: TheDesk, _: TheAsker, accept_language: Annotated[str, Header()] = "") -> Speaker:
    """Who tells it to the caller."""
    return Speaker(desk, preferred(accept_language))


Spoken: TypeAlias = Annotated[Speaker, Depends(speaker_to)]


class TraceOut(Out):
    """One event."""

    position: int
    stream: Id
    version: int
    name: str = Field(examples=["ticket.accepted"])
    at: InstantOut = Field(description="When it happened")
    rec: InstantOut = Field(description="When it was stored")
    source: Source
    by: Id | None = Field(description="None when the desk or time alone acted")
    through: str | None
    words: str = Field(description="The event in the caller's language")


class Trail(Out):
    """Events, the newest first."""

    events: list[TraceOut]
    next_before: int | None = Field(description="`before` of the next page; None if this is the last one")


@of_ticket.get("/trail", summary="What was done to a ticket", operation_id="getTicketTrail")
def get_ticket_trail(
    *,
    found: TheTicket,
    reader: TrailReader,
    speaker: Spoken,
    before: Before = None,
    limit: Limit = 100,
) -> Trail:
    """Every event of the ticket."""
    if Act.READ_TRAIL not in found.rights.act:
        raise Refused("not_allowed")
    with reader.open(including=found.past[-1].position) as reading:
        newest = _before(reading, before)
        traces = trail.page(reading.connection, before=newest, stream=found.stream, limit=limit + 1)
    return _page(traces, limit, speaker)


@router.get("/trail", summary="What was done on the desk", operation_id="getTrail")
def get_trail(
    *,
    asker: TheAsker,
    reader: TrailReader,
    speaker: Spoken,
    before: Before = None,
    stream: IdIn | None = None,
    by: IdIn | None = None,
    name: Annotated[str | None, Query(pattern=r"^[a-z_]+\.[a-z_]+$", examples=["ticket.opened"])] = None,
    source: Source | None = None,
    limit: Limit = 100,
) -> Trail:
    """Every event of every stream, for auditors."""
    asker.demand(TokenScope.AUDIT_READ)
    with reader.open() as reading:
        found = trail.page(
            reading.connection, before=_before(reading, before), stream=stream, by=by, name=name, source=source,
            limit=limit + 1,
        )  # fmt: skip
    return _page(found, limit, speaker)


def _before(reading: Reading, before: int | None) -> int | None:
    """The first position that is not to be shown."""
    bounds = [each for each in (before, None if reading.position is None else reading.position + 1) if each is not None]
    return min(bounds, default=None)


def _page(found: Sequence[Trace], limit: int, speaker: Speaker) -> Trail:
    telling = speaker.telling(found[:limit])
    shown = [_told(each, telling) for each in found[:limit]]
    return Trail(events=shown, next_before=shown[-1].position if len(found) > limit else None)


def _told(trace: Trace, telling: Telling) -> TraceOut:
    plain = {name: getattr(trace, name) for name in TraceOut.model_fields if name != "words"}
    return TraceOut(**plain, words=words.sentence(CLASSES[trace.name], trace.values, telling))
