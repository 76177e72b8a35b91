"""The texts of closed tickets are deleted once they were kept for as long as the desk file says."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Engine

from domain.event import Id
from domain.instant import DAY, Duration, Instant
from domain.refusal import Refused
from projections import retention
from projections.batch import checkpoint
from projections.retention import Due
from service.jobs import Job
from store.desk import Desk
from store.expiring import request_expiry

EVERY: Final[Duration] = DAY
"""How often is looked for what is due."""
PORTION: Final = 1_000
"""Tickets in one erasure, and in one commit."""

LOGGER: Final = logging.getLogger("glasno.retention")


def retaining(desk: Desk, views: Engine) -> Job[Id]:
    """Erasures are requested of what is due: at the start and once a day, portion by portion.

    A portion is named by its first ticket. The next one waits until the views know of the one before.
    """
    looked: Instant | None = None
    asked = 0

    def due(at: Instant, _: int) -> Sequence[Id]:
        nonlocal looked
        is_early = looked is not None and abs(at - looked) < EVERY
        if is_early or _reached(views) < asked:
            return []
        found = due_tickets(desk, views, at, limit=1)
        looked = looked if found else at
        return found

    def do(_: Id, at: Instant) -> None:
        nonlocal asked
        request_portion(desk, views, at)
        asked = desk.log.head()

    return Job("retention", due, do)


def request_portion(desk: Desk, views: Engine, at: Instant) -> None:
    """Ask for the texts of as many tickets as go into one erasure; of one that is just reopened nobody is robbed."""
    until = overdue_since(desk, at)
    tickets = due_tickets(desk, views, at, limit=PORTION)
    if until is None or not tickets:
        return
    with suppress(Refused):
        if erasure := request_expiry(desk, tickets, until=until, at=at):
            LOGGER.warning("erasure %s deletes texts of tickets that were closed long ago", erasure)


def due_tickets(desk: Desk, views: Engine, at: Instant, *, limit: int) -> Sequence[Id]:
    """The tickets whose texts are due, as far as the views know."""
    until = overdue_since(desk, at)
    if until is None:
        return []
    with views.connect() as connection:
        return retention.over(connection, until=until, limit=limit)


def due_now(desk: Desk, views: Engine, at: Instant) -> Due:
    """How many there are."""
    until = overdue_since(desk, at)
    with views.connect() as connection:
        return retention.due(connection, until=until) if until is not None else Due(0, None)


def overdue_since(desk: Desk, at: Instant) -> Instant | None:
    """Tickets that were over by then are due; None if texts are kept for ever."""
    kept = desk.configured.state().retention
    return None if kept is None else at - kept


def _reached(views: Engine) -> int:
    with views.connect() as connection:
        return checkpoint(connection, retention.NAME)
