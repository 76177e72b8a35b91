"""Reading the views: one snapshot, as of now or as of an instant, and never without what the reader knows of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from fastapi import Header, Query
from sqlalchemy import Connection
from sqlalchemy.exc import DataError

from api.deps import TheAsker, TheDesk, TheViews
from api.types import InstantIn
from domain.instant import Instant
from domain.refusal import Refused
from projections import positions
from projections.engine import Projector
from store.desk import Desk

PATIENCE: Final = 10.0
"""Seconds that a query waits for what it must include."""


@dataclass(frozen=True)
class Reading:
    """A snapshot of the views; `position` is None for the newest."""

    connection: Connection
    at: Instant
    position: int | None


@dataclass(frozen=True)
class Reader:
    """What a request may read of: these views, as known at `past`, or as they are `now` if that is None."""

    views: Projector
    names: tuple[str, ...]
    now: Instant
    past: Instant | None
    awaited: int
    """The position that must be included."""

    @contextmanager
    def open(self, including: int = 0) -> Iterator[Reading]:
        """A snapshot that also includes that position; `Refused` if the views do not in time.

        A route opens one at a time and closes it itself: readers who hold one while they wait for another, or for a
        thread, would wait for each other.
        """
        self._wait_for(max(self.awaited, including))
        with self.views.engine.connect() as connection:
            if self.past is None:
                yield Reading(connection, self.now, None)
            else:
                yield Reading(connection, self.past, positions.position_at(connection, self.past))

    def _wait_for(self, position: int) -> None:
        if not self.views.wait_for(position, PATIENCE, (*self.names, positions.NAME)):
            raise Refused("views_behind", position=position)


At: TypeAlias = Annotated[
    InstantIn | None, Query(description="As known then: by when it was stored, not by when it happened")
]
After: TypeAlias = Annotated[
    int | None,
    Header(
        alias="X-After-Position",
        description="The answer includes everything up to this position of the log",
        ge=0,
        le=2**62,
    ),
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=200, description="How many at the most")]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=1_000, description="Where the page before ended; it pins the position of the first")
]


def reading_of(*names: str) -> Callable[..., Reader]:
    """The dependency that reads these views, now or as they were."""

    def read(desk: TheDesk, views: TheViews, asker: TheAsker, at: At = None, after: After = None) -> Reader:
        return Reader(views, names, asker.at, _past(at, asker.at), _awaited(desk, at, after))

    return read


def reading_now(*names: str) -> Callable[..., Reader]:
    """The dependency that reads views without a past: `api.described.known_query` refuses a request for one."""

    def read(desk: TheDesk, views: TheViews, asker: TheAsker, after: After = None) -> Reader:
        return Reader(views, names, asker.at, None, _awaited(desk, None, after))

    return read


def _past(at: Instant | None, now: Instant) -> Instant | None:
    if at is not None and at > now:
        raise Refused("not_known_yet", at=at)
    return at


def _awaited(desk: Desk, at: Instant | None, after: int | None) -> int:
    """The position that the answer must include: all that was ever stored, if it is about the past."""
    head = desk.log.head() if (at, after) != (None, None) else 0
    if after is not None and after > head:
        raise Refused("position_unknown", position=after)
    return head if at is not None else after or 0


@contextmanager
def our_cursor() -> Iterator[None]:
    """Refuse a cursor that holds what no page of ours has, as one that holds nothing."""
    try:
        yield
    except (OverflowError, RecursionError, DataError):
        raise Refused("cursor_invalid") from None
