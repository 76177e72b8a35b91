"""The published figures of a month: fixed by an event when nothing can change them, corrected in the open afterwards.

SLA rows follow `attainment/1`, percentiles are of the nearest rank, components follow `uptime/1`. A figure that changes
later is told as it was, as it is, and why; nothing that was published is ever taken back silently.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias, assert_never

from domain import attainment, uptime
from domain.classification import Kind, Priority
from domain.clock import Exclusion
from domain.component import ComponentStatus
from domain.event import Public, Visibility, event
from domain.instant import Duration, Instant
from domain.policy import Clock
from domain.uptime import Rule, Uptime

FORMULAS: Final = ("attainment/1", uptime.FORMULA)
TOLD_LATE: Final = "told_late"
"""Why: it happened in the month, and was told after the month was fixed."""
ENDED_LATE: Final = "ended_late"
"""Why: a clock that was late already ended after the month was fixed, and only now its time is known."""
EXCLUDED: Final = "excluded:"
"""Why: a verdict was excluded; the published reason follows."""

Key: TypeAlias = tuple[Clock, str, str, str]
"""Clock, level, kind and priority; the last two are empty for all of them together."""


@dataclass(frozen=True)
class SlaRow:
    """Promise and fact of published tickets: the verdicts of one clock that were due in the month."""

    clock: Clock
    level: str
    kind: str
    priority: str
    """Empty, as is the kind then: all kinds and priorities together, because percentiles do not add up."""
    promised: Duration = 0
    """Open milliseconds; 0 if the verdicts were given under promises that differ."""
    decided: int = 0
    """Met or breached, and not excluded."""
    breached: int = 0
    excluded: int = 0
    refused: int = 0
    """Refused with reasons in time: in no percentage."""
    reopened: int = 0
    """Of the decided resolutions, those that had been held to be solved before."""
    timed: int = 0
    """Of the decided, those that are over: the percentiles are of these, and 0 if there are none."""
    p50: Duration = 0
    p90: Duration = 0

    @property
    def key(self) -> Key:
        return self.clock, self.level, self.kind, self.priority

    @property
    def attainment(self) -> int | None:
        """Thousandths of a percent, floored; None if nothing was decided."""
        return attainment.attainment(self.decided, self.breached)


@dataclass(frozen=True)
class UptimeRow:
    """What came of the month for one component."""

    component: str
    uptime: Uptime = field(default_factory=Uptime)


@dataclass(frozen=True)
class SlaCorrected:
    """A row as it was published, as it is now, and why; one that was not published was all zero."""

    was: SlaRow
    now: SlaRow
    why: tuple[str, ...]


@dataclass(frozen=True)
class UptimeCorrected:
    """The same of a component."""

    was: UptimeRow
    now: UptimeRow
    why: tuple[str, ...]


@event(
    "month.fixed",
    visibility=Visibility.CLEAR,
    en="The figures of {month} were fixed",
    ru="Показатели за {month} зафиксированы",
)
class MonthFixed:
    """The figures of a month in the desk's zone, with the formulas and parameters that they follow."""

    at: Public[Instant]
    month: Public[str]
    """YYYY-MM."""
    zone: Public[str]
    """IANA: the month is that of this zone."""
    position: Public[int]
    """They are what the log said up to this position."""
    formulas: Public[tuple[str, ...]]
    weights: Public[Mapping[ComponentStatus, int]]
    """Of `uptime/1`, in thousandths."""
    notice: Public[Duration]
    """How long before their start works had to be announced to be excused."""
    sla: Public[tuple[SlaRow, ...]]
    uptime: Public[tuple[UptimeRow, ...]]
    opaque: Public[int]
    """Tickets with a clock that was due in the month and that are counted in no row."""
    entries: Public[int] = 0
    """`position` for strangers: they are what so many entries of the log say, from the first one on; 0: not told."""


@event(
    "month.corrected",
    visibility=Visibility.CLEAR,
    en="The figures of {month} were corrected",
    ru="Показатели за {month} исправлены",
)
class MonthCorrected:
    """What differs from what was published before, by the log up to a later position."""

    at: Public[Instant]
    month: Public[str]
    position: Public[int]
    sla: Public[tuple[SlaCorrected, ...]]
    uptime: Public[tuple[UptimeCorrected, ...]]
    opaque: Public[int]
    opaque_was: Public[int]
    opaque_why: Public[tuple[str, ...]] = ()
    entries: Public[int] = 0


Event: TypeAlias = MonthFixed | MonthCorrected


class Excluded(NamedTuple):
    """A verdict that was excluded, by its class and reason."""

    clock: Clock
    level: str
    kind: Kind
    priority: Priority
    reason: Exclusion


