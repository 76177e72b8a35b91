"""What the page says in Russian and English: labels, numbers, dates, durations, hours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from domain.classification import Kind, Priority
from domain.component import ComponentStatus
from domain.configuration.calendar import CalendarPublished
from domain.instant import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from domain.opening_hours import EPOCH
from projections.words import word
from status_page.page import State
from status_page.sla_tables import Class

Language: TypeAlias = Literal["en", "ru"]

LANGUAGES: Final[Sequence[Language]] = ("en", "ru")

NBSP: Final = "\N{NO-BREAK SPACE}"
NONE: Final[Mapping[Language, str]] = {"en": "none", "ru": "нет"}
UNKNOWN: Final[Mapping[Language, str]] = {"en": "unknown", "ru": "неизвестно"}
HEADLINES: Final[Mapping[Language, Mapping[State, str]]] = {
    "en": {
        ComponentStatus.OPERATIONAL: "All components are operational",
        ComponentStatus.UNDER_MAINTENANCE: "Planned works are under way",
        ComponentStatus.DEGRADED: "Degraded performance",
        ComponentStatus.PARTIAL_OUTAGE: "Partial outage",
        ComponentStatus.MAJOR_OUTAGE: "Major outage",
        None: "The state is not fully known",
    },
    "ru": {
        ComponentStatus.OPERATIONAL: "Все компоненты работают",
        ComponentStatus.UNDER_MAINTENANCE: "Идут плановые работы",
        ComponentStatus.DEGRADED: "Снижение производительности",
        ComponentStatus.PARTIAL_OUTAGE: "Частичный сбой",
        ComponentStatus.MAJOR_OUTAGE: "Серьёзный сбой",
        None: "Состояние известно не полностью",
    },
}
MONTHS: Final[Mapping[Language, Sequence[str]]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": ("янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек."),
}
OF_MONTHS: Final[Mapping[Language, Sequence[str]]] = {
    "en": MONTHS["en"],
    "ru": ("янв.", "февр.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек."),
}
UNITS: Final[Mapping[Language, Mapping[str, Duration]]] = {
    "en": {"d": DAY, "h": HOUR, "min": MINUTE, "s": SECOND},
    "ru": {"сут": DAY, "ч": HOUR, "мин": MINUTE, "с": SECOND},
}
KINDS: Final[Mapping[Language, Mapping[Kind, str]]] = {
    "en": {Kind.INCIDENT: "incidents", Kind.REQUEST: "requests", Kind.QUESTION: "questions"},
    "ru": {Kind.INCIDENT: "инциденты", Kind.REQUEST: "запросы", Kind.QUESTION: "вопросы"},
}
ALL_TICKETS: Final[Mapping[Language, str]] = {"en": "all tickets", "ru": "все заявки"}
PRIORITY: Final[Mapping[Language, str]] = {"en": "{} priority", "ru": "{} приоритет"}

WEEKDAYS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"},
    "ru": {"mon": "пн", "tue": "вт", "wed": "ср", "thu": "чт", "fri": "пт", "sat": "сб", "sun": "вс"},
}
ALWAYS: Final = [f"{day} 00:00-24:00" for day in WEEKDAYS["en"]]
ROUND_THE_CLOCK: Final[Mapping[Language, str]] = {"en": "around the clock", "ru": "круглосуточно"}
EXCEPTIONAL: Final = re.compile(r"\d{4}-\d{2}-\d{2} ")
EXCEPTIONAL_DAYS: Final[Mapping[Language, str]] = {"en": "exceptional days: {}", "ru": "особые дни: {}"}
HOLIDAYS: Final[Mapping[Language, str]] = {"en": "without public holidays", "ru": "кроме праздничных дней"}


def state_word(state: State, language: Language) -> str:
    return UNKNOWN[language] if state is None else word(state, language)


def percent(thousandths: int | None, language: Language) -> str:
    """Thousandths of a percent with all three digits."""
    if thousandths is None:
        return NONE[language]
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}{'.' if language == 'en' else ','}{rest:03}{NBSP}%"


def number(count: int, language: Language) -> str:
    return f"{count:,}".replace(",", "," if language == "en" else NBSP)


def instant(at: Instant, language: Language, zone: str) -> str:
    """To the minute, in an IANA zone."""
    then = local(at, zone)
    return f"{then.day}{NBSP}{OF_MONTHS[language][then.month - 1]} {then.year}, {then:%H:%M}"


def machine_instant(at: Instant) -> str:
    """For the `datetime` of a `time` element, in UTC."""
    return f"{EPOCH + timedelta(milliseconds=at):%Y-%m-%dT%H:%M:%SZ}"


def offset(at: Instant, zone: str) -> str:
    """The zone's offset from UTC at an instant: `UTC+03:00`."""
    return f"UTC{local(at, zone).isoformat()[-6:]}"


