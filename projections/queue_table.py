"""The tables of the queue, and how they are indexed: for exactly the order that it is worked on in."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, and_

from projections.outlook import NEVER
from projections.span import span_columns, span_index

NAME: Final = "queue_v2"
METADATA: Final = MetaData()
TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("reference", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("requester", String, nullable=False),
    Column("line", String, nullable=False),
    Column("team", String, nullable=False),
    Column("owner", String),
    Column("level", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("category", String),
    Column("complexity", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("at_risk_at", BigInteger),
    Column("due_at", BigInteger),
    Column("next_act_at", BigInteger),
    Column("paused", Boolean, nullable=False),
    Column("beyond_calendar", Boolean, nullable=False),
    Column("turn", BigInteger, nullable=False),
    *span_columns(),
)
"""`turn` is the due instant, `NEVER` where there is none, `IDLE` where nothing runs because somebody waits."""
span_index(TICKETS)
Index(f"{NAME}_risk", TICKETS.c.node, TICKETS.c.at_risk_at)
Index(f"{NAME}_order", TICKETS.c.node, TICKETS.c.turn, TICKETS.c.opened_at, TICKETS.c.stream)
BEYOND: Final = and_(TICKETS.c.due_at.is_(None), TICKETS.c.at_risk_at.is_not(None))
"""At risk at an instant that is known, but due at none."""
Index(f"{NAME}_beyond", TICKETS.c.node, TICKETS.c.at_risk_at, sqlite_where=BEYOND, postgresql_where=BEYOND)
WIDEST: Final = Table(
    f"{NAME}_widest",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("milliseconds", BigInteger, nullable=False),
)
"""One row: no ticket was ever at risk for longer before it was due. What is due later than that is not at risk."""
ONLY: Final = 1
IDLE: Final = NEVER + 1

BREACHED: Final = 0
AT_RISK: Final = 1
RUNNING: Final = 2
PAUSED: Final = 3
