from dataclasses import replace
from datetime import date

import pytest

from domain.clock import Exclusion
from domain.instant import DAY, HOUR, MINUTE, SECOND
from domain.month import ENDED_LATE, EXCLUDED, TOLD_LATE
from domain.policy import CalendarRef
from status_page import terms
from status_page.corrections import COUNTED, MEASURED
from status_page.opening import SpecialDays
from status_page.words import ALWAYS, LANGUAGES, NBSP, Language
from tests.cast import ALWAYS as CALENDAR
from tests.projections.story import published


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (0, "0 s"),
        (1, "1 s"),
        (59 * SECOND + 1, "1 min"),
        (12 * MINUTE + 26 * SECOND, "12 min 26 s"),
        (HOUR, "1 h"),
        (HOUR + 1, "1 h 1 min"),
        (51 * HOUR + 59 * MINUTE + SECOND, "52 h"),
    ],
)
def test_time_that_was_taken_is_never_told_as_less(amount: int, told: str) -> None:
    assert plain(terms.taken(amount, "en")) == told


@pytest.mark.parametrize(
    ("first", "last", "en", "ru"),
    [
        ("2027-05-03", "2027-05-03", "3 May 2027: closed", "3 мая 2027: закрыто"),
        ("2027-01-01", "2027-01-08", "1–8 Jan 2027: closed", "1–8 янв. 2027: закрыто"),
        ("2027-04-30", "2027-05-03", "30 Apr – 3 May 2027: closed", "30 апр. – 3 мая 2027: закрыто"),
        ("2026-12-31", "2027-01-08", "31 Dec 2026 – 8 Jan 2027: closed", "31 дек. 2026 – 8 янв. 2027: закрыто"),
    ],
)
def test_special_days_are_told_in_few_words(first: str, last: str, en: str, ru: str) -> None:
    days = SpecialDays(date.fromisoformat(first), date.fromisoformat(last), ())
    assert (plain(terms.special(days, "en")), plain(terms.special(days, "ru"))) == (en, ru)


def test_special_hours_are_told_by_the_clock() -> None:
    days = SpecialDays(date(2027, 2, 20), date(2027, 2, 20), ((540, 780), (840, 1440)))
    assert plain(terms.special(days, "en")) == "20 Feb 2027: 09:00–13:00, 14:00–24:00"


def test_a_share_is_told_without_digits_that_say_nothing() -> None:
    assert [plain(terms.per_mille(each, "en")) for each in (0, 300, 1000, 125)] == ["0 %", "30 %", "100 %", "12.5 %"]
    assert plain(terms.per_mille(125, "ru")) == "12,5 %"


def test_a_promise_is_told_in_days_only_where_a_day_is_24_open_hours() -> None:
    ref, calendar = CalendarRef(CALENDAR.key, 1), published(CALENDAR)
    assert plain(terms.open_time({ref: calendar}, "en", DAY, ref)) == "24 h"
    calendar = replace(calendar, hours=tuple(ALWAYS))
    assert plain(terms.open_time({ref: calendar}, "en", DAY, ref)) == "1 d"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: Language) -> None:
    codes = [TOLD_LATE, ENDED_LATE, *(EXCLUDED + each.value for each in Exclusion)]
    assert len({terms.why(code, language) for code in codes}) == len(codes)
    assert terms.EXCLUSIONS[language].keys() == {*Exclusion}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_that_can_be_corrected_has_words(language: Language) -> None:
    assert terms.PARTS[language].keys() == {*COUNTED, *MEASURED, "opaque"}
    assert len({*terms.TITLES[language].values()}) == len(terms.TITLES["en"])


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("attainment", 99_999, "99.999 %"),
        ("attainment", None, "none"),
        ("decided", 1_234, "1,234"),
        ("p90", 61 * SECOND, "1 min 1 s"),
        ("promised", 4 * HOUR, "4 h"),
        ("promised", 0, "none"),
        ("weighed", 300 * MINUTE, "18 s"),
        ("accountable", 25 * HOUR, "1 d 1 h"),
    ],
)
def test_a_figure_is_told_by_what_it_says(part: str, value: int | None, told: str) -> None:
    assert plain(terms.figure_told(part, value, "en")) == told


def test_a_class_is_told_by_kind_and_priority() -> None:
    assert terms.class_told("incident", "high", "en") == "incidents, high"
    assert terms.class_told("question", "low", "ru") == "вопросы, низкий"
    assert (terms.class_told("", "", "en"), terms.class_told(None, None, "ru")) == ("all tickets", "все заявки")