def month_name(month: str, language: Language) -> str:
    """`2026-11` in words."""
    first = date.fromisoformat(f"{month}-01")
    return f"{MONTHS[language][first.month - 1]} {first.year}"


def duration(amount: Duration, language: Language, *, in_days: bool) -> str:
    """Open time in its units; days only where a day is 24 open hours."""
    parts = []
    for name, unit in list(UNITS[language].items())[not in_days :]:
        count, amount = divmod(amount, unit)
        parts += [f"{count}{NBSP}{name}"] if count else []
    return " ".join(parts)


def classes(to: frozenset[Class], language: Language) -> str:
    """Classes of tickets in few words: kinds that share their priorities, priorities that share their kinds."""
    kinds = {each: tuple(kind for kind in Kind if (kind, each) in to) for each in Priority}
    shared = dict.fromkeys(found for found in kinds.values() if found)
    return "; ".join(_class(found, [each for each in Priority if kinds[each] == found], language) for found in shared)


def hours(calendar: CalendarPublished, language: Language) -> str:
    """The opening hours that a calendar was published with."""
    if is_round_the_clock(calendar):
        return ROUND_THE_CLOCK[language]
    weekly = [line.split(" ", 1) for line in calendar.hours if line[:3] in WEEKDAYS["en"]]
    return ", ".join([*_week(weekly, language), *_besides(calendar, language)]) + f" ({calendar.zone})"


def is_round_the_clock(calendar: CalendarPublished) -> bool:
    return [*calendar.hours] == ALWAYS


def local(at: Instant, zone: str) -> datetime:
    return (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))


def _class(kinds: Sequence[Kind], priorities: Sequence[Priority], language: Language) -> str:
    named_kinds = ", ".join(KINDS[language][each] for each in kinds)
    named_priorities = PRIORITY[language].format(", ".join(word(each, language) for each in priorities))
    if len(priorities) == len(Priority):
        return ALL_TICKETS[language] if len(kinds) == len(Kind) else named_kinds
    return named_priorities if len(kinds) == len(Kind) else f"{named_kinds}: {named_priorities}"


def _week(weekly: Sequence[Sequence[str]], language: Language) -> Iterator[str]:
    for told, group in groupby(weekly, key=lambda line: line[1]):
        days = [WEEKDAYS[language][day] for day, _ in group]
        yield f"{'–'.join(dict.fromkeys((days[0], days[-1])))} {told.replace('-', '–')}"


def _besides(calendar: CalendarPublished, language: Language) -> Iterator[str]:
    exceptional = [line for line in calendar.hours if EXCEPTIONAL.match(line)]
    weekly = [line for line in calendar.hours if line[:3] in WEEKDAYS["en"]]
    if len(calendar.hours) > len(exceptional) + len(weekly):
        yield HOLIDAYS[language]
    if exceptional:
        yield EXCEPTIONAL_DAYS[language].format(len(exceptional))
