"""Service levels in the log: each change is a new version that pins calendar versions and is kept for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias, assert_never

from domain.classification import Kind, Priority
from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Duration, Instant
from domain.policy import CalendarRef, Clock, Policy, Step, Target


class OpenTickets(StrEnum):
    """What a new version means for tickets that are open under an older one."""

    MOVE = "move"
    STAY = "stay"


@dataclass(frozen=True)
class Promise:
    """One cell of the table of targets; duration and grace in milliseconds of open time."""

    kind: Kind
    priority: Priority
    clock: Clock
    duration: Duration
    grace: Duration
    calendar: str
    calendar_version: int


@dataclass(frozen=True)
class Goal:
    """The share of a clock's verdicts that are to be met in each month, in thousandths of a percent."""

    clock: Clock
    share: int


@event(
    "level.published",
    visibility=Visibility.CLEAR,
    en="Version {version} of service level {level} was published",
    ru="Опубликована версия {version} уровня обслуживания {level}",
)
class LevelPublished:
    """A version of a service level, complete: see `domain.policy.Policy` for what the fields mean."""

    at: Public[Instant]
    level: Public[str]
    version: Public[int]
    label: Label
    """No formula reads it, and it may name a client."""
    targets: Public[tuple[Promise, ...]]
    at_risk_per_mille: Public[int]
    confirmation: Public[Duration]
    confirmation_calendar: Public[str]
    confirmation_calendar_version: Public[int]
    ladder: tuple[Step, ...]
    """The provider's own affair: no formula reads it, and it names teams."""
    open_tickets: Public[OpenTickets]
    goals: Public[tuple[Goal, ...]] = ()
    """A clock without one has no budget of breaches."""


@event(
    "level.withdrawn",
    visibility=Visibility.CLEAR,
    en="Service level {level} was withdrawn",
    ru="Уровень обслуживания {level} отменён",
)
class LevelWithdrawn:
    """No new ticket gets the level; its versions stay for those that have it."""

    at: Public[Instant]
    level: Public[str]


Event: TypeAlias = LevelPublished | LevelWithdrawn


@dataclass(frozen=True)
class Levels:
    """Every version ever published, and the version of each level that new tickets get."""

    published: Mapping[tuple[str, int], LevelPublished] = field(default_factory=dict)
    in_force: Mapping[str, int] = field(default_factory=dict)

    def current(self, level: str) -> LevelPublished | None:
        """The version in force; None if the level is withdrawn or was never there."""
        return self.published.get((level, self.in_force.get(level, 0)))


def evolve(levels: Levels, event: Event) -> Levels:
    """The levels after an event."""
    match event:
        case LevelPublished():
            published = {**levels.published, (event.level, event.version): event}
            return Levels(published, {**levels.in_force, event.level: event.version})
        case LevelWithdrawn():
            rest = {level: version for level, version in levels.in_force.items() if level != event.level}
            return replace(levels, in_force=rest)
        case _:
            assert_never(event)


def changes(levels: Levels, wanted: LevelPublished, calendars: Mapping[str, int], *, at: Instant) -> list[Event]:
    """Publish the level's next version if it is not what is wanted, under these calendar versions."""
    draft = _pinned(wanted, calendars)
    known = levels.current(wanted.level)
    if known and known == replace(draft, at=known.at, version=known.version, open_tickets=known.open_tickets):
        return []
    newest = max((version for level, version in levels.published if level == wanted.level), default=0)
    return [replace(draft, at=at, version=newest + 1)]


def withdrawals(levels: Levels, wanted: frozenset[str], *, at: Instant) -> list[Event]:
    """Withdraw the levels that are not wanted any more."""
    return [LevelWithdrawn(at=at, level=level) for level in levels.in_force if level not in wanted]


def policy_of(published: LevelPublished) -> Policy:
    """The version as clocks and deadlines read it."""
    targets: dict[tuple[Kind, Priority], dict[Clock, Target]] = {}
    for each in published.targets:
        calendar = CalendarRef(each.calendar, each.calendar_version)
        targets.setdefault((each.kind, each.priority), {})[each.clock] = Target(each.duration, each.grace, calendar)
    return Policy(
        level=published.level,
        version=published.version,
        targets=targets,
        confirmation=published.confirmation,
        confirmation_calendar=CalendarRef(published.confirmation_calendar, published.confirmation_calendar_version),
        at_risk_per_mille=published.at_risk_per_mille,
        ladder=published.ladder,
    )


def _pinned(wanted: LevelPublished, calendars: Mapping[str, int]) -> LevelPublished:
    return replace(
        wanted,
        targets=tuple(replace(each, calendar_version=calendars[each.calendar]) for each in wanted.targets),
        confirmation_calendar_version=calendars[wanted.confirmation_calendar],
    )
