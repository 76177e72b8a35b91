"""The components: what they are called, how they are shown, as known at a position, and what was said of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, RowMapping, String, Table, or_, select

from domain.component import WORST_FIRST, State, StatusSet, Through, WorksBegun, WorksEnded, WorksPlanned
from domain.configuration.component import (
    ComponentDefined,
    ComponentGroupDefined,
    ComponentGroupWithdrawn,
    ComponentWithdrawn,
)
from domain.event import Address, Id
from domain.instant import Instant
from domain.uptime import Spell, stretches
from projections.batch import checkpoint
from projections.past import Moment
from projections.rows import Row, Rows
from projections.said import ENDED, GOING, OWN, Kind, ended_by, follow, going_at, said_between, status_in
from projections.span import FOR_EVER, holding_at, span_columns, span_index
from store.log import Recorded

NAME: Final = "status_v3"
METADATA: Final = GOING.metadata
COMPONENTS: Final = Table(
    f"{NAME}_components",
    METADATA,
    Column("key", String, primary_key=True),
    Column("group", String, nullable=False),
    Column("ru", String, nullable=False),
    Column("en", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("uptime_target", Integer, nullable=False),
    *span_columns(),
)
span_index(COMPONENTS)
GROUPS: Final = Table(
    f"{NAME}_groups",
    METADATA,
    Column("key", String, primary_key=True),
    Column("ru", String, nullable=False),
    Column("en", String, nullable=False),
    Column("place", Integer, nullable=False),
    *span_columns(),
)
span_index(GROUPS)


EXCUSED: Final = -1
"""Works that were announced in time are shown before anything else; what else is said, by `WORST_FIRST`."""
A_FEW: Final = 16
"""Rows read at first, where a few are likely to be enough."""


@dataclass(frozen=True)
class Group:
    """A group of components, by its order on the page."""

    key: str
    ru: str
    en: str
    place: int


@dataclass(frozen=True)
class Component:
    """A component as it is shown at a position; its status is None while nothing is said of it."""

    key: str
    group: str
    ru: str
    en: str
    place: int
    uptime_target: int
    """Thousandths of a percent; 0 promises nothing."""
    status: State
    """As `domain.component.Component.shown` has it."""
    since: Instant | None
    """Since when it is shown so."""
    through: Through | None
    """What that was set by; None: works."""


@dataclass(frozen=True)
class Change:
    """Something that was said of a component, for as long as it held."""

    position: int
    at: Instant
    until: Instant | None
    """None: it goes on."""
    kind: Kind
    source: Id
    """The incident or the works; "" for the component's own status."""
    status: State
    excused_from: Instant | None
    excused_until: Instant | None
    """What of the time of works was announced in time."""
    through: Through | None
    by: Id | None
    why: Address | None


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """Follow the components and what is said of them."""
    match recorded.event:
        case StatusSet() | WorksPlanned() | WorksBegun() | WorksEnded():
            follow(rows, recorded)
        case ComponentDefined() as defined:
            row = {"group": defined.group, "place": defined.place, "uptime_target": defined.uptime_target}
            row |= {"ru": defined.label.ru, "en": defined.label.en}
            rows.hold(COMPONENTS, {"key": defined.key}, row, recorded.position)
        case ComponentGroupDefined() as defined:
            row = {"ru": defined.label.ru, "en": defined.label.en, "place": defined.place}
            rows.hold(GROUPS, {"key": defined.key}, row, recorded.position)
        case ComponentWithdrawn() as withdrawn:
            rows.hold(COMPONENTS, {"key": withdrawn.key}, None, recorded.position)
        case ComponentGroupWithdrawn() as withdrawn:
            rows.hold(GROUPS, {"key": withdrawn.key}, None, recorded.position)
        case _:
            pass


def groups(connection: Connection, position: int | None = None) -> Sequence[Group]:
    """The groups in the order of the page."""
    at = _position(connection, position)
    query = select(GROUPS.c.key, GROUPS.c.ru, GROUPS.c.en, GROUPS.c.place).where(holding_at(GROUPS, at))
    return [Group(*row) for row in connection.execute(query.order_by(GROUPS.c.place, GROUPS.c.key))]


