"""One batch of events into views: rows and checkpoints in one transaction, so that each event counts once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, String, Table, insert, select, update

from projections.database import after_others, for_writing
from projections.past import Known, Moment, Unprojectable
from projections.rows import Rows
from store.log import Recorded

PAGE: Final = 500
"""Events in one transaction."""

Reading: TypeAlias = Callable[[int, int | None, int], Sequence[Known]]
"""The events after a position, until another one if it is told, at most so many: `Past.after` reads them."""

METADATA: Final = MetaData()
CHECKPOINTS: Final = Table(
    "checkpoints",
    METADATA,
    Column("name", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("failing", BigInteger),
    Column("error", String),
)


class Parted(Exception):
    """Another process has moved some of the views."""


class Projection(Protocol):
    """One view: a module with a name, tables of its own, and what an event changes in them."""

    @property
    def NAME(self) -> str: ...  # noqa: N802 -- a constant of the module

    @property
    def METADATA(self) -> MetaData: ...  # noqa: N802 -- the same

    def project(self, rows: Rows, recorded: Recorded[Any], moment: Moment, /) -> None:
        """Bring the tables from the state before the event to that after it, by the event alone."""
        ...


@dataclass(frozen=True)
class State:
    """Where a projection has got to, and the event in front of which it stopped, if it did."""

    name: str
    position: int
    failing: int | None = None
    """None also when an event could not even be read: it is the next one after `position`."""
    error: str | None = None


def prepare(engine: Engine, projections: Sequence[Projection]) -> None:
    """Make the tables and checkpoints that are not there."""
    with for_writing(after_others(engine)).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('glasno views'))")
        for metadata in (METADATA, *(each.METADATA for each in projections)):
            metadata.create_all(connection)
        known = set(connection.scalars(select(CHECKPOINTS.c.name)))
        new = [{"name": each.NAME, "position": 0} for each in projections if each.NAME not in known]
        if new:
            connection.execute(insert(CHECKPOINTS), new)


def advance(
    engine: Engine, projections: Sequence[Projection], reading: Reading, *, limit: int = PAGE, until: int | None = None
) -> int:
    """Project one batch and move the checkpoints, in one transaction; how many events it had.

    `Parted` unless the views stand at the same position.
    """
    names = [each.NAME for each in projections]
    with for_writing(engine).begin() as connection:
        batch = reading(_common(connection, names), until, limit)
        likely = frozenset(key for recorded, moment in batch for key in (recorded.stream, moment.after.organisation))
        new = frozenset(recorded.stream for recorded, _ in batch if recorded.version == 1)
        for each in projections if batch else ():
            _project(Rows(connection, likely, new), each, batch)
        if batch:
            note(connection, *names, position=batch[-1][0].position, failing=None, error=None)
    return len(batch)


def checkpoint(connection: Connection, name: str, *, lock: bool = False) -> int:
    """The position up to which a projection has got; locked, nobody else can move it until the transaction ends."""
    query = select(CHECKPOINTS.c.position).where(CHECKPOINTS.c.name == name)
    position: int = connection.execute(query.with_for_update() if lock else query).scalar_one()
    return position


def note(connection: Connection, *names: str, **values: int | str | None) -> None:
    """Write beside projections where they are, or why they stopped."""
    connection.execute(update(CHECKPOINTS).where(CHECKPOINTS.c.name.in_(names)).values(values))


def states_of(connection: Connection, names: Sequence[str]) -> list[State]:
    """Where projections stand, in this order."""
    rows = connection.execute(select(CHECKPOINTS).where(CHECKPOINTS.c.name.in_(names)))
    found = {row.name: State(*row) for row in rows}
    return [found[name] for name in names]


def _common(connection: Connection, names: Sequence[str]) -> int:
    """Where all of them stand; nobody else can move them until the transaction ends."""
    query = select(CHECKPOINTS.c.position).where(CHECKPOINTS.c.name.in_(names)).order_by(CHECKPOINTS.c.name)
    positions: set[int] = {*connection.scalars(query.with_for_update())}
    if len(positions) != 1:
        raise Parted(f"the views stand at {sorted(positions)}")
    return positions.pop()


def _project(rows: Rows, projection: Projection, batch: Sequence[Known]) -> None:
    """A fault that shows when the rows are written is told of the last event: the very one in a batch of one."""
    try:
        for recorded, moment in batch:
            projection.project(rows, recorded, moment)
        rows.written()
    except Exception as fault:
        raise Unprojectable(recorded, fault) from fault
