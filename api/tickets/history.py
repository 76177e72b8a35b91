"""The full view of a ticket: where it stands and everything that happened on it, texts included, in one answer."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from fastapi import Query, Response
from pydantic import Field

from api.answers import ENCODE, answer
from api.deps import TheAsker, TheDesk, TheTicket
from api.texts import TextOut, told
from api.tickets.routing import ticket_routes
from api.tickets.view import Happened, TicketReader, Whole, addresses_of, known_then, whole_ticket
from api.types import InstantOut, Out, text_of
from domain.access import Act
from domain.event import Id
from domain.ticket import Event
from projections.ticket import INTERNAL, SAID
from store.log import Recorded
from store.sealing import Unsealed

router = ticket_routes("tickets")

Length: TypeAlias = Annotated[int, Query(ge=1, le=1_000, description="How many events at the most")]
SHOWN_TO_CLIENTS: Final = tuple(each for each in SAID if each not in INTERNAL)
ROOM: Final = 10_000
"""Events of which is kept what is told of them, some 8 MB; they are only ever forgotten all at once."""
PLAIN: Final[dict[tuple[int, bytes], bytes]] = {}
"""By position and envelope, without anybody's words."""


class HappenedOut(Out):
    """An event of the ticket."""

    version: int
    position: int
    what: str = Field(examples=["ticket.answered"])
    internal: bool = Field(description="Shown to the staff alone")
    at: InstantOut = Field(description="When it happened")
    rec: InstantOut = Field(description="When it was stored")
    by: Id | None = Field(description="None when the desk or time alone acted")
    channel: str | None
    message: Id | None
    text: TextOut | None = Field(description="What was said, if something was")


class History(Out):
    """A ticket with its events, oldest first; a client is shown what was said and is not internal."""

    whole: Whole
    events: list[HappenedOut]
    next_after: int | None = Field(description="`after` of the next page; None if this is the last one")


@router.get(
    "/history",
    summary="A ticket with everything that happened",
    operation_id="getTicketHistory",
    response_model=History,
)
def get_history(
    *,
    desk: TheDesk,
    asker: TheAsker,
    found: TheTicket,
    reader: TicketReader,
    happened: Happened = None,
    after: Annotated[int, Query(ge=0, le=2**62, description="`next_after` of the page before: a version")] = 0,
    limit: Length = 500,
) -> Response:
    """The full view, in as many statements for a thousand events as for one."""
    past = known_then(found, reader.position(), happened)
    shown = [each for each in past if each.version > after]
    if Act.READ_TRAIL not in found.rights.act:
        shown = [each for each in shown if isinstance(each.event, SHOWN_TO_CLIENTS)]
    addresses = addresses_of([past[0], *shown[:limit]])
    texts = dict(zip(addresses, desk.log.texts([*addresses.values()]), strict=True))
    events = _told(shown[:limit], texts)
    more = shown[limit - 1].version if len(shown) > limit else None
    whole = whole_ticket(desk, asker, found, past, texts[past[0].version]).model_dump(mode="json")
    return answer({"whole": whole, "events": events, "next_after": more}, ETag=f'"{len(past)}"')


def _told(shown: Sequence[Recorded[Event]], texts: Mapping[int, Unsealed]) -> msgspec.Raw:
    """A list of `HappenedOut`: what was said is opened each time, and stands behind what an event says for ever."""
    words = {version: ENCODE(told(text)) for version, text in texts.items()}
    events = [b'%s,"text":%s}' % (_plain(each), words.get(each.version, b"null")) for each in shown]
    return msgspec.Raw(b"[%s]" % b",".join(events))


def _plain(recorded: Recorded[Event]) -> bytes:
    """Everything but its text, without the end; what an envelope vouches for by its digests never changes."""
    key = recorded.position, recorded.raw
    known = PLAIN.get(key)
    if known is None:
        if len(PLAIN) >= ROOM:
            PLAIN.clear()
        known = PLAIN[key] = ENCODE(_event(recorded))[:-1]
    return known


def _event(recorded: Recorded[Event]) -> dict[str, Any]:
    happened = recorded.event
    return {
        "version": recorded.version,
        "position": recorded.position,
        "what": recorded.envelope.name,
        "internal": not isinstance(happened, SHOWN_TO_CLIENTS),
        "at": text_of(happened.at),
        "rec": text_of(recorded.envelope.rec),
        "by": getattr(happened, "by", None),
        "channel": getattr(happened, "channel", None),
        "message": getattr(happened, "message", None),
    }
