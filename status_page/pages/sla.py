"""What is promised, in full: a document that a client can hold us to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from domain.attainment import month_of
from domain.classification import Class, Impact, Priority, Urgency
from domain.clock import Exclusion
from domain.component import WORST_FIRST, ComponentStatus
from domain.configuration.calendar import CalendarPublished
from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, OpenTickets
from domain.configuration.priorities import PrioritiesSet
from domain.instant import DAY, HOUR, Duration, Instant
from domain.policy import CalendarRef, Clock
from domain.uptime import Rule, Uptime
from projections import sla_months, status
from status_page import terms
from status_page.edition import Edition
from status_page.html import render
from status_page.month_figures import first_month
from status_page.opening import SpecialDays, special_days
from status_page.reach import Reach, reach
from status_page.sla_tables import LevelTable, months_until, tables
from status_page.words import Language


@dataclass(frozen=True)
class Term:
    """A promise in open time of a calendar, and the classes of tickets that it is made for."""

    clock: Clock
    duration: Duration
    grace: Duration
    """What is left of it at the least when a ticket comes under it later."""
    calendar: CalendarRef
    classes: frozenset[Class]


@dataclass(frozen=True)
class Level:
    """A level as it is promised to new tickets, and what came of it by month."""

    table: LevelTable
    published: LevelPublished
    terms: Mapping[Clock, Sequence[Term]]
    owed: Label | None

    @property
    def calendars(self) -> Sequence[CalendarRef]:
        """Of its promises; those of one row of hours come first."""
        return list(dict.fromkeys(term.calendar for each in self.terms.values() for term in each))

    @property
    def confirmation(self) -> CalendarRef:
        return CalendarRef(self.published.confirmation_calendar, self.published.confirmation_calendar_version)

    @property
    def moves(self) -> bool:
        """Whether its newest version holds for tickets that were open then."""
        return self.published.open_tickets is OpenTickets.MOVE


@dataclass(frozen=True)
class Hours:
    """A calendar in words, and the days of a year ahead on which it is otherwise."""

    published: CalendarPublished
    special: Sequence[SpecialDays]
    end: Instant
    """Nothing is decided beyond."""


@dataclass(frozen=True)
class Excluded:
    """How many verdicts were excluded for a reason, by the month in which they were due."""

    reason: Exclusion
    this_month: int
    before: int
    """In the twelve months before."""


def html(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The page."""
    return document(edition, language, tables(edition), partial(_excluded, edition), first_month(edition))


def document(
    edition: Edition,
    language: Language,
    of_levels: Sequence[LevelTable],
    excluded: Callable[[str], Sequence[Exclusion]],
    first: str,
) -> bytes:
    """The page with these levels; `excluded` tells why verdicts of a month were, `first` is the first month known."""
    state, reached = edition.configured.state, reach(edition)
    levels = [_level(edition, table) for table in of_levels if table.promises]
    return render(
        "sla", edition, language, "/sla",
        levels=levels, tables=of_levels, hours_of=_hours(edition, levels), matrix=_matrix(edition),
        examples=state.page.priorities, impacts=[*Impact], urgencies=[*Urgency], priorities=[*Priority],
        exclusions=[*_exclusions(edition, excluded)], rule=state.uptime_rule, weights=_weights(state.uptime_rule),
        targets=_targets(edition), example=_example(state.uptime_rule), reach=reached,
        month=month_of(edition.at, edition.zone), first=first, titles=_titles(of_levels, reached, language),
        kept=state.retention,
    )  # fmt: skip


def _titles(tables: Sequence[LevelTable], reached: Reach, language: Language) -> Mapping[str, str]:
    """Of what there is, by anchor."""
    missing = {"months"} if not tables else set()
    missing |= {"reach"} if not reached.ways and not reached.answered else set()
    return {anchor: title for anchor, title in terms.TITLES[language].items() if anchor not in missing}


def _level(edition: Edition, table: LevelTable) -> Level:
    state = edition.configured.state
    published = state.levels.published[table.key, state.levels.in_force[table.key]]
    return Level(table, published, _terms(published), state.page.owed.get(table.key))


def _terms(level: LevelPublished) -> Mapping[Clock, Sequence[Term]]:
    """The classes for which a clock promises the same are one row, the strictest first."""
    classes: dict[tuple[Clock, Duration, Duration, CalendarRef], set[Class]] = {}
    for each in level.targets:
        promise = each.clock, each.duration, each.grace, CalendarRef(each.calendar, each.calendar_version)
        classes.setdefault(promise, set()).add((each.kind, each.priority))
    rows = [Term(*promise, frozenset(to)) for promise, to in sorted(classes.items(), key=lambda row: row[0][1])]
    promised = [clock for clock in Clock if any(row.clock is clock for row in rows)]
    return {clock: [row for row in rows if row.clock is clock] for clock in promised}


def _hours(edition: Edition, levels: Sequence[Level]) -> Mapping[CalendarRef, Hours]:
    """The calendars that the levels refer to, in that order."""
    refs = dict.fromkeys(ref for level in levels for ref in (*level.calendars, level.confirmation))
    return {ref: _hours_of(edition, ref) for ref in refs}


def _hours_of(edition: Edition, ref: CalendarRef) -> Hours:
    calendar, published = edition.configured.state.calendars[ref], edition.configured.calendars[ref]
    return Hours(published, special_days(calendar, published, edition.at), calendar.span.end)


def _matrix(edition: Edition) -> Mapping[Impact, Mapping[Urgency, Priority]] | None:
    """None of a desk that is not configured yet."""
    known = edition.configured.state.of(PrioritiesSet).get("")
    return known.matrix if known else None


def _exclusions(edition: Edition, excluded: Callable[[str], Sequence[Exclusion]]) -> Iterator[Excluded]:
    counts = [excluded(month) for month in months_until(edition.at, edition.zone)]
    for reason in Exclusion:
        this_month, *before = (reasons.count(reason) for reasons in counts)
        yield Excluded(reason, this_month, sum(before))


def _excluded(edition: Edition, month: str) -> Sequence[Exclusion]:
    known = sla_months.excluded(edition.connection, month, since=0, position=edition.position)
    return [each.reason for each in known]


def _weights(rule: Rule) -> Mapping[ComponentStatus, int]:
    """The worst first."""
    return {each: rule.weights[each] for each in WORST_FIRST if each is not None}


def _example(rule: Rule) -> int | None:
    """The share of thirty days in which one hour was a partial outage."""
    return Uptime(30 * DAY, HOUR * rule.weights[ComponentStatus.PARTIAL_OUTAGE]).share


def _targets(edition: Edition) -> Sequence[status.Component]:
    """The components of which a share is promised."""
    return [each for each in status.components(edition.connection, edition.position) if each.uptime_target]
