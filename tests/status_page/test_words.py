from dataclasses import replace

import pytest

from domain.classification import Kind, Priority
from domain.component import ComponentStatus
from domain.instant import DAY, HOUR, MINUTE, SECOND
from status_page import words
from status_page.words import ALWAYS, Language
from tests.cast import ALWAYS as CALENDAR
from tests.cast import AT
from tests.projections.story import published

NBSP = "\N{NO-BREAK SPACE}"


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("thousandths", "en", "ru"),
    [(100_000, "100.000 %", "100,000 %"), (99_999, "99.999 %", "99,999 %"), (50, "0.050 %", "0,050 %")],
)
def test_a_share_is_told_with_three_digits(thousandths: int, en: str, ru: str) -> None:
    assert plain(words.percent(thousandths, "en")) == en
    assert plain(words.percent(thousandths, "ru")) == ru


def test_a_share_of_nothing_is_none() -> None:
    assert (words.percent(None, "en"), words.percent(None, "ru")) == ("none", "нет")


def test_numbers_are_grouped_as_each_language_does() -> None:
    assert (words.number(12_345, "en"), plain(words.number(12_345, "ru"))) == ("12,345", "12 345")


def test_an_instant_is_told_in_the_zone_and_stored_in_utc() -> None:
    assert plain(words.instant(AT, "en", "Europe/Moscow")) == "2 Nov 2026, 13:00"
    assert plain(words.instant(AT, "ru", "Europe/Moscow")) == "2 нояб. 2026, 13:00"
    assert words.machine_instant(AT) == "2026-11-02T10:00:00Z"
    assert words.offset(AT, "Europe/Moscow") == "UTC+03:00"


def test_months_have_names() -> None:
    assert (words.month_name("2026-03", "en"), words.month_name("2026-03", "ru")) == ("Mar 2026", "март 2026")


@pytest.mark.parametrize(
    ("amount", "in_days", "told"),
    [
        (15 * MINUTE, True, "15 min"),
        (90 * MINUTE, True, "1 h 30 min"),
        (2 * DAY + 3 * HOUR, True, "2 d 3 h"),
        (2 * DAY + 3 * HOUR, False, "51 h"),
        (45 * SECOND, False, "45 s"),
    ],
)
def test_a_promise_is_told_in_days_only_where_a_day_is_24_open_hours(amount: int, told: str, *, in_days: bool) -> None:
    assert plain(words.duration(amount, "en", in_days=in_days)) == told


@pytest.mark.parametrize(
    ("to", "en", "ru"),
    [
        ([(kind, priority) for kind in Kind for priority in Priority], "all tickets", "все заявки"),
        ([(kind, Priority.LOW) for kind in Kind], "low priority", "низкий приоритет"),
        ([(Kind.QUESTION, priority) for priority in Priority], "questions", "вопросы"),
        (
            [(Kind.INCIDENT, Priority.NORMAL), (Kind.REQUEST, Priority.NORMAL)],
            "incidents, requests: normal priority",
            "инциденты, запросы: обычный приоритет",
        ),
        (
            [*((kind, Priority.HIGH) for kind in Kind), (Kind.QUESTION, Priority.LOW)],
            "high priority; questions: low priority",
            "высокий приоритет; вопросы: низкий приоритет",
        ),
    ],
)
def test_classes_are_told_in_few_words(to: list[tuple[Kind, Priority]], en: str, ru: str) -> None:
    assert words.classes(frozenset(to), "en") == en
    assert words.classes(frozenset(to), "ru") == ru


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Mon–Thu 09:00–18:00, Fri 09:00–16:45, without public holidays, exceptional days: 1 (Europe/Moscow)"),
        ("ru", "пн–чт 09:00–18:00, пт 09:00–16:45, кроме праздничных дней, особые дни: 1 (Europe/Moscow)"),
    ],
)
def test_hours_are_told_by_weekday(language: Language, told: str) -> None:
    weekly = [f"{day} 09:00-18:00" for day in ("mon", "tue", "wed", "thu")]
    lines = (*weekly, "fri 09:00-16:45", "holidays of RU", "2026-12-31 closed")
    assert words.hours(replace(published(CALENDAR), zone="Europe/Moscow", hours=lines), language) == told


def test_days_off_are_told_only_where_there_are_any() -> None:
    calendar = replace(published(CALENDAR), hours=("mon 09:00-18:00", "holidays of RU"))
    assert words.hours(calendar, "en") == "Mon 09:00–18:00, without public holidays (Etc/UTC)"
    calendar = replace(calendar, hours=("mon 09:00-18:00",))
    assert words.hours(calendar, "ru") == "пн 09:00–18:00 (Etc/UTC)"


def test_what_never_closes_is_open_around_the_clock() -> None:
    calendar = replace(published(CALENDAR), hours=tuple(ALWAYS))
    assert (words.hours(calendar, "en"), words.hours(calendar, "ru")) == ("around the clock", "круглосуточно")


def test_every_state_has_a_word() -> None:
    for state in (*ComponentStatus, None):
        assert words.state_word(state, "en") != words.state_word(state, "ru")
