"""A component: how it stands, its ninety days in full, and its uptime month by month."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from domain.attainment import month_of
from domain.component import ComponentStatus
from domain.uptime import Stretch, Uptime, stretches
from projections import incidents, status
from projections.status import Component
from status_page.bars import Bars, Day, bars, last_days, midnight
from status_page.edition import Edition
from status_page.html import render
from status_page.month_figures import uptime_in
from status_page.sla_tables import months_until
from status_page.words import Language

SHOWN: Final = 20
"""The newest incidents and works."""


@dataclass(frozen=True)
class MonthOf:
    """What came of a month (YYYY-MM), as far as it has come."""

    month: str
    is_over: bool
    uptime: Uptime


def html(edition: Edition, language: Language, names: Mapping[str, str]) -> bytes | None:
    """The page; None if there is no such component."""
    component = component_of(edition, names["key"])
    if component is None:
        return None
    drawn = _bars(edition, component)
    touching = incidents.page(edition.connection, position=edition.position, component=component.key, limit=SHOWN)
    return render(
        "component", edition, language, f"/components/{component.key}",
        component=component, drawn=drawn, eventful=[*eventful(drawn)], months=[*_months(edition, component)],
        touching=touching.incidents, rule=edition.configured.state.uptime_rule,
    )  # fmt: skip


def component_of(edition: Edition, key: str) -> Component | None:
    """The component as it stood."""
    return next((each for each in edition.components if each.key == key), None)


def eventful(drawn: Bars) -> Iterator[Day]:
    """The days on which something was said but that it works, the newest first."""
    for day in reversed(drawn.days):
        if any(each.state is not ComponentStatus.OPERATIONAL and each.state for each in day.course):
            yield replace(day, course=[*_told(day.course)])


def _told(course: Sequence[Stretch]) -> Iterator[Stretch]:
    """What follows without a change that anybody could see, told as one."""
    for _, group in groupby(course, key=lambda each: (each.state, each.excused)):
        alike = [*group]
        yield alike[0]._replace(end=alike[-1].end)


def _bars(edition: Edition, component: Component) -> Bars:
    dates, keys = last_days(edition), [component.key]
    since, until = midnight(dates[0], edition.zone), edition.at
    spells = status.spells(edition.connection, since=since, until=until, position=edition.position, components=keys)
    course = stretches(spells[component.key], since, until)
    return bars(course, dates, edition.zone, edition.configured.state.uptime_rule)


def _months(edition: Edition, component: Component) -> Iterator[MonthOf]:
    """The month of the edition and the twelve before it, as far back as something is known."""
    for month in months_until(edition.at, edition.zone):
        came, is_over = uptime_in(edition, month, component.key), month < month_of(edition.at, edition.zone)
        if came.accountable or came.excused or not is_over:
            yield MonthOf(month, is_over, came)
