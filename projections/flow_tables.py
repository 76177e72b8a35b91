"""The tables of the flow view: see `projections.flow`."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

NAME: Final = "flow_v1"
METADATA: Final = MetaData()


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("priority", String, primary_key=True),
    Column("channel", String, primary_key=True),
    _count("opened"),
    _count("closed"),
    _count("reopened"),
)
CHANNELS: Final = Table(
    f"{NAME}_channels",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("channel", String, nullable=False),
)
"""By which channel each ticket was opened."""
VERDICTS: Final = Table(
    f"{NAME}_verdicts",
    METADATA,
    Column("clock", String, primary_key=True),
    Column("level", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("priority", String, primary_key=True),
    _count("decided"),
    _count("breached"),
    _count("excluded"),
)
OPEN_CLOCKS: Final = Table(
    f"{NAME}_clocks",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("clock", String, primary_key=True),
    Column("instance", Integer, primary_key=True, autoincrement=False),
    Column("organisation", String, nullable=False),
    Column("level", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("due", BigInteger),
    Column("at_risk_at", BigInteger),
    Column("beyond_calendar", Boolean, nullable=False),
)
"""As of now. Without a due instant it is paused, or is due after the end of its calendar."""
Index(f"{NAME}_clocks_organisation", OPEN_CLOCKS.c.organisation)
BEGUN: Final = Table(
    f"{NAME}_begun",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("impact", String),
)
"""Incidents between their opening and their first update; the impact if it was judged."""
INCIDENTS: Final = Table(
    f"{NAME}_incidents",
    METADATA,
    Column("impact", String, primary_key=True),
    _count("opened"),
)
COMPONENTS: Final = Table(
    f"{NAME}_components",
    METADATA,
    Column("key", String, primary_key=True),
    Column("group", String, nullable=False),
    Column("en", String, nullable=False),
    Column("uptime_target", Integer, nullable=False),
    Column("is_defined", Boolean, nullable=False),
    _count("accountable"),
    _count("weighed"),
    _count("counted"),
    Column("said", String, nullable=False),
)
"""What came of the time of each until the instant `counted`, and what goes on (JSON of `flow_components.Said`)."""
RULE: Final = Table(
    f"{NAME}_rule",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("weights", String, nullable=False),
)
"""The weights of uptime in force, once they were set."""
