"""`/badge/…`: small pictures (SVG) for pages of others: a state or a figure in words, never by colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from domain.attainment import month_of
from domain.component import ComponentStatus, State
from domain.uptime import Uptime
from projections.status import Component
from status_page.edition import Edition
from status_page.files.course import ninety_days
from status_page.files.feed import xml
from status_page.files.sla import of_this_month
from status_page.files.told import state_of
from status_page.pages.front import overall_of
from status_page.words import Language, month_name, percent, state_word

Names: TypeAlias = Mapping[str, str]

COLOURS: Final[Mapping[State, str]] = {
    ComponentStatus.OPERATIONAL: "#1a6b3c",
    ComponentStatus.DEGRADED: "#7d5800",
    ComponentStatus.PARTIAL_OUTAGE: "#a84300",
    ComponentStatus.MAJOR_OUTAGE: "#b3201b",
    ComponentStatus.UNDER_MAINTENANCE: "#2456a6",
    None: "#555d66",
}
"""As on the pages; white can be read on each of them (WCAG 2.2, 1.4.3)."""
PLAIN: Final = "#1a56a0"
"""Of a figure that nothing is promised for."""
LETTER: Final = 6.6
"""Units that a letter takes: the text is fitted to that, whatever the font is."""
MARGIN: Final = 12
STATUS: Final[Mapping[Language, str]] = {"en": "status", "ru": "состояние"}
DAYS: Final[Mapping[Language, str]] = {"en": "{}: 90 days", "ru": "{}: 90 дней"}
TARGET: Final[Mapping[Language, str]] = {"en": "target {}", "ru": "цель {}"}
KNOWN: Final[Mapping[Language, str]] = {"en": "known {}", "ru": "известно {}"}


@dataclass(frozen=True)
class Part:
    """One half, and the room that it takes."""

    text: str
    colour: str

    @property
    def length(self) -> int:
        return round(len(self.text) * LETTER)

    @property
    def width(self) -> int:
        return self.length + MARGIN


def overall(edition: Edition, language: Language, _: Names) -> bytes:
    """The whole page in one line."""
    return _badge(STATUS[language], overall_of(edition).headline(language), COLOURS[state_of(edition)])


def component(edition: Edition, language: Language, names: Names) -> bytes | None:
    """How a component stands; None if there is no such one."""
    found = _named(edition, names)
    if found is None:
        return None
    state = None if edition.mark.is_behind else found.status
    return _badge(_name(found, language), state_word(state, language), COLOURS[state])


def uptime(edition: Edition, language: Language, names: Names) -> bytes | None:
    """What came of ninety days of a component, next to its target if it has one; None if there is no such one."""
    found = _named(edition, names)
    if found is None:
        return None
    came, label = ninety_days(edition, [found.key]).uptime, DAYS[language].format(_name(found, language))
    if came.share is None:
        return _badge(label, state_word(None, language), COLOURS[None])
    return _badge(label, _share(came, found.uptime_target, language), _colour(came.share, found.uptime_target))


def sla(edition: Edition, language: Language, _: Names) -> bytes:
    """The share of clocks of published tickets that were kept this month so far."""
    kept = of_this_month(edition).attainment
    month = month_name(month_of(edition.at, edition.zone), language)
    return _badge(f"SLA: {month}", percent(kept, language), PLAIN)


def _named(edition: Edition, names: Names) -> Component | None:
    return next((each for each in edition.components if each.key == names["key"]), None)


def _name(component: Component, language: Language) -> str:
    return component.en if language == "en" else component.ru


def _share(came: Uptime, target: int, language: Language) -> str:
    """With the target, if there is one, and how much is known, unless that is all."""
    target_told = TARGET[language].format(percent(target, language)) if target else ""
    known = KNOWN[language].format(percent(came.coverage, language)) if came.unknown else ""
    notes = ", ".join(filter(None, (target_told, known)))
    return percent(came.share, language) + (f" ({notes})" if notes else "")


def _colour(share: int, target: int) -> str:
    kept = ComponentStatus.OPERATIONAL if share >= target else ComponentStatus.MAJOR_OUTAGE
    return COLOURS[kept] if target else PLAIN


def _badge(label: str, told: str, colour: str) -> bytes:
    return xml("badge.svg.j2", label=Part(label, COLOURS[None]), told=Part(told, colour))
