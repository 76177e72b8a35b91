from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import Period, always
from domain.configuration import Configuration, evolve
from domain.configuration.label import Label
from domain.configuration.page import PLAIN, Channel, ChannelKind
from domain.instant import DAY, HOUR
from domain.opening_hours import OpeningHours, instant_at, open_periods
from status_page.opening import Opening, SpecialDays, edges, opening, special_days
from tests.cast import AT, OFFICE
from tests.projections.story import published

SATURDAY = AT + 5 * DAY
WEEKDAYS = dict.fromkeys(range(5), ((9 * 60, 13 * 60), (13 * 60, 18 * 60)))
HOURS = tuple(f"{day} 09:00-13:00, 13:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri"))


def otherwise(**days: tuple[tuple[int, int], ...]) -> list[SpecialDays]:
    """The special days of an office that has other hours on some days of November 2026."""
    exceptions = {date(2026, 11, int(day.removeprefix("nov"))): hours for day, hours in days.items()}
    hours = OpeningHours("Europe/Moscow", WEEKDAYS, exceptions)
    span = Period(*(instant_at("Europe/Moscow", date(2026, month, 1), 0) for month in (1, 12)))
    known = replace(OFFICE, span=span, periods=open_periods(hours, date(2026, 1, 1), date(2026, 11, 30)))
    lines = ("holidays of RU", *HOURS, "2026-11-20 closed")
    return special_days(known, replace(published(known), zone="Europe/Moscow", hours=lines), AT)


def test_an_open_desk_is_open_until_it_closes() -> None:
    assert opening(OFFICE, AT) == Opening(is_open=True, until=AT + 8 * HOUR)


def test_a_closed_desk_opens_next() -> None:
    assert opening(OFFICE, SATURDAY) == Opening(is_open=False, until=SATURDAY + 2 * DAY - HOUR)


def test_what_never_closes_is_open_for_ever() -> None:
    assert opening(always("always", 1, OFFICE.span), AT) == Opening(is_open=True, until=None)


def test_beyond_its_span_nobody_knows() -> None:
    assert opening(OFFICE, OFFICE.span.end) is None
    assert opening(OFFICE, OFFICE.span.end - 1) == Opening(is_open=False, until=None)


@pytest.mark.parametrize(("at", "edge"), [(AT, AT + 8 * HOUR), (SATURDAY, SATURDAY + 2 * DAY - HOUR)])
def test_a_page_changes_when_a_channel_opens_or_closes(at: int, edge: int) -> None:
    phone = Channel(ChannelKind.PHONE, Label("Телефон", "Phone"), "+7 800", OFFICE.key)
    mail = replace(phone, kind=ChannelKind.MAIL, calendar="always")
    told = [published(each) for each in (OFFICE, always("always", 1, OFFICE.span))]
    state = evolve(evolve(Configuration(), told[0]), told[1])
    assert edges(state, at) == []
    assert edges(evolve(state, replace(PLAIN, channels=(phone, mail))), at) == [edge]


def test_a_day_with_other_hours_is_special_and_one_that_says_its_hours_otherwise_is_not() -> None:
    assert otherwise() == []
    assert otherwise(nov20=((540, 720),)) == [SpecialDays(date(2026, 11, 20), date(2026, 11, 20), ((540, 720),))]
    assert otherwise(nov20=((540, 1080),)) == []


def test_days_off_in_a_row_are_one_across_a_weekend() -> None:
    off = otherwise(nov19=(), nov20=(), nov23=())
    assert off == [SpecialDays(date(2026, 11, 19), date(2026, 11, 23), ())]


def test_days_between_that_are_as_always_part_special_days() -> None:
    off = otherwise(nov21=((540, 1080),), nov20=(), nov18=())
    assert [(each.first.day, each.last.day) for each in off] == [(18, 18), (20, 20), (21, 21)]


def test_a_working_saturday_is_special_until_midnight() -> None:
    assert otherwise(nov21=((0, 1440),)) == [SpecialDays(date(2026, 11, 21), date(2026, 11, 21), ((0, 1440),))]


def test_days_that_are_over_are_not_told() -> None:
    assert otherwise(nov1=((540, 720),)) == []


def test_a_calendar_that_names_no_weekday_has_no_special_days() -> None:
    never_closed = always("always", 1, OFFICE.span)
    assert special_days(never_closed, published(never_closed), AT) == []
