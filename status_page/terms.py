"""What the page says of promises in Russian and English: open time, hours, exclusions, corrections."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from domain.classification import Kind, Priority
from domain.clock import Exclusion
from domain.configuration.calendar import CalendarPublished
from domain.instant import HOUR, MINUTE, SECOND, Duration
from domain.month import ENDED_LATE, EXCLUDED, TOLD_LATE
from domain.opening_hours import Hours
from domain.policy import CalendarRef
from domain.uptime import WHOLE
from projections.words import word
from status_page import words
from status_page.opening import SpecialDays
from status_page.words import NBSP, OF_MONTHS, UNITS, Language

CLOSED: Final[Mapping[Language, str]] = {"en": "closed", "ru": "закрыто"}
EXCLUSIONS: Final[Mapping[Language, Mapping[Exclusion, str]]] = {
    "en": {
        Exclusion.MERGED: "The ticket was merged into another one: what is asked twice counts once.",
        Exclusion.SPAM: "Nobody asked for anything.",
        Exclusion.CLOCK_ERROR: "Our own clocks were wrong, so that the verdict was.",
        Exclusion.AGREED_WITH_CLIENT: (
            "The client agreed to it in a message. Or the client closed the ticket while this clock was still running "
            "and not late, so that nothing was left to do."
        ),
    },
    "ru": {
        Exclusion.MERGED: "Заявка объединена с другой: о чём попросили дважды, считается один раз.",
        Exclusion.SPAM: "Никто ни о чём не просил.",
        Exclusion.CLOCK_ERROR: "Наши часы шли неверно, поэтому неверен и итог.",
        Exclusion.AGREED_WITH_CLIENT: (
            "Клиент согласился с этим в своём сообщении. Или клиент сам закрыл заявку, пока этот срок ещё шёл и не был "
            "нарушен: делать было уже нечего."
        ),
    },
}
WHY: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        TOLD_LATE: "it happened in this month and was told after the month was fixed",
        ENDED_LATE: "a clock that was late already has ended since then, and only now its time is known",
        EXCLUDED: "excluded: {}",
    },
    "ru": {
        TOLD_LATE: "это произошло в этом месяце, а сообщено после его фиксации",
        ENDED_LATE: "уже нарушенный срок завершился позже, и только теперь известно, сколько он занял",
        EXCLUDED: "исключено: {}",
    },
}


PARTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "attainment": "kept",
        "decided": "decided",
        "breached": "breached",
        "excluded": "excluded",
        "refused": "refused",
        "reopened": "reopened",
        "promised": "promise",
        "p50": "half within",
        "p90": "nine tenths within",
        "share": "uptime",
        "coverage": "known",
        "weighed": "not available",
        "accountable": "accountable",
        "excused": "announced works",
        "unknown": "unknown",
        "opaque": "opaque tickets",
    },
    "ru": {
        "attainment": "выполнено",
        "decided": "учтено",
        "breached": "нарушено",
        "excluded": "исключено",
        "refused": "отказано",
        "reopened": "возвращено",
        "promised": "обещано",
        "p50": "половина за",
        "p90": "девять десятых за",
        "share": "доступность",
        "coverage": "известно",
        "weighed": "недоступно",
        "accountable": "учтено",
        "excused": "объявленные работы",
        "unknown": "неизвестно",
        "opaque": "непубличных заявок",
    },
}
TITLES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "promises": "Promises by service level",
        "hours": "Hours",
        "priorities": "Priorities",
        "clocks": "Clocks",
        "pauses": "Pauses, changes, closing",
        "rule-excluded": "Exclusions",
        "figures": "Figures",
        "rule-uptime": "Uptime and planned works",
        "formulas": "Formulas",
        "rule-verify": "How to verify",
        "months": "Promise and fact by month",
        "reach": "How to reach us",
    },
    "ru": {
        "promises": "Обещания по уровням обслуживания",
        "hours": "Часы",
        "priorities": "Приоритеты",
        "clocks": "Сроки",
        "pauses": "Паузы, изменения, закрытие",
        "rule-excluded": "Исключения",
        "figures": "Показатели",
        "rule-uptime": "Доступность и плановые работы",
        "formulas": "Формулы",
        "rule-verify": "Как проверить",
        "months": "Обещание и факт по месяцам",
        "reach": "Как с нами связаться",
    },
}
"""By anchor, in the order of the document."""
SHARES: Final = frozenset({"attainment", "share", "coverage"})
ELAPSED: Final = frozenset({"accountable", "excused", "unknown"})
TAKEN: Final = frozenset({"p50", "p90"})


def spoken(calendars: Mapping[CalendarRef, CalendarPublished], language: Language) -> Mapping[str, Any]:
    """These functions and words, for a language."""
    return {
        "open_time": partial(open_time, calendars, language),
        "taken": partial(taken, language=language),
        "in_hours": partial(words.duration, language=language, in_days=False),
        "class_told": partial(class_told, language=language),
        "per_mille": partial(per_mille, language=language),
        "special": partial(special, language=language),
        "why": partial(why, language=language),
        "figure_told": partial(figure_told, language=language),
        "part_words": PARTS[language],
        "excluded_when": EXCLUSIONS[language],
    }


def open_time(
    calendars: Mapping[CalendarRef, CalendarPublished], language: Language, amount: Duration, calendar: CalendarRef
) -> str:
    """A promise; in days only where a day is 24 open hours."""
    return words.duration(amount, language, in_days=words.is_round_the_clock(calendars[calendar]))


def taken(amount: Duration, language: Language) -> str:
    """Open time that something took, never told as less: up to the second below an hour, to the minute from there."""
    unit = SECOND if amount < HOUR else MINUTE
    rounded = -(-amount // unit) * unit
    return words.duration(rounded, language, in_days=False) or f"0{NBSP}{[*UNITS[language]][-1]}"


def class_told(kind: str | None, priority: str | None, language: Language) -> str:
    """Tickets of a kind and priority in two words; of none, all of them."""
    if not kind or not priority:
        return words.ALL_TICKETS[language]
    return f"{words.KINDS[language][Kind(kind)]}, {word(Priority(priority), language)}"


def per_mille(share: int, language: Language) -> str:
    """As percent, without digits that say nothing."""
    return f"{share / 10:g}".replace(".", "." if language == "en" else ",") + f"{NBSP}%"


def special(days: SpecialDays, language: Language) -> str:
    """`1–8 Jan 2027: closed`."""
    return f"{_dates(days.first, days.last, language)}: {_hours(days.hours, language)}"


def figure_told(part: str, value: int | None, language: Language) -> str:
    """A number of a month, by what it says."""
    if value is None or part in SHARES:
        return words.percent(value, language)
    if part in TAKEN:
        return taken(value, language)
    if part == "promised":
        return words.duration(value, language, in_days=False) or words.NONE[language]
    if part == "weighed":
        return words.elapsed(value // WHOLE, language)
    return words.elapsed(value, language) if part in ELAPSED else words.number(value, language)


def why(code: str, language: Language) -> str:
    """Why a figure was corrected: a code of `domain.month`."""
    if code.startswith(EXCLUDED):
        return WHY[language][EXCLUDED].format(word(Exclusion(code.removeprefix(EXCLUDED)), language))
    return WHY[language][code]


def _dates(first: date, last: date, language: Language) -> str:
    if first == last:
        return words.day(first, language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{words.day(last, language)}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{NBSP}{OF_MONTHS[language][first.month - 1]}{year} – {words.day(last, language)}"


def _hours(hours: Hours, language: Language) -> str:
    return ", ".join(f"{_minute(opens)}–{_minute(closes)}" for opens, closes in hours) or CLOSED[language]


def _minute(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
