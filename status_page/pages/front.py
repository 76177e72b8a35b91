"""The front page: how things stand, in one line and in full, and what was promised next to what was kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from domain.attainment import month_of
from domain.component import WORST_FIRST, ComponentStatus, State, worst
from domain.uptime import Stretch, Uptime, stretches, together
from projections import sla_months, status
from projections.incidents import Incident
from projections.status import Component, Group
from status_page.bars import Bars, bars, last_days, midnight
from status_page.edition import Edition
from status_page.html import render
from status_page.reach import reach
from status_page.sla_tables import tables
from status_page.words import HEADLINES, INCIDENT_OPEN, Language

OTHERS: Final = Group("", "Прочее", "Other", 0)
"""Where components stand whose group was withdrawn."""
RECENT: Final = 5
"""Incidents that are over and still shown here."""


@dataclass(frozen=True)
class Row:
    """A component with its ninety days."""

    component: Component
    bars: Bars


@dataclass(frozen=True)
class Block:
    """A group with its components; it is as its worst member, now and at each instant."""

    group: Group
    rows: Sequence[Row]
    state: State
    uptime: Uptime


@dataclass(frozen=True)
class Overall:
    """How things stand, in one line."""

    state: State
    is_open: bool
    """An incident is not over: then nothing says that all is well."""
    tally: Mapping[State, int]

    def headline(self, language: Language) -> str:
        if self.is_open and self.state in (ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE, None):
            return INCIDENT_OPEN[language]
        return HEADLINES[language][self.state]


def html(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The page."""
    overall = overall_of(edition)
    headline = overall.headline(language)
    values = edition.once("front", partial(_values, edition))
    return render("front", edition, language, "/", headline=headline, overall=overall, **values)


def overall_of(edition: Edition) -> Overall:
    """How things stand; what the views are behind of is not known."""
    states = [each.status for each in edition.components]
    state = None if edition.mark.is_behind else worst(states)
    tally = {state: states.count(state) for state in WORST_FIRST if state in states}
    return Overall(state, bool(edition.unresolved), tally)


def values_for_all(edition: Edition) -> dict[str, Any]:
    """What the page says beside its first line, the figures of tickets excepted."""
    return {
        "unresolved": edition.unresolved,
        "under_way": edition.under_way,
        "ahead": edition.ahead,
        "recent": _recent(edition),
        "blocks": [*blocks(edition)],
        "reach": reach(edition),
    }


def _values(edition: Edition) -> dict[str, Any]:
    opaque = sla_months.opaque(edition.connection, month_of(edition.at, edition.zone), edition.position)
    return {**values_for_all(edition), "levels": tables(edition), "opaque": opaque}


def _recent(edition: Edition) -> list[Incident]:
    """Of the newest announcements those that are over: what is ahead or open is shown elsewhere."""
    return [each for each in edition.newest if each.resolved_at is not None][:RECENT]


def blocks(edition: Edition) -> Iterator[Block]:
    """The groups that have components; a component whose group is gone is shown all the same."""
    dates, groups, components = last_days(edition), edition.groups, edition.components
    since = midnight(dates[0], edition.zone)
    spells = status.spells(edition.connection, since=since, until=edition.at, position=edition.position)
    courses = {each.key: stretches(spells.get(each.key, []), since, edition.at) for each in components}
    known = {group.key for group in groups}
    for group in (*groups, OTHERS):
        members = [each for each in components if (each.group if each.group in known else OTHERS.key) == group.key]
        if members:
            yield _block(edition, group, members, courses)


def _block(
    edition: Edition, group: Group, members: Sequence[Component], courses: Mapping[str, Sequence[Stretch]]
) -> Block:
    rule, dates = edition.configured.state.uptime_rule, last_days(edition)
    rows = [Row(each, bars(courses[each.key], dates, edition.zone, rule)) for each in members]
    course = together([courses[each.key] for each in members])
    state = worst([each.status for each in members])
    return Block(group, rows, state, bars(course, dates, edition.zone, rule).uptime)