@dataclass(frozen=True)
class Figures:
    """What the log says of a month up to a position."""

    position: int
    sla: Sequence[SlaRow]
    uptime: Sequence[UptimeRow]
    opaque: int
    entries: int = 0
    """How many entries the log has up to there."""


@dataclass(frozen=True)
class Month:
    """The figures that stand, corrections applied; as constructed, those of a month that is not fixed."""

    rule: Rule | None = None
    """The parameters that it was fixed with, and that corrections follow too."""
    position: int = 0
    """They are what the log said up to this position."""
    sla: Mapping[Key, SlaRow] = field(default_factory=dict)
    uptime: Mapping[str, UptimeRow] = field(default_factory=dict)
    opaque: int = 0


def evolve(month: Month, event: Event) -> Month:
    """The month after an event."""
    match event:
        case MonthFixed():
            sla = {row.key: row for row in event.sla}
            rows = {row.component: row for row in event.uptime}
            return Month(Rule(event.weights, event.notice), event.position, sla, rows, event.opaque)
        case MonthCorrected():
            sla = {**month.sla, **{each.now.key: each.now for each in event.sla}}
            rows = {**month.uptime, **{each.now.component: each.now for each in event.uptime}}
            return replace(month, position=event.position, sla=sla, uptime=rows, opaque=event.opaque)
        case _:
            assert_never(event)


def fix(
    month: Month, *, name: str, zone: str, figures: Figures, undecided: int, rule: Rule, at: Instant
) -> list[Event]:
    """Publish the figures of the month `name`, once, and not before it is over for good: `domain.attainment.frozen`."""
    if month.rule is not None or not attainment.frozen(name, zone, at, undecided):
        return []
    return [
        MonthFixed(
            at=at,
            month=name,
            zone=zone,
            position=figures.position,
            formulas=FORMULAS,
            weights=rule.weights,
            notice=rule.notice,
            sla=tuple(figures.sla),
            uptime=tuple(figures.uptime),
            opaque=figures.opaque,
            entries=figures.entries,
        )
    ]


def correct(month: Month, *, name: str, figures: Figures, excluded: Collection[Excluded], at: Instant) -> list[Event]:
    """Publish what differs; `excluded` since then says why. Figures no newer than those that stand correct nothing."""
    if month.rule is None or figures.position <= month.position:
        return []
    sla = tuple(_sla_corrections(month.sla, figures.sla, excluded))
    rows = tuple(_uptime_corrections(month.uptime, figures.uptime))
    if not sla and not rows and figures.opaque == month.opaque:
        return []
    why = () if figures.opaque == month.opaque else (TOLD_LATE,)
    told = {"position": figures.position, "entries": figures.entries}
    told |= {"opaque": figures.opaque, "opaque_was": month.opaque}
    return [MonthCorrected(at=at, month=name, sla=sla, uptime=rows, opaque_why=why, **told)]


def nearest_rank(ascending: Sequence[Duration], percent: int) -> Duration:
    """The ceil(n * percent / 100)-th smallest of n values; 0 of none."""
    return ascending[(len(ascending) * percent + 99) // 100 - 1] if ascending else 0


def _sla_corrections(
    published: Mapping[Key, SlaRow], known: Sequence[SlaRow], excluded: Collection[Excluded]
) -> Iterator[SlaCorrected]:
    now = {row.key: row for row in known}
    for key in dict.fromkeys([*published, *now]):
        before, after = published.get(key, SlaRow(*key)), now.get(key, SlaRow(*key))
        if before != after:
            yield SlaCorrected(before, after, _why(before, after, excluded))


def _why(was: SlaRow, now: SlaRow, excluded: Collection[Excluded]) -> tuple[str, ...]:
    reasons = {each.reason.value for each in excluded if _covers(now, each)}
    why = [EXCLUDED + reason for reason in sorted(reasons)]
    if _verdicts(was) != _verdicts(now):
        why.append(TOLD_LATE)
    elif now.timed > was.timed:
        why.append(ENDED_LATE)
    return tuple(why) or (ENDED_LATE,)


def _covers(row: SlaRow, each: Excluded) -> bool:
    classes = (each.clock, each.level, "", ""), (each.clock, each.level, each.kind.value, each.priority.value)
    return row.key in classes


def _verdicts(row: SlaRow) -> int:
    return row.decided + row.excluded + row.refused


def _uptime_corrections(published: Mapping[str, UptimeRow], known: Sequence[UptimeRow]) -> Iterator[UptimeCorrected]:
    now = {row.component: row for row in known}
    for key in dict.fromkeys([*published, *now]):
        before, after = published.get(key, UptimeRow(key)), now.get(key, UptimeRow(key))
        if before != after:
            yield UptimeCorrected(before, after, (TOLD_LATE,))
