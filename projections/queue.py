"""The queue: what has to be worked on, in the order in which it has to be, now and at any instant of the past."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from domain.access import Scope
from domain.event import Id
from domain.instant import Duration, Instant
from domain.ticket import Stage, Ticket
from projections.outlook import NEVER, Outlook
from projections.past import Moment
from projections.queue_page import Page, Queued, page, rank_at
from projections.queue_table import AT_RISK, BREACHED, IDLE, METADATA, NAME, ONLY, PAUSED, RUNNING, TICKETS, WIDEST
from projections.rows import Rows
from projections.scope import Filters, matching, within
from projections.span import CURRENT, holding_at
from projections.touched import touched
from store.log import Recorded

WORKING: Final = (Stage.OPENED, Stage.ACCEPTED, Stage.WAITING)
"""The stages of tickets whose work is not done."""


@dataclass(frozen=True)
class OpenTickets:
    """Tickets of a priority at a stage whose work is not done."""

    priority: str
    stage: Stage
    number: int
    oldest: Instant
    """When the oldest of them was opened."""


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A ticket is in the queue while its work is not done, or a message of the client is unanswered."""
    for stream, ticket, ahead in touched(rows, TICKETS, recorded, moment):
        queued = ticket.is_open or (ticket.is_live and ticket.owes_answer)
        rows.hold(TICKETS, {"stream": stream}, _row(ticket, ahead) if queued else None, recorded.position)
        if queued and ahead.due_at is not None and ahead.at_risk_at is not None:
            _widen(rows, ahead.due_at - ahead.at_risk_at)


def counts(connection: Connection, scope: Scope, filters: Filters, *, at: Instant, position: int) -> dict[str, int]:
    """How many tickets stand how at the instant; every ticket of the queue is counted once."""
    rank = rank_at(at)
    query = (
        select(rank, func.count())
        .where(holding_at(TICKETS, position), within(TICKETS, scope), *matching(TICKETS, asdict(filters)))
        .group_by(rank)
    )
    found = {row[0]: row[1] for row in connection.execute(query)}
    names = {"breached": BREACHED, "at_risk": AT_RISK, "running": RUNNING, "paused": PAUSED}
    return {name: found.get(number, 0) for name, number in names.items()}


def stages(connection: Connection, filters: Filters, *, position: int) -> dict[Stage, int]:
    """How many tickets of the queue are at which stage."""
    found = holding_at(TICKETS, position), *matching(TICKETS, asdict(filters))
    rows = connection.execute(select(TICKETS.c.stage, func.count()).where(*found).group_by(TICKETS.c.stage))
    known = {row[0]: row[1] for row in rows}
    return {stage: known[stage.value] for stage in Stage if stage.value in known}


def open_tickets(connection: Connection, organisation: Id | None = None) -> Sequence[OpenTickets]:
    """All whose work is not done, as of now; of one organisation if it is named."""
    axes = TICKETS.c.priority, TICKETS.c.stage
    working = TICKETS.c.node == CURRENT, TICKETS.c.stage.in_([each.value for each in WORKING])
    query = select(*axes, func.count(), func.min(TICKETS.c.opened_at)).where(*working).group_by(*axes)
    if organisation is not None:
        query = query.where(TICKETS.c.organisation == organisation)
    rows = connection.execute(query)
    return [OpenTickets(priority, Stage(stage), number, oldest) for priority, stage, number, oldest in rows]


def _row(ticket: Ticket, ahead: Outlook) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "organisation": ticket.organisation,
        "requester": ticket.requester,
        "line": ticket.line,
        "team": ticket.team,
        "owner": ticket.owner,
        "level": ticket.level,
        "kind": ticket.kind.value,
        "priority": ticket.priority.value,
        "category": ticket.category,
        "complexity": ticket.complexity.value,
        "stage": ticket.stage.value,
        "opened_at": ticket.clocks.terms[0].since,
        "at_risk_at": ahead.at_risk_at,
        "due_at": ahead.due_at,
        "next_act_at": ahead.next_act_at,
        "paused": ticket.clocks.waits_for is not None,
        "beyond_calendar": ahead.beyond_calendar,
        "turn": _turn(ahead, is_paused=ticket.clocks.waits_for is not None),
    }


def _turn(ahead: Outlook, *, is_paused: bool) -> Instant:
    """What the order goes by within a rank."""
    if ahead.due_at is not None:
        return ahead.due_at
    return IDLE if is_paused else NEVER


def _widen(rows: Rows, window: Duration) -> None:
    known = rows.get(WIDEST, ONLY)
    if known is None or known["milliseconds"] < window:
        rows.put(WIDEST, {"only": ONLY, "milliseconds": window})


__all__ = [
    "METADATA",
    "NAME",
    "TICKETS",
    "OpenTickets",
    "Page",
    "Queued",
    "counts",
    "open_tickets",
    "page",
    "project",
    "stages",
]
