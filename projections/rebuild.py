"""Views built anew from the log: beside the live one, which is replaced in one transaction, or only compared with it.

What is built aside lies in a temporary database of its own, so that neither readers nor memory notice.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, Table, delete, select

from domain.event import Id
from projections.batch import Projection, advance, checkpoint, note, prepare
from projections.database import after_others, for_writing, temporary_views
from projections.layout import WHILE_BUILT, layout, pages
from projections.past import Past
from projections.staging import clear, stage, take_place
from store.log import Log

PAGE = 2_000
"""Events in one transaction: nobody waits for what is built aside, and what changes often is written less often."""
ROWS: Final = 1_000
"""Rows held in memory at a time."""

SIZE: Final = 2**256


class Views(Protocol):
    """A log and the views of it in one database: a `Projector` is one."""

    log: Log
    configuration: Id
    engine: Engine


def rebuild(views: Views, projection: Projection, progress: Callable[[int], None] = lambda _: None) -> int:
    """Build the view anew, then switch; readers see the old one until they see the new one. Its position.

    The live view may go on meanwhile, in this process or another: the switch never takes it back.
    """
    return rebuild_together(views, [projection], progress)


def rebuild_together(
    views: Views,
    projections: Sequence[Projection],
    progress: Callable[[int], None] = lambda _: None,
    place: Callable[[], Engine] = temporary_views,
) -> int:
    """The same for several views, all or none, reading the log once; in a `place` that lasts it goes on if cut off."""
    with _aside(views, projections, place) as build:
        staged = _staged(views.engine, build(None, progress), projections)
        with for_writing(after_others(views.engine)).begin() as live:
            names = sorted(each.NAME for each in projections)  # the order in which `advance` locks them
            reached = max(checkpoint(live, each, lock=True) for each in names)
            with build(reached, progress).connect() as aside:
                position = checkpoint(aside, projections[0].NAME)  # at most the log's: views of a newer log are gone
                if staged and position == staged[0]:
                    take_place(live, projections, staged[1])
                else:
                    _replace(live, aside, projections)
            note(live, *names, position=position, failing=None, error=None)
    return position


def differing(views: Views, projection: Projection, progress: Callable[[int], None] = lambda _: None) -> list[str]:
    """The tables of the live view that are not what the log says, as far as the view has got."""
    with views.engine.connect() as live, _aside(views, [projection]) as build:
        position = checkpoint(live, projection.NAME)
        with build(position, progress).connect() as aside:
            tables = projection.METADATA.sorted_tables
            return [table.name for table in tables if _digest(live, table) != _digest(aside, table)]


@contextmanager
def _aside(
    views: Views, projections: Sequence[Projection], place: Callable[[], Engine] = temporary_views
) -> Iterator[Callable[[int | None, Callable[[int], None]], Engine]]:
    """A builder that continues own copies of the views up to a position, the end of the log if None."""
    past = Past(views.log, views.configuration)
    engine = place()
    prepare(engine, projections)
    _strip(engine, projections)

    def build(until: int | None, progress: Callable[[int], None]) -> Engine:
        while advance(engine, projections, past.after, limit=PAGE, until=until) == PAGE:
            with engine.connect() as connection:
                progress(checkpoint(connection, projections[0].NAME))
        return engine

    try:
        yield build
    finally:
        engine.dispose()


def _strip(aside: Engine, projections: Sequence[Projection]) -> None:
    """Nobody reads there: an index that no view asks by would only be kept up to date."""
    with for_writing(aside).begin() as connection:
        for index in (
            index for each in projections for table in each.METADATA.sorted_tables for index in table.indexes
        ):
            if not index.info.get(WHILE_BUILT):
                index.drop(connection, checkfirst=True)


def _staged(live: Engine, aside: Engine, projections: Sequence[Projection]) -> tuple[int, int] | None:
    """What is built so far lies beside the views, in a file of SQLite: up to which position, under which number."""
    if live.dialect.name != "sqlite" or not live.url.database:
        return None
    with aside.connect() as connection:
        number = stage(live, connection, projections)
        return checkpoint(connection, projections[0].NAME), number


def _replace(live: Connection, aside: Connection, projections: Sequence[Projection]) -> None:
    """Row by row: on SQLite only if the live views have gone on while theirs were copied."""
    if live.dialect.name == "sqlite":
        clear(live, projections)
    for table in (table for each in projections for table in each.METADATA.sorted_tables):
        live.execute(delete(table))
        for rows in pages(table, aside, ROWS):
            layout(table, live.dialect.name).write(live, (), (), rows)


def _digest(connection: Connection, table: Table) -> int:
    """A sum over the rows, whatever order they come in."""
    rows = connection.execution_options(yield_per=ROWS).execute(select(table))
    return sum(int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()) for row in rows) % SIZE
