"""The audit trail: every event of every stream, to be told in words: who, when, through what."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, exists, select

from domain.event import Address, Id
from domain.instant import Instant
from projections.past import Moment
from projections.rows import Rows
from projections.scope import matching
from store.log import Recorded

NAME: Final = "trail_v3"
METADATA: Final = MetaData()
EVENTS: Final = Table(
    NAME,
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rec", BigInteger, nullable=False),
    Column("source", String, nullable=False),
    Column("by", String),
    Column("through", String),
    Column("facts", String, nullable=False),
)
Index(f"{NAME}_stream", EVENTS.c.stream, EVENTS.c.position)
Index(f"{NAME}_by", EVENTS.c.by, EVENTS.c.position)
Index(f"{NAME}_name", EVENTS.c.name, EVENTS.c.position)
Index(f"{NAME}_source", EVENTS.c.source, EVENTS.c.position)


@dataclass(frozen=True)
class Trace:
    """One event; `projections.words.sentence` tells it."""

    position: int
    stream: Id
    version: int
    name: str
    at: Instant
    rec: Instant
    source: str
    by: Id | None
    """The person; None when the desk or time alone acted."""
    through: str | None
    """The channel, or what reported it."""
    facts: str
    """JSON of its fields; a text is given by its address."""

    @property
    def values(self) -> dict[str, Any]:
        """The fields by name."""
        values: dict[str, Any] = json.loads(self.facts)
        return values

    @property
    def texts(self) -> dict[str, Address]:
        """What `Log.text` unseals, by field."""
        return {name: Address(**value) for name, value in self.values.items() if _is_address(value)}


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """One row an event."""
    happened = recorded.event
    row = {
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.version,
        "name": recorded.envelope.name,
        "at": happened.at,
        "rec": recorded.envelope.rec,
        "source": recorded.envelope.source.value,
        "by": getattr(happened, "by", None),
        "through": getattr(happened, "channel", None) or getattr(happened, "through", None),
        "facts": msgspec.json.encode(happened, order="sorted").decode(),
    }
    rows.add(EVENTS, row)


def page(
    connection: Connection,
    *,
    before: int | None = None,
    stream: Id | None = None,
    by: Id | None = None,
    name: str | None = None,
    source: str | None = None,
    limit: int = 100,
) -> Sequence[Trace]:
    """The newest first, before a position: that of the last one shown, or the first one not known at an instant."""
    wanted = matching(EVENTS, {"stream": stream, "by": by, "name": name, "source": source})
    wanted += [EVENTS.c.position < before] if before is not None else []
    rows = connection.execute(select(EVENTS).where(*wanted).order_by(EVENTS.c.position.desc()).limit(limit))
    return [Trace(*row) for row in rows]


def streams_with(connection: Connection, name: str, position: int) -> Sequence[Id]:
    """The streams that have an event of that name up to a position, each as often as it has one, oldest first."""
    rows = select(EVENTS.c.stream).where(EVENTS.c.name == name, EVENTS.c.position <= position)
    return connection.execute(rows.order_by(EVENTS.c.position)).scalars().all()


def sources_of(connection: Connection, sources: Sequence[str], position: int) -> list[str]:
    """Of these sources those that any event up to a position has."""
    known = (exists().where(EVENTS.c.source == each, EVENTS.c.position <= position) for each in sources)
    [found] = connection.execute(select(*known))
    return [each for each, is_known in zip(sources, found, strict=True) if is_known]


def has_any(connection: Connection, names: Collection[str], *, after: int) -> bool:
    """Whether any event of these names stands after a position."""
    found = select(EVENTS.c.position).where(EVENTS.c.position > after, EVENTS.c.name.in_(names))
    return connection.execute(found.limit(1)).first() is not None


def _is_address(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"owner", "stream", "version", "section"}
