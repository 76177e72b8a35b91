"""Reading the views: one snapshot, as of now or as of an instant, and never without what the reader knows of."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

import psycopg
import sqlalchemy.exc
from fastapi import Header, Query, Request
from sqlalchemy import Connection

from api.deps import Asker, TheAsker
from api.types import InstantIn
from domain.instant import Instant
from domain.refusal import Refused
from projections import positions
from projections.database import at_once
from projections.engine import Projector

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
    after: int | None
    """The position that the reader knows of."""

    def position(self) -> int | None:
        """The position that is asked for, None for the newest; the views are asked only if they are needed."""
        if (self.past, self.after) == (None, None):
            return None
        with self.open() as reading:
            return reading.position

    @contextmanager
    def open(self, including: int = 0, *, for_one: bool = False) -> Iterator[Reading]:
        """A snapshot that also includes that position; `Refused` if the views do not in time.

        `for_one` statement no transaction is begun and ended: it has a snapshot of its own.

        A route opens one at a time and closes it itself: readers who hold one while they wait for another, or for a
        thread, would wait for each other.
        """
        self._wait_for(max(self._awaited(), including))
        engine = at_once(self.views.engine) if for_one and self.past is None else self.views.engine
        with engine.connect() as connection:
            if self.past is None:
                yield Reading(connection, self.now, None)
            else:
                yield Reading(connection, self.past, positions.position_at(connection, self.past))

    def _awaited(self) -> int:
        """The position that the answer must include: all that was ever stored, if it is about the past."""
        head = self.views.log.head() if (self.past, self.after) != (None, None) else 0
        if self.after is not None and self.after > head:
            raise Refused("position_unknown", position=self.after)
        return head if self.past is not None else self.after or 0

    def _wait_for(self, position: int) -> None:
        if position and not self.views.wait_for(position, PATIENCE, (*self.names, positions.NAME)):
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


def reading_of(*names: str) -> Callable[..., Awaitable[Reader]]:
    """The dependency that reads these views, now or as they were."""

    async def read(request: Request, asker: TheAsker, at: At = None, after: After = None) -> Reader:
        return reader_of(request.app.state.views, names, asker, at, after)

    return read


def reading_now(*names: str) -> Callable[..., Awaitable[Reader]]:
    """The dependency that reads views without a past: `api.described.known_query` refuses a request for one."""

    async def read(request: Request, asker: TheAsker, after: After = None) -> Reader:
        return Reader(request.app.state.views, names, asker.at, None, after)

    return read


def reader_of(views: Projector, names: tuple[str, ...], asker: Asker, at: Instant | None, after: int | None) -> Reader:
    """Of now or of an instant, which is not to come."""
    if at is not None and at > asker.at:
        raise Refused("not_known_yet", at=at)
    return Reader(views, names, asker.at, at, after)


@contextmanager
def our_cursor() -> Iterator[None]:
    """Refuse a cursor that holds what no page of ours has, as one that holds nothing."""
    try:
        yield
    except (OverflowError, RecursionError, psycopg.DataError, sqlalchemy.exc.DataError):
        raise Refused("cursor_invalid") from None
