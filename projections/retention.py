"""Retention: since when tickets are over whose texts are still kept; so that those that are due are found at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, String, Table, func, select

from domain.event import Id
from domain.instant import Instant
from domain.ticket.retention import kept_since
from projections.past import Moment
from projections.rows import Rows
from store.log import Recorded

NAME: Final = "retention_v1"
METADATA: Final = MetaData()
TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("kept_since", BigInteger, nullable=False),
)
Index(f"{NAME}_kept_since", TICKETS.c.kept_since, TICKETS.c.stream)


@dataclass(frozen=True)
class Due:
    """How many tickets were over by an instant, and since when the first of them is."""

    tickets: int
    since: Instant | None


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A ticket has a row while it is over and its texts are there; what changes nothing of that costs nothing."""
    since = kept_since(moment.after)
    if since == kept_since(moment.before):
        return
    if since is None:
        rows.remove(TICKETS, recorded.stream)
    else:
        rows.put(TICKETS, {"stream": recorded.stream, "kept_since": since})


def over(connection: Connection, *, until: Instant, limit: int) -> Sequence[Id]:
    """The tickets that were over by that instant, those first that were over first."""
    query = select(TICKETS.c.stream).where(TICKETS.c.kept_since <= until)
    return connection.scalars(query.order_by(TICKETS.c.kept_since, TICKETS.c.stream).limit(limit)).all()


def due(connection: Connection, *, until: Instant) -> Due:
    """What was over by that instant."""
    count, first = func.count(), func.min(TICKETS.c.kept_since)
    row = connection.execute(select(count, first).where(TICKETS.c.kept_since <= until)).one()
    return Due(*row)
