"""A month: promise and fact, as they were fixed and as they were corrected, or as they are so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from domain.attainment import freezes_at, month_of
from domain.classification import Kind, Priority
from domain.configuration.label import Label
from domain.policy import Clock
from projections import status
from status_page.corrections import Correction, corrections
from status_page.edition import Edition
from status_page.html import render
from status_page.month_figures import Figures, Row, UptimeOf, figures_of, first_month
from status_page.sla_tables import newest
from status_page.words import Language, month_after, month_before


@dataclass(frozen=True)
class Level:
    """The rows of a level by clock, each time all tickets together first."""

    key: str
    rows: Mapping[Clock, Sequence[Row]]


@dataclass(frozen=True)
class Group:
    """Components of a group; of none, those that are on the page no more."""

    label: Label | None
    components: Sequence[UptimeOf]


class Shown(NamedTuple):
    """A month (YYYY-MM) and what is known of it."""

    month: str
    first: str
    """The first month that has a page."""
    figures: Figures
    corrections: Sequence[Correction]


def html(edition: Edition, language: Language, names: Mapping[str, str]) -> bytes | None:
    """The page; None of a month that is to come, or of which nothing is known."""
    month, first = names["month"], first_month(edition)
    if not is_there(edition, month, first):
        return None
    figures = figures_of(edition, month)
    return document(edition, language, Shown(month, first, figures, corrections(figures.fixed)))


def is_there(edition: Edition, month: str, first: str) -> bool:
    """Whether a month has a page, if `first` is the first one of which something is known."""
    return first <= month <= month_of(edition.at, edition.zone)


def document(edition: Edition, language: Language, shown: Shown) -> bytes:
    """The page with these figures."""
    month, first, figures, corrected = shown
    this = month_of(edition.at, edition.zone)
    return render(
        "month", edition, language, f"/sla/{month}",
        month=month, figures=figures, levels=[*_levels(edition, figures.rows)], groups=[*_groups(edition, figures)],
        is_over=month < this, freezes_at=freezes_at(month, edition.zone), corrections=corrected,
        earlier=month_before(month) if month > first else None, later=month_after(month) if month < this else None,
        level_name=partial(_level_name, edition, language),
    )  # fmt: skip


def _levels(edition: Edition, rows: Sequence[Row]) -> Iterator[Level]:
    """In the order of the configuration, those that are offered no more behind them."""
    shown = [row for row in rows if row.fact.has_verdicts]
    offered, counted = [*edition.configured.state.levels.in_force], {row.level for row in shown}
    for key in [*(each for each in offered if each in counted), *sorted(counted.difference(offered))]:
        by_clock = {clock: [row for row in shown if (row.level, row.clock) == (key, clock)] for clock in Clock}
        yield Level(key, {clock: sorted(members, key=_place) for clock, members in by_clock.items() if members})


def _place(row: Row) -> tuple[int, int]:
    """All together first, then kinds and priorities in their usual order."""
    return [None, *Kind].index(row.kind), [None, *Priority].index(row.priority)


def _level_name(edition: Edition, language: Language, level: str) -> str:
    """What its newest version is called."""
    label: str = getattr(newest(edition.configured.state.levels, level).label, language)
    return label


def _groups(edition: Edition, figures: Figures) -> Iterator[Group]:
    """In the order of the page."""
    components = {each.key: each.group for each in status.components(edition.connection, edition.position)}
    places = {key: place for place, key in enumerate(components)}
    known = {group.key: Label(group.ru, group.en) for group in edition.groups}
    for key in (*known, None):
        members = [each for each in figures.uptime if _group(components, known, each.component) == key]
        if members:
            shown = sorted(members, key=lambda each: places.get(each.component, len(places)))
            yield Group(known[key] if key else None, shown)


def _group(components: Mapping[str, str], known: Mapping[str, Label], component: str) -> str | None:
    group = components.get(component)
    return group if group in known else None
