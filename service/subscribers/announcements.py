"""Announcements that are still to be told: which ones, what about, and the desk as it stood then."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import takewhile
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine

from domain.code import code_of
from domain.event import Id
from domain.instant import DAY, Duration, Instant
from projections import incidents, status, trail
from projections.batch import checkpoint
from projections.subscribed import MailingKind
from projections.subscribers import Announced, mailings
from status_page.edition import Edition, Mark, configured_at, edition
from store.desk import Desk
from store.log import Log, Recorded

VIEWS: Final = (incidents.NAME, status.NAME, trail.NAME)
"""What an announcement is told from."""
MOST: Final = 1_000
"""Announcements that are looked at; later ones wait."""
STALE: Final[Duration] = 2 * DAY
"""What could not be told for so long is no news any more: whoever was not told yet is not told."""


def under_way(desk: Desk, connection: Connection) -> list[Announced]:
    """The oldest first. The log knows better than a view that is being built whether one is done."""
    seen = min(checkpoint(connection, name) for name in VIEWS)
    return [
        each
        for each in mailings(connection, limit=MOST)
        if _stored(desk.log, each).end <= seen and not desk.mailings.load(mailing_of(desk, each))[0].is_done
    ]


def mailing_of(desk: Desk, mailing: Announced) -> Id:
    """The stream of a mailing."""
    return desk.name("mailing", str(mailing.position))


def concerned(desk: Desk, connection: Connection, mailing: Announced) -> frozenset[str]:
    """The components that it is about."""
    if mailing.kind is MailingKind.COMPONENT:
        return frozenset({event_of(desk, mailing).event.component})
    code = code_of("incident", mailing.stream)
    found = incidents.one(connection, code, position=mailing.position)
    return frozenset(found.components if found else ())


def event_of(desk: Desk, mailing: Announced) -> Recorded[Any]:
    """What was announced."""
    return _stored(desk.log, mailing).recorded


def is_stale(desk: Desk, mailing: Announced, at: Instant) -> bool:
    """Whether it is too late to tell anybody."""
    return at >= event_of(desk, mailing).envelope.rec + STALE


@contextmanager
def as_announced(desk: Desk, views: Engine, mailing: Announced, address: str) -> Iterator[Edition]:
    """The desk as it stood then, so that an attempt tells what the one before it told."""
    stored = _stored(desk.log, mailing)
    mark = Mark(stored.end, stored.recorded.envelope.rec)
    with edition(desk, views, mark, configured_at(desk, stored.end), address) as opened:
        yield opened


class Stored(NamedTuple):
    """An announcement as it stands in the log."""

    recorded: Recorded[Any]
    end: int
    """The position of the last event of its commit: what an incident means for components is stored behind it."""


@lru_cache(MOST)
def _stored(log: Log, mailing: Announced) -> Stored:
    recorded: Recorded[Any] = log.read(mailing.stream, after=mailing.version - 1)[0]
    behind = log.read_all(after=recorded.position)
    mine = takewhile(lambda each: each.envelope.command == recorded.envelope.command, behind)
    return Stored(recorded, max((each.position for each in mine), default=recorded.position))
