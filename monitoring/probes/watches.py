"""What is remembered of each probe: what it says, what its newest results say against that, and its last look.

A memory of its own beside the views: no view, and not in the log, which has each change of mind. If it is lost, probes
begin anew with what they said last.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    MetaData,
    RowMapping,
    String,
    Table,
    delete,
    insert,
    select,
)

from domain.component import ComponentStatus, State
from domain.configuration.probe import DESK
from domain.instant import Instant
from domain.probe import Watch
from monitoring.probes.look import Look, Why
from projections.database import for_writing, make

METADATA: Final = MetaData()
WATCHES: Final = Table(
    "probe_watches",
    METADATA,
    Column("key", String, primary_key=True),
    Column("component", String, nullable=False),
    Column("status", String),
    Column("number", BigInteger, nullable=False),
    Column("missed", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("against", String, nullable=False),
    Column("against_since", BigInteger, nullable=False),
    Column("falls", String, nullable=False),
    Column("looked_at", BigInteger, nullable=False),
    Column("looked_status", String),
    Column("why", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("took", Float, nullable=False),
    Column("expires_at", BigInteger),
)
COUNTED: Final = ("number", "missed", "failed", "seen_at", "against_since")
NOTHING: Final = Look(None)
NEW: Final = Watch()


@dataclass(frozen=True)
class Watched:
    """A probe as it stands for one of those who look."""

    key: str
    """See `seat_of`."""
    component: str
    watch: Watch = NEW
    looked_at: Instant = 0
    """When the last look began; 0: there was none."""
    look: Look = NOTHING
    """What it showed; a failure is said as the probe says it."""


def seat_of(probe: str, prober: str) -> str:
    """Under which key it is remembered what a prober makes of a probe; of the desk it is that of the probe."""
    return probe if prober == DESK else f"{probe}@{prober}"


def prepare(engine: Engine) -> None:
    """Make the table if it is not there."""
    make(engine, METADATA)


def watched(connection: Connection) -> Mapping[str, Watched]:
    """All that is remembered, by key."""
    return {row["key"]: _read(row) for row in connection.execute(select(WATCHES)).mappings()}


def remember(engine: Engine, known: Iterable[Watched], gone: Iterable[str] = ()) -> None:
    """These take the place of what was known of them, and those that are gone are forgotten; all of it or nothing."""
    rows = [_row(each) for each in known]
    keys = [*(row["key"] for row in rows), *gone]
    with for_writing(engine).begin() as connection:
        connection.execute(delete(WATCHES).where(WATCHES.c.key.in_(keys)))
        if rows:
            connection.execute(insert(WATCHES), rows)


def _row(each: Watched) -> dict[str, Any]:
    watch, look = each.watch, each.look
    return {
        **{name: getattr(watch, name) for name in COUNTED},
        "key": each.key,
        "component": each.component,
        "status": _told(watch.status),
        "against": json.dumps([status.value for status in watch.against]),
        "falls": json.dumps(watch.falls),
        "looked_at": each.looked_at,
        "looked_status": _told(look.status),
        "why": look.why.value,
        "detail": "".join(filter(str.isprintable, look.detail)),
        "took": look.took,
        "expires_at": look.expires_at,
    }


def _read(row: RowMapping) -> Watched:
    watch = Watch(
        status=_state(row["status"]),
        against=tuple(map(ComponentStatus, json.loads(row["against"]))),
        falls=tuple(json.loads(row["falls"])),
        **{name: row[name] for name in COUNTED},
    )
    status, why = _state(row["looked_status"]), Why(row["why"])
    look = Look(status, why, row["detail"], row["took"], row["expires_at"])
    return Watched(row["key"], row["component"], watch, row["looked_at"], look)


def _told(status: State) -> str | None:
    return status.value if status else None


def _state(told: str | None) -> State:
    return ComponentStatus(told) if told else None
