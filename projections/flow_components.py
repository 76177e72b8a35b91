"""The components of the flow view: what was accountable and what was not available, added up from event to event.

Each stretch of time counts by what was known when it went by (`rec`), so that no sum ever falls: what is told late of
the past changes the figure of its month, `uptime/1`, but not these sums.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, assert_never

import msgspec
from sqlalchemy import Connection, RowMapping, select

from domain.component import ComponentStatus, State, StatusSet, Window, WorksBegun, WorksEnded, WorksPlanned, left
from domain.configuration.component import ComponentDefined, ComponentWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.event import Id
from domain.instant import Duration, Instant
from domain.uptime import Rule, Spell, Uptime, stretches, uptime
from projections.flow_tables import COMPONENTS, RULE
from projections.rows import Row, Rows
from projections.said import OWN
from store.log import Recorded

Event = StatusSet | WorksPlanned | WorksBegun | WorksEnded | ComponentDefined | ComponentWithdrawn | UptimeRuleSet

WORKS: Final = ComponentStatus.UNDER_MAINTENANCE
ONLY: Final = 1
"""The key of the rule in force."""


@dataclass(frozen=True)
class Said:
    """Something that goes on: of works, with what of their time was announced in time."""

    source: Id
    at: Instant
    status: State
    excused: Window | None = None


SAID: Final = msgspec.json.Decoder(list[Said])
WEIGHTS: Final = msgspec.json.Decoder(dict[ComponentStatus, int])


@dataclass(frozen=True)
class Component:
    """A component of the page: how it is shown, and what came of its time so far."""

    key: str
    group: str
    en: str
    uptime_target: int
    """Thousandths of a percent; 0 promises nothing."""
    state: State
    accountable: Duration
    weighed: int
    """Thousandths of milliseconds that were not available."""


def follow(rows: Rows, recorded: Recorded[Event]) -> None:
    """Add up the time until the event, and keep what goes on from then."""
    event, rec = recorded.event, recorded.envelope.rec
    match event:
        case StatusSet() | WorksPlanned() | WorksBegun() | WorksEnded():
            row = _added(rows, event.component, rec)
            rows.put(COMPONENTS, {**row, "said": _written(_told(_read(row["said"]), event))})
        case ComponentDefined():
            shown = {"group": event.group, "en": event.label.en, "uptime_target": event.uptime_target}
            rows.put(COMPONENTS, {**_added(rows, event.key, rec), **shown, "is_defined": True})
        case ComponentWithdrawn():
            rows.put(COMPONENTS, {**_added(rows, event.key, rec), "is_defined": False})
        case UptimeRuleSet():
            for key in rows.written().scalars(select(COMPONENTS.c.key)).all():
                rows.put(COMPONENTS, _added(rows, key, rec))
            rows.put(RULE, {"only": ONLY, "weights": msgspec.json.encode(event.weights, order="sorted").decode()})
        case _:
            assert_never(event)


def components(connection: Connection, *, at: Instant, until: Instant) -> Sequence[Component]:
    """The defined ones as they are shown at `at`, with their time added up until `until`.

    It is for the caller to choose `until` so that the view knows all that was stored before it; if it never falls, the
    sums never do.
    """
    rule = _rule(connection.execute(select(RULE)).mappings().one_or_none())
    rows = connection.execute(select(COMPONENTS).where(COMPONENTS.c.is_defined)).mappings()
    return [_component(row, rule, at, until) for row in rows]


def _component(row: RowMapping, rule: Rule, at: Instant, until: Instant) -> Component:
    said = _read(row["said"])
    now = max([at, *(each.at for each in said)])
    (shown,) = stretches(_spells(said), now, now + 1)
    told = {name: row[name] for name in ("key", "group", "en", "uptime_target")}
    return Component(**told, state=shown.state, **_sums(row, _came(row, rule, until)))


def _added(rows: Rows, key: str, until: Instant) -> Row:
    """The row of a component, with its time added up."""
    row = rows.get(COMPONENTS, key) or _new(key, until)
    came = _came(row, _rule(rows.get(RULE, ONLY)), until)
    return {**row, **_sums(row, came), "counted": max(row["counted"], until)}


def _new(key: str, at: Instant) -> Row:
    return {
        "key": key,
        "group": "",
        "en": "",
        "uptime_target": 0,
        "is_defined": False,
        "accountable": 0,
        "weighed": 0,
        "counted": at,
        "said": "[]",
    }


def _came(row: Row | RowMapping, rule: Rule, until: Instant) -> Uptime:
    """What came of the time that is not counted yet."""
    spells = _spells(_read(row["said"]))
    return uptime(stretches(spells, row["counted"], until), rule) if row["counted"] < until else Uptime()


def _sums(row: Row | RowMapping, came: Uptime) -> dict[str, Any]:
    return {"accountable": row["accountable"] + came.accountable, "weighed": row["weighed"] + came.weighed}


def _rule(row: Row | RowMapping | None) -> Rule:
    return Rule(WEIGHTS.decode(row["weights"])) if row else Rule()


def _told(said: Sequence[Said], event: StatusSet | WorksPlanned | WorksBegun | WorksEnded) -> Sequence[Said]:
    """As `domain.component.evolve` has it: what is told late of the past changes nothing of what goes on."""
    match event:
        case StatusSet(incident=str() as incident, status=ComponentStatus.OPERATIONAL | None):
            return _without(said, incident)
        case StatusSet(incident=str() as incident):
            return [*_without(said, incident), Said(incident, event.at, event.status)]
        case StatusSet():
            is_late = any(each.source == OWN and each.at > event.at for each in said)
            return said if is_late else [*_without(said, OWN), Said(OWN, event.at, event.status)]
        case WorksBegun():
            begun = Said(event.works, event.at, WORKS, _excused(event))
            return [*_without(said, event.works), begun]
        case WorksEnded():
            return _without(said, event.works)
        case WorksPlanned():
            return [_shortened(each, event) for each in said]
        case _:
            assert_never(event)


def _without(said: Sequence[Said], source: Id) -> list[Said]:
    return [each for each in said if each.source != source]


def _shortened(said: Said, plan: WorksPlanned) -> Said:
    """Works under way are excused for what is left of them."""
    if said.source != plan.works or said.excused is None:
        return said
    return replace(said, excused=left(said.excused, plan))


def _excused(event: WorksBegun) -> Window | None:
    if event.excused_from is None or event.excused_until is None:
        return None
    return Window(event.excused_from, event.excused_until)


def _spells(said: Collection[Said]) -> list[Spell]:
    excused = [(each, each.excused) for each in said if each.excused]
    whole = [Spell(each.at, None, each.status) for each in said if each.status]
    return whole + [Spell(max(each.at, start), end, WORKS, excused=True) for each, (start, end) in excused]


def _read(said: str) -> Sequence[Said]:
    return SAID.decode(said)


def _written(said: Sequence[Said]) -> str:
    return msgspec.json.encode(said).decode()
