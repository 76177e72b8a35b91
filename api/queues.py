"""Lists of tickets: the queue in the order of work, those that hang, and all of them; each caller's own alone."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, TypeAlias

import msgspec
from fastapi import Depends, Response
from pydantic import Field

from api.answers import ENCODE, answer
from api.deps import TheAsker
from api.reading import Cursor, Limit, Reader, our_cursor, reading_now, reading_of
from api.routing import routes
from api.texts import TextOut, told
from api.types import IdIn, InstantOut, Key, Out, text_of
from domain.access import scope_of
from domain.classification import Complexity, Kind, Priority
from domain.event import Id
from domain.instant import Instant
from domain.ticket import Stage
from projections import deadlines, queue
from projections import ticket as ticket_view
from projections.queue import Queued
from projections.scope import Filters
from store.sealing import Unsealed

router = routes("/v1", "queues", 400, 401, 422, 429, 503)


class QueuedOut(Out):
    """A ticket that has to be worked on."""

    reference: str
    organisation: Id
    requester: Id
    line: str
    team: str
    owner: Id | None
    level: str
    kind: Kind
    priority: Priority
    category: str | None
    complexity: Complexity
    stage: Stage
    opened_at: InstantOut
    at_risk_at: InstantOut | None
    due_at: InstantOut | None = Field(description="The earliest due instant of a clock that runs")
    next_act_at: InstantOut | None
    paused: bool
    breached: bool
    at_risk: bool
    text: TextOut = Field(description="Its `subject`")


class Queue(Out):
    """A page of the queue."""

    tickets: list[QueuedOut]
    position: int = Field(description="The position of the log that it was read at")
    cursor: str | None = Field(description="For the next page; None if this is the last one")


class Listed(Out):
    """A ticket in a list."""

    reference: str
    organisation: Id
    requester: Id
    line: str
    team: str
    owner: Id | None
    level: str
    kind: Kind
    priority: Priority
    category: str | None
    complexity: Complexity
    stage: Stage
    opened_at: InstantOut


class TicketList(Out):
    """A page of tickets, the newest first."""

    tickets: list[Listed]
    position: int
    cursor: str | None


class HangingOut(Out):
    """A ticket whose next act is overdue, or that has none."""

    reference: str
    line: str
    team: str
    owner: Id | None
    next_act_at: InstantOut | None


async def filters_of(
    *,
    line: Key | None = None,
    team: Key | None = None,
    owner: IdIn | None = None,
    organisation: IdIn | None = None,
    requester: IdIn | None = None,
    level: Key | None = None,
    kind: Kind | None = None,
    priority: Priority | None = None,
    category: Key | None = None,
    stage: Stage | None = None,
) -> Filters:
    """What is looked for."""
    return Filters(line, team, owner, organisation, requester, level, kind, priority, category, stage)


Wanted: TypeAlias = Annotated[Filters, Depends(filters_of)]


@router.get("/queue", summary="The queue", operation_id="getQueue", response_model=Queue)
def get_queue(
    *,
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_of(queue.NAME, ticket_view.NAME))],
    wanted: Wanted,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Breached, at risk, then the earliest running due, then the opening; paused last."""
    with our_cursor(), reader.open(for_one=True) as reading:
        page = queue.page(
            reading.connection, scope_of(asker.caller), wanted, at=reading.at, position=reading.position, cursor=cursor,
            limit=limit,
        )  # fmt: skip
    texts = reader.views.log.texts([each.text for each in page.tickets])
    tickets = b",".join(_queued(each, text, reading.at) for each, text in zip(page.tickets, texts, strict=True))
    return answer({"tickets": msgspec.Raw(b"[%s]" % tickets), "position": page.position, "cursor": page.cursor})


@router.get("/tickets", summary="All tickets", operation_id="listTickets")
def list_tickets(
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_of(ticket_view.NAME))],
    wanted: Wanted,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> TicketList:
    """Of every stage, the newest first."""
    with our_cursor(), reader.open() as reading:
        page = ticket_view.page(
            reading.connection, scope_of(asker.caller), wanted, position=reading.position, cursor=cursor, limit=limit
        )
    tickets = [Listed.model_validate(each) for each in page.tickets]
    return TicketList(tickets=tickets, position=page.position, cursor=page.cursor)


@router.get("/hanging", summary="Hanging tickets", operation_id="listHanging")
def list_hanging(
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_now(deadlines.NAME, ticket_view.NAME))],
    limit: Limit = 200,
) -> list[HangingOut]:
    """Nothing happens although somebody should act. As of now: it has no past."""
    with reader.open() as reading:
        hanging = deadlines.hanging(reading.connection, scope_of(asker.caller), at=asker.at, limit=limit)
    return [HangingOut.model_validate(each) for each in hanging]


def _queued(row: Queued, text: Unsealed, at: Instant) -> bytes:
    """A `QueuedOut`, written out: there are fifty of them on a page."""
    words = told({"subject": text["subject"]} if isinstance(text, Mapping) else text)
    now = {"breached": row.is_breached(at), "at_risk": row.is_at_risk(at), "text": words}
    return b"%s,%s" % (_plain(row), ENCODE(now)[1:])


@lru_cache(2_000)
def _plain(row: Queued) -> bytes:
    """What is true at any time, without anybody's words and without the end: pages are asked for again and again."""
    ticket = {
        "reference": row.reference,
        "organisation": row.organisation,
        "requester": row.requester,
        "line": row.line,
        "team": row.team,
        "owner": row.owner,
        "level": row.level,
        "kind": row.kind,
        "priority": row.priority,
        "category": row.category,
        "complexity": row.complexity,
        "stage": row.stage,
        "opened_at": text_of(row.opened_at),
        "at_risk_at": _told(row.at_risk_at),
        "due_at": _told(row.due_at),
        "next_act_at": _told(row.next_act_at),
        "paused": bool(row.paused),
    }
    return ENCODE(ticket)[:-1]


def _told(instant: Instant | None) -> str | None:
    return None if instant is None else text_of(instant)
