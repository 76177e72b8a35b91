"""A ticket as it stands or stood: where it stands, what was said on it, what was done to it."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Annotated, TypeAlias

from fastapi import Depends, Query, Response
from pydantic import Field

from api.deps import Asker, Found, TheAsker, TheDesk, TheTicket
from api.reading import Limit, Reader, reading_of
from api.texts import TextOut, told
from api.tickets.routing import ticket_routes
from api.tickets.shape import TicketOut, ticket_out
from api.types import InstantIn, InstantOut, Out
from domain.access import rights
from domain.calendar import CalendarEnded
from domain.event import Address, Id
from domain.instant import Instant
from domain.policy import Book
from domain.refusal import Refused
from domain.ticket import Event, Ticket, folded
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import closes_at
from domain.ticket.promise import next_act
from projections import ticket as ticket_view
from projections.ticket import Entry
from store.desk import Desk
from store.log import Recorded
from store.sealing import Unsealed

router = ticket_routes("tickets")

TicketReader: TypeAlias = Annotated[Reader, Depends(reading_of(ticket_view.NAME))]
Happened: TypeAlias = Annotated[
    InstantIn | None, Query(description="Only what had happened by then, whenever it was stored")
]


class LinkOut(Out):
    """Another ticket that it has to do with."""

    reference: str
    how: str


class Whole(Out):
    """A ticket with what it was opened for and what comes next."""

    ticket: TicketOut
    version: int
    opened_at: InstantOut
    channel: str
    rule: str = Field(description="The routing rule that sent it where it went")
    text: TextOut = Field(description="Its `subject` and `body`")
    next_act: InstantOut | None = Field(description="When something is to happen next; None beyond its calendar's end")
    closes_at: InstantOut | None = Field(description="When silence becomes consent; None beyond its calendar's end")
    merged_into: str | None = Field(description="The ticket that it is a duplicate of, if the caller sees that one")
    links: list[LinkOut] = Field(description="For the staff alone: to the tickets that the caller sees")


class MessageOut(Out):
    """Something that was said; what is internal only the staff see."""

    position: int
    what: str = Field(description="Its event", examples=["ticket.answered"])
    internal: bool
    at: InstantOut
    by: Id | None
    channel: str | None
    message: Id | None
    text: TextOut | None


class Messages(Out):
    """What was said, oldest first."""

    messages: list[MessageOut]
    next_after: int | None = Field(description="`after` of the next page; None if this is the last one")


@router.get("", summary="A ticket", operation_id="getTicket")
def get_ticket(
    *,
    desk: TheDesk,
    asker: TheAsker,
    found: TheTicket,
    reader: TicketReader,
    response: Response,
    happened: Happened = None,
) -> Whole:
    """As it stands, or as it was known (`at`) or had happened (`happened`) at an instant."""
    past = known_then(found, reader.position(), happened)
    response.headers["ETag"] = f'"{len(past)}"'
    return whole_ticket(desk, asker, found, past, *desk.log.texts([*addresses_of(past[:1]).values()]))


@router.get("/messages", summary="What was said", operation_id="listMessages")
def list_messages(
    *,
    desk: TheDesk,
    found: TheTicket,
    reader: TicketReader,
    after: Annotated[int, Query(ge=0, le=2**62, description="`next_after` of the page before")] = 0,
    limit: Limit = 100,
) -> Messages:
    """Messages, answers, resolutions and, for the staff, notes."""
    with reader.open(including=found.past[-1].position) as reading:
        internal, until = found.rights.see_internal, known_then(found, reading.position, None)[-1].position
        said = ticket_view.entries(
            reading.connection, found.stream, internal=internal, position=until, after=after, limit=limit + 1
        )
    shown = _messages(desk, said[:limit])
    return Messages(messages=shown, next_after=shown[-1].position if len(said) > limit else None)


def known_then(found: Found, position: int | None, happened: int | None) -> Sequence[Recorded[Event]]:
    """What was known of the ticket at the position and had happened at the instant; `Refused` if nothing was."""
    past: Sequence[Recorded[Event]] = found.past
    if position is not None:
        past = [each for each in past if each.position <= position]
    if happened is not None:
        past = [each for each in past if each.event.at <= happened]
    if not past or not isinstance(past[0].event, TicketOpened):
        raise Refused("not_found")
    return past


def addresses_of(past: Sequence[Recorded[Event]]) -> Mapping[int, Address]:
    """Where what was said can be asked for, by version."""
    texts = ((each.version, getattr(each.event, "text", None)) for each in past)
    return {version: text for version, text in texts if isinstance(text, Address)}


def whole_ticket(desk: Desk, asker: Asker, found: Found, past: Sequence[Recorded[Event]], text: Unsealed) -> Whole:
    """The ticket after what is told of its past, with the words that it was opened with."""
    state = found.state if len(past) == len(found.past) else folded([each.event for each in past])
    opened, book = past[0].event, desk.configured.known.book()
    assert isinstance(opened, TicketOpened)  # noqa: S101 -- `known_then` has seen to it
    links = sorted(state.links) if found.rights.see_internal else []
    others = _references(desk, asker, {to for to, _ in links} | ({state.merged_into} if state.merged_into else set()))
    linked = [(others[to], how) for to, how in links]
    return Whole(
        ticket=ticket_out(state),
        version=len(past),
        opened_at=opened.at,
        channel=opened.channel,
        rule=opened.rule,
        text=TextOut(**told(text)),
        next_act=_if_known(next_act, state, book),
        closes_at=_if_known(closes_at, state, book),
        merged_into=state.merged_into and others[state.merged_into],
        links=[LinkOut(reference=to, how=how) for to, how in linked if to],
    )


def _if_known(reckon: Callable[[Ticket, Book], Instant | None], state: Ticket, book: Book) -> Instant | None:
    """None where it lies beyond the end of a calendar: no ticket is hidden for that."""
    with suppress(CalendarEnded):
        return reckon(state, book)
    return None


def _references(desk: Desk, asker: Asker, streams: AbstractSet[Id]) -> Mapping[Id, str | None]:
    """Of other tickets; None if the caller does not see one."""
    pasts = desk.recalled.read(*streams) if streams else []
    others = zip(streams, map(desk.tickets.fold, pasts), strict=True)
    return {stream: each.reference if rights(asker.caller, each).see else None for stream, each in others}


def _messages(desk: Desk, said: Sequence[Entry]) -> list[MessageOut]:
    addresses = {each.position: each.text for each in said if each.text is not None}
    texts = dict(zip(addresses, desk.log.texts([*addresses.values()]), strict=True))
    return [_message(each, TextOut(**told(texts[each.position])) if each.position in texts else None) for each in said]


def _message(entry: Entry, text: TextOut | None) -> MessageOut:
    plain = {name: getattr(entry, name) for name in MessageOut.model_fields if name != "text"}
    return MessageOut(**plain, text=text)