def components(connection: Connection, position: int | None = None, at: Instant | None = None) -> Sequence[Component]:
    """The defined components in the order of the page, each as it is shown at an instant, as known at a position.

    None: when something was said of it last. Whoever asks for the past says the instant, which spares a long way back.
    """
    known = _position(connection, position)
    said: dict[str, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(going_at(known)).mappings():
        said[row["component"]].append(row)
    columns = [COMPONENTS.c[name] for name in ("key", "group", "ru", "en", "place", "uptime_target")]
    query = select(*columns).where(holding_at(COMPONENTS, known)).order_by(COMPONENTS.c.place, COMPONENTS.c.key)
    defined = connection.execute(query).mappings().all()
    return [Component(**row, **_shown(connection, said[row["key"]], known, at)) for row in defined]


def held(connection: Connection) -> set[str]:
    """The keys of the components whose own status is a person's word: probes change nothing until it is released."""
    own = GOING.c.source == OWN, GOING.c.through == Through.PERSON.value, GOING.c.to_position == FOR_EVER
    return {*connection.execute(select(GOING.c.component).where(*own)).scalars()}


def shown_since(connection: Connection, since: int, position: int) -> set[str]:
    """The keys of the components that were on the page at any position after `since`, as known at `position`."""
    held = COMPONENTS.c.from_position <= position, COMPONENTS.c.to_position > since
    return {*connection.execute(select(COMPONENTS.c.key).where(*held)).scalars()}


def spells(
    connection: Connection,
    *,
    since: Instant,
    until: Instant,
    position: int | None = None,
    components: Collection[str] | None = None,
) -> Mapping[str, list[Spell]]:
    """What was said of each component from `since` on and before `until`, as known at a position: for `domain.uptime`.

    Of a component of which nothing was said the list is empty. Works that were announced in time only for a part of
    their time come as up to three spells.
    """
    said: dict[str, list[Spell]] = defaultdict(list)
    query = said_between(since, until, _position(connection, position), components)
    for row in connection.execute(query).mappings():
        said[row["component"]] += _spells(row)
    return said


def changes(
    connection: Connection, component: str, *, since: Instant, until: Instant, position: int | None = None
) -> Sequence[Change]:
    """All that was said of a component at any time from `since` on and before `until`, newest first."""
    query = said_between(since, until, _position(connection, position), [component])
    return [_change(row) for row in reversed(connection.execute(query).mappings().all())]


def _position(connection: Connection, position: int | None) -> int:
    return checkpoint(connection, NAME) if position is None else position


def _shown(connection: Connection, said: Sequence[RowMapping], position: int, at: Instant | None) -> Row:
    """Of all that goes on, what is worst: the one that was said first."""
    now = max([at or 0, *(row["at"] for row in said)])
    shown = min(said, key=lambda row: (_rank(row, now), row["at"], row["told"]), default=None)
    if shown is None or status_in(shown) is None:
        return {"status": None, "since": None, "through": None}
    spells = [spell for row in said for spell in _spells(row)]
    ended = _ended(connection, shown, position, FOR_EVER if at is None else now)
    since = _since(spells, ended, now)
    return {"status": status_in(shown), "since": since, "through": _through(shown)}


def _rank(row: RowMapping, at: Instant) -> int:
    if row["excused_from"] is not None and row["excused_from"] <= at < row["excused_until"]:
        return EXCUSED
    return WORST_FIRST.index(status_in(row))


def _ended(connection: Connection, shown: RowMapping, position: int, by: Instant) -> Iterator[RowMapping]:
    """What was not better than what is shown, the newest first."""
    not_better = WORST_FIRST[: WORST_FIRST.index(status_in(shown)) + 1]
    said = or_(ENDED.c.status.in_([status.value for status in not_better if status]), ENDED.c.kind == Kind.WORKS.value)
    past = ended_by(position).where(ENDED.c.component == shown["component"], ENDED.c.until <= by, said)
    newest_first = past.order_by(ENDED.c.until.desc(), ENDED.c.told.desc())
    yield from connection.execute(newest_first.limit(A_FEW)).mappings().all()
    yield from connection.execute(newest_first.offset(A_FEW)).mappings()


def _since(spells: list[Spell], ended: Iterable[RowMapping], at: Instant) -> Instant:
    """When the last time began in which nothing else was shown: no further back is looked than is needed."""
    since = _last_run(spells, at)
    for row in ended:
        if row["until"] < since:
            break
        spells += _spells(row)
        at = max(at, row["until"])
        since = _last_run(spells, at)
    return since


def _last_run(spells: Sequence[Spell], at: Instant) -> Instant:
    course = stretches(spells, min(spell.start for spell in spells), at + 1)
    return min(stretch.start for stretch in takewhile(lambda each: each.state is course[-1].state, reversed(course)))


def _spells(row: RowMapping) -> Iterator[Spell]:
    """Cut where the time that was announced in time begins and ends; of anything else there is none.

    That nothing is known is not said by a spell: there is none.
    """
    status = status_in(row)
    start, until = row["at"], FOR_EVER if row["until"] is None else row["until"]
    cuts = row["excused_from"] or start, row["excused_until"] or start
    edges = start, *(min(max(start, cut), until) for cut in cuts), until
    for (since, end), excused in zip(pairwise(edges), (False, True, False), strict=True):
        if status and since < end:
            yield Spell(since, None if end == FOR_EVER else end, status, excused)


def _change(row: RowMapping) -> Change:
    plain = ("at", "until", "source", "excused_from", "excused_until", "by")
    return Change(
        **{name: row[name] for name in plain},
        position=row["told"],
        kind=Kind(row["kind"]),
        status=status_in(row),
        through=_through(row),
        why=Address(row["by"], row["stream"], row["version"], row["section"]) if row["section"] else None,
    )


def _through(row: RowMapping) -> Through | None:
    return Through(row["through"]) if row["through"] else None
