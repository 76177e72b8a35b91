"""What the page says in Russian and English: labels, numbers, dates, durations, hours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from domain.classification import Class, Kind, Priority
from domain.component import ComponentStatus, State
from domain.configuration.calendar import CalendarPublished
from domain.configuration.page import PageDescribed
from domain.instant import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from domain.opening_hours import EPOCH
from projections.words import word

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
INCIDENT_OPEN: Final[Mapping[Language, str]] = {"en": "An incident is open", "ru": "Есть открытый инцидент"}
SITE_NAME: Final[Mapping[Language, str]] = {"en": "Service status and SLA", "ru": "Состояние сервисов и SLA"}
IMPACTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"none": "none", "minor": "minor", "major": "major", "critical": "critical", "maintenance": "works"},
    "ru": {
        "none": "нет",
        "minor": "небольшое",
        "major": "большое",
        "critical": "критическое",
        "maintenance": "работы",
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


def site_name(page: PageDescribed, language: Language) -> str:
    """What the site is called: the usual name unless the desk gave another one."""
    return getattr(page.name, language) if page.name else SITE_NAME[language]


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


def exact_instant(at: Instant) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return f"{machine_instant(at)[:-1]}.{at % SECOND:03}Z"


def offset(at: Instant, zone: str) -> str:
    """The zone's offset from UTC at an instant: `UTC+03:00`."""
    return f"UTC{local(at, zone).isoformat()[-6:]}"


def day(date: date, language: Language) -> str:
    """`22 Nov 2026`."""
    return f"{date.day}{NBSP}{OF_MONTHS[language][date.month - 1]} {date.year}"


def clock_time(at: Instant, zone: str, *, end: bool = False) -> str:
    """The time of day; the end of a day is 24:00."""
    told = f"{local(at, zone):%H:%M}"
    return "24:00" if end and told == "00:00" else told


def elapsed(length: Duration, language: Language) -> str:
    """Time that has passed, to the second."""
    return duration(length // SECOND * SECOND, language, in_days=True) or f"0{NBSP}{list(UNITS[language])[-1]}"


def impact_word(impact: str, language: Language) -> str:
    return IMPACTS[language][impact]


class Said(NamedTuple):
    """A text that was announced, in the language of the reader or, as long as that is missing, in the other one."""

    text: str
    language: Language


def said(texts: Mapping[str, str], language: Language) -> Said:
    """What a reader is shown; nothing if it was taken back."""
    spoken = language if language in texts else next((each for each in LANGUAGES if each in texts), language)
    return Said(texts.get(spoken, ""), spoken)


def month_before(month: str) -> str:
    """The month (YYYY-MM) before."""
    return f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"


def month_after(month: str) -> str:
    """The month (YYYY-MM) after."""
    return f"{date.fromisoformat(f'{month}-01') + timedelta(days=31):%Y-%m}"


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
