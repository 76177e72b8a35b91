from dataclasses import replace

import pytest

from domain.classification import Priority
from domain.configuration import Configuration, missing
from domain.configuration.definitions import Name
from domain.configuration.page import PLAIN, Channel, ChannelKind, PageDescribed
from domain.instant import DAY
from domain.policy import CalendarRef
from tests.domain.configuration.wishes import LABEL, NOW, SPAN, after, changes, timetable, wanted

PHONE = Channel(ChannelKind.PHONE, LABEL, "+7 800 000-00-00", "office")
PAGE = PageDescribed(at=0, name=LABEL, channels=(PHONE,), priorities={Priority.LOW: LABEL}, owed={"gold": LABEL})
NIGHT = timetable("night", span=SPAN._replace(end=SPAN.end - 100 * DAY))


def test_a_page_is_plain_until_it_is_described() -> None:
    assert Configuration().page == after(wanted()).page == PLAIN
    assert changes(after(wanted()), wanted(PLAIN)) == []


def test_a_page_is_described_once() -> None:
    assert changes(after(wanted()), wanted(PAGE)) == [replace(PAGE, at=NOW)]
    state = after(wanted(PAGE))
    assert state.page == replace(PAGE, at=NOW)
    assert changes(state, wanted(PAGE)) == []


def test_a_page_becomes_plain_again() -> None:
    assert after(wanted(PAGE), wanted(PLAIN)).page == replace(PLAIN, at=NOW)


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (replace(PAGE, channels=(replace(PHONE, calendar="night"),)), Name("calendar", "night")),
        (replace(PAGE, owed={"silver": LABEL}), Name("level", "silver")),
    ],
)
def test_what_a_page_names_is_there(page: PageDescribed, name: Name) -> None:
    assert [each.name for each in missing(wanted(page))] == [name]
    assert missing(wanted(page))[0].needed_by == Name("page", "")


def test_the_newest_version_of_a_calendar_is_that_with_the_highest_number() -> None:
    earlier = timetable(opens=8)
    state = after(wanted(), wanted(calendars=(earlier,), moves=False))
    assert state.newest("office") == CalendarRef("office", 2)


def test_the_hours_of_a_channel_are_extended_in_time_too() -> None:
    page = replace(PAGE, channels=(replace(PHONE, calendar="night"),))
    state = after(wanted(page, calendars=(timetable(), NIGHT)))
    assert [each.key for each in state.ending(NIGHT.span.end - DAY)] == ["night"]


def test_a_channel_is_told_apart_by_its_kind_and_address() -> None:
    assert PHONE.key == "phone +7 800 000-00-00"
