"""What is said of components, each thing for a while: their own status, what incidents say, works that are done.

What goes on has a row that holds from one position until another; what ended has one with its beginning and its end.
Own statuses may be told late: the spell that held then is split.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final, assert_never

from sqlalchemy import (
    BigInteger,
    Column,
    CompoundSelect,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    null,
    select,
    union_all,
)

from domain.component import (
    ComponentStatus,
    Event,
    ProbeTurned,
    ProbeWithdrawn,
    State,
    StatusSet,
    Window,
    WorksBegun,
    WorksEnded,
    WorksPlanned,
    left,
)
from domain.event import Address, Id
from domain.instant import Instant
from projections.lasting import lasting, lasting_columns, lasting_indexes, touching
from projections.layout import WHILE_BUILT
from projections.rows import Row, Rows
from projections.span import CURRENT, FOR_EVER, holding_at, span_columns, span_index
from store.log import Recorded


class Kind(StrEnum):
    """Who says it."""

    STATUS = "status"
    INCIDENT = "incident"
    WORKS = "works"


def _said_columns() -> tuple[Column[Any], ...]:
    return (
        Column("kind", String, nullable=False),
        Column("status", String, nullable=False),
        Column("excused_from", BigInteger),
        Column("excused_until", BigInteger),
        Column("through", String),
        Column("by", String),
        Column("stream", String, nullable=False),
        Column("version", Integer, nullable=False),
        Column("section", String),
    )


METADATA: Final = MetaData()
"""These are tables of the status view."""
OWN: Final = ""
"""The source of a component's own status; of anything else it is the incident or the works."""
UNKNOWN: Final = "unknown"
"""The status of a component of which nothing is known any more."""
GOING: Final = Table(
    "status_v3_going",
    METADATA,
    Column("component", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("told", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    *_said_columns(),
    *span_columns(),
)
span_index(GOING)
ENDED: Final = Table(
    "status_v3_ended",
    METADATA,
    Column("told", BigInteger, primary_key=True, autoincrement=False),
    Column("component", String, nullable=False),
    Column("source", String, nullable=False),
    *lasting_columns(),
    *_said_columns(),
    *span_columns(),
)
"""By the position at which it was told: no event tells more than one thing."""
lasting_indexes(ENDED)
Index(f"{ENDED.name}_component", ENDED.c.component, ENDED.c.until, info={WHILE_BUILT: True})

NEW: Final = {"to_position": FOR_EVER, "node": CURRENT}
SAID: Final = ("component", "source", "told", "at", *(column.name for column in _said_columns()))


def follow(rows: Rows, recorded: Recorded[Event]) -> None:
    """Keep what is said of a component; an incident that says that it works, or works that are over, say nothing."""
    match recorded.event:
        case StatusSet(incident=str() as incident, status=status):
            said = _said(recorded, Kind.INCIDENT, incident, status)
            _turn(rows, said, recorded.position, goes_on=status not in (None, ComponentStatus.OPERATIONAL))
        case StatusSet(status=status):
            _set_own(rows, _said(recorded, Kind.STATUS, OWN, status), recorded.position)
        case WorksBegun(works=works) | WorksEnded(works=works):
            said = _said(recorded, Kind.WORKS, works, ComponentStatus.UNDER_MAINTENANCE)
            _turn(rows, said, recorded.position, goes_on=isinstance(recorded.event, WorksBegun))
        case WorksPlanned():
            _plan(rows, recorded.event, recorded.position)
        case ProbeTurned() | ProbeWithdrawn():
            pass  # what it means for the component stands beside it
        case _:
            assert_never(recorded.event)


def said_between(
    since: Instant, until: Instant, position: int, components: Collection[str] | None = None
) -> CompoundSelect[Any]:
    """What was said of components at any time from `since` on and before `until`, as known at a position.

    In the order of its beginning; what goes on has no end.
    """
    going = going_at(position).where(GOING.c.at < until)
    ended = ended_by(position).where(touching(ENDED, since, until))
    if components is not None:
        going = going.where(GOING.c.component.in_(components))
        ended = ended.where(ENDED.c.component.in_(components))
    return union_all(ended, going).order_by("at", "told")


def going_at(position: int) -> Select[Any]:
    """What goes on, as known at a position."""
    columns = [GOING.c[name] for name in SAID]
    return select(*columns, null().label("until")).where(holding_at(GOING, position))


def ended_by(position: int) -> Select[Any]:
    """What had ended, as known at a position."""
    columns = [ENDED.c[name] for name in SAID]
    return select(*columns, ENDED.c.until).where(ENDED.c.from_position <= position, ENDED.c.to_position > position)


def status_in(row: Mapping[Any, Any]) -> State:
    """What a row says."""
    return None if row["status"] == UNKNOWN else ComponentStatus(row["status"])


def _said(recorded: Recorded[Any], kind: Kind, source: Id, status: State) -> Row:
    event = recorded.event
    through, why = getattr(event, "through", None), getattr(event, "why", None)
    return {
        "component": event.component,
        "source": source,
        "told": recorded.position,
        "at": event.at,
        "kind": kind.value,
        "status": status.value if status else UNKNOWN,
        "excused_from": getattr(event, "excused_from", None),
        "excused_until": getattr(event, "excused_until", None),
        "through": through and through.value,
        "by": getattr(event, "by", None),
        "stream": recorded.stream,
        "version": recorded.version,
        "section": why.section if isinstance(why, Address) else None,
    }


def _set_own(rows: Rows, said: Row, position: int) -> None:
    going = rows.current(GOING, _source(said))
    if going is None or going["at"] <= said["at"]:
        _turn(rows, said, position, goes_on=True)
    else:
        _tell_late(rows, said, going["at"], position)


def _plan(rows: Rows, plan: WorksPlanned, position: int) -> None:
    """Of works under way that were made shorter less is excused."""
    key = {"component": plan.component, "source": plan.works}
    going = rows.current(GOING, key)
    if going is not None and going["excused_until"] is not None:
        window = Window(going["excused_from"], going["excused_until"])
        rows.hold(GOING, key, {**going, "excused_until": left(window, plan).end}, position)


def _turn(rows: Rows, said: Row, position: int, *, goes_on: bool) -> None:
    """What the source said until now ends, not before it began."""
    going = rows.current(GOING, _source(said))
    if going is not None:
        lasted = lasting(going["at"], max(going["at"], said["at"]))
        rows.add(ENDED, {**{name: going[name] for name in SAID}, **lasted, **NEW, "from_position": position})
    rows.hold(GOING, _source(said), said if goes_on else None, position)


def _tell_late(rows: Rows, said: Row, newest: Instant, position: int) -> None:
    """It holds until the next thing that was known; what held when it begins ends there."""
    at, until = said["at"], newest
    same = ENDED.c.component == said["component"], ENDED.c.source == said["source"], ENDED.c.node == CURRENT
    later = select(ENDED).where(*same, ENDED.c.until > at).order_by(ENDED.c.until, ENDED.c.at).limit(1)
    found = rows.written().execute(later).mappings().one_or_none()
    if found is not None and found["at"] <= at:
        until = found["until"]
        rows.hold(ENDED, {"told": found["told"]}, {**found, **lasting(found["at"], at)}, position)
    elif found is not None:
        until = found["at"]
    rows.add(ENDED, {**said, **lasting(at, until), **NEW, "from_position": position})


def _source(said: Row) -> Row:
    return {"component": said["component"], "source": said["source"]}
