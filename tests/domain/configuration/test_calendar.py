from dataclasses import replace

import pytest

from domain.calendar import Period
from domain.configuration.calendar import LIMIT, CalendarExtended, CalendarPublished, Timetable, latest
from domain.configuration.level import LevelPublished, OpenTickets
from domain.instant import DAY, HOUR
from domain.policy import CalendarRef
from domain.refusal import Refused
from tests.domain.configuration.wishes import NOW, SPAN, after, changes, level, timetable, wanted

LATER = Period(SPAN.start + 100 * DAY, SPAN.end + 100 * DAY)
ALWAYS = Timetable("office", "Etc/UTC", "2026a", ("24x7",), SPAN, (SPAN,))
HALF_HOURS = tuple(Period(start, start + HOUR // 2) for start in range(SPAN.start, SPAN.end, HOUR))
BUSY = Timetable("office", "Etc/UTC", "2026a", ("half hours",), SPAN, HALF_HOURS)


def until(hour: int) -> Timetable:
    """Four days of the office's timetable, cut off at an hour of the fourth."""
    span = Period(SPAN.start, SPAN.start + 3 * DAY + hour * HOUR)
    periods = tuple(Period(start, min(end, span.end)) for start, end in timetable().periods[:4])
    return replace(timetable(span=span), periods=periods)


def test_a_new_calendar_is_published_with_all_its_open_periods() -> None:
    published = changes(after(), wanted())[0]
    assert isinstance(published, CalendarPublished)
    assert (published.version, published.span_end, published.periods) == (1, SPAN.end, timetable().periods)


def test_a_later_span_extends_the_same_version() -> None:
    [extended] = changes(after(wanted()), wanted(calendars=(timetable(span=LATER),)))
    assert isinstance(extended, CalendarExtended)
    assert (extended.version, len(extended.periods)) == (1, 100)


def test_an_extended_calendar_has_the_periods_of_both_spans() -> None:
    extended = latest(after(wanted(), wanted(calendars=(timetable(span=LATER),))).calendars, "office")
    assert extended
    assert extended.span == Period(SPAN.start, LATER.end)
    assert extended.periods == timetable(span=extended.span).periods


def test_around_the_clock_stays_one_period_when_it_is_extended() -> None:
    longer = Timetable("office", "Etc/UTC", "2026b", ("24x7",), LATER, (LATER,))
    whole = Period(SPAN.start, LATER.end)
    extended = latest(after(wanted(calendars=(ALWAYS,)), wanted(calendars=(longer,))).calendars, "office")
    assert extended
    assert extended.periods == (whole,)


def test_a_calendar_that_was_never_open_can_be_extended() -> None:
    closed = Timetable("office", "Etc/UTC", "2026a", ("closed",), SPAN, ())
    closed_longer = Timetable("office", "Etc/UTC", "2026a", ("closed",), LATER, ())
    extended = latest(after(wanted(calendars=(closed,)), wanted(calendars=(closed_longer,))).calendars, "office")
    assert extended
    assert extended.periods == ()


def test_a_shorter_span_changes_nothing() -> None:
    shorter = Period(SPAN.start, SPAN.end - 50 * DAY)
    assert changes(after(wanted()), wanted(calendars=(timetable(span=shorter),))) == []


def test_other_hours_in_known_time_are_an_amendment_with_the_whole_span() -> None:
    amended = wanted(calendars=(timetable(opens=8, span=LATER),), moves=False)
    calendars = after(wanted(), amended).calendars
    assert calendars[CalendarRef("office", 1)].periods == timetable().periods
    assert calendars[CalendarRef("office", 2)].periods == timetable(opens=8, span=LATER).periods


def test_a_span_that_leaves_a_hole_is_an_amendment() -> None:
    apart = Period(SPAN.end + DAY, SPAN.end + 9 * DAY)
    assert len(after(wanted(), wanted(calendars=(timetable(span=apart),), moves=False)).calendars) == 2


def test_a_span_that_begins_where_the_known_one_ends_extends_it() -> None:
    next_days = Period(SPAN.end, SPAN.end + 9 * DAY)
    [extended] = changes(after(wanted()), wanted(calendars=(timetable(span=next_days),)))
    assert isinstance(extended, CalendarExtended)
    assert (extended.version, extended.periods) == (1, timetable(span=next_days).periods)


def test_a_calendar_that_ends_at_a_closing_is_extended_by_whole_periods() -> None:
    [extended] = changes(after(wanted(calendars=(until(18),))), wanted())
    assert isinstance(extended, CalendarExtended)
    assert extended.periods == timetable().periods[4:]


def test_a_period_that_the_end_of_the_span_cuts_is_whole_again_when_it_is_extended() -> None:
    extended = latest(after(wanted(calendars=(until(12),)), wanted()).calendars, "office")
    assert extended
    assert extended.periods == timetable().periods


def test_an_amendment_publishes_the_levels_anew_under_the_new_version() -> None:
    for moves, fate in ((True, OpenTickets.MOVE), (False, OpenTickets.STAY)):
        _, published = changes(after(wanted()), wanted(calendars=(timetable(opens=8),), moves=moves))
        assert isinstance(published, LevelPublished)
        assert (published.version, published.open_tickets) == (2, fate)
        assert (published.targets[0].calendar_version, published.confirmation_calendar_version) == (2, 2)


def test_an_amendment_leaves_levels_on_other_calendars_alone() -> None:
    levels = (level(), level("other", calendar="other"))
    before = wanted(calendars=(timetable(), timetable("other")), levels=levels)
    amended = wanted(calendars=(timetable(opens=8), timetable("other")), levels=levels, moves=True)
    assert dict(after(before, amended).levels.in_force) == {"gold": 2, "other": 1}


def test_every_amended_calendar_is_named() -> None:
    levels = (level(), level("other", calendar="other"))
    before = wanted(calendars=(timetable(), timetable("other")), levels=levels)
    amended = wanted(calendars=(timetable(opens=8), timetable("other", opens=8)), levels=levels)
    with pytest.raises(Refused) as refused:
        changes(after(before), amended)
    assert refused.value == Refused("amendment_undecided", calendars="office, other")


def test_an_amendment_must_say_what_becomes_of_open_tickets() -> None:
    with pytest.raises(Refused) as refused:
        changes(after(wanted()), wanted(calendars=(timetable(opens=8),)))
    assert refused.value == Refused("amendment_undecided", calendars="office")


def test_each_part_of_a_long_calendar_ends_where_the_next_one_begins() -> None:
    events = changes(after(), wanted(calendars=(BUSY,)))
    parts = [each for each in events if isinstance(each, CalendarPublished | CalendarExtended)]
    assert [each.span_end for each in parts] == [*(period.start for period in HALF_HOURS[LIMIT::LIMIT]), SPAN.end]
    assert {each.at for each in parts} == {NOW}


def test_many_periods_are_split_into_events_that_fit_the_log() -> None:
    events = [each for each in changes(after(), wanted(calendars=(BUSY,))) if not isinstance(each, LevelPublished)]
    parts = [each for each in events if isinstance(each, CalendarPublished | CalendarExtended)]
    assert [len(each.periods) for each in parts] == [LIMIT, LIMIT, LIMIT, LIMIT, len(HALF_HOURS) - 4 * LIMIT]
    calendar = latest(after(wanted(calendars=(BUSY,))).calendars, "office")
    assert calendar
    assert (calendar.span, calendar.periods) == (SPAN, HALF_HOURS)


def test_the_end_of_a_calendar_in_use_is_announced_ninety_days_before() -> None:
    state = after(wanted(calendars=(timetable(), timetable("unused"))))
    assert state.ending(SPAN.end - 90 * DAY) == []
    assert [each.key for each in state.ending(SPAN.end - 90 * DAY + 1)] == ["office"]
    assert state.ending(NOW) == []


def test_every_calendar_that_a_promise_counts_by_is_announced_in_order() -> None:
    keys = ("office", "echo", "alpha", "delta", "bravo", "foxtrot", "charlie")
    pairs = zip(("gold", "silver", "bronze", "tin", "lead", "zinc"), keys[1:], strict=True)
    levels = tuple(replace(level(metal, calendar="office"), confirmation_calendar=key) for metal, key in pairs)
    state = after(wanted(calendars=tuple(map(timetable, keys)), levels=levels))
    assert [each.key for each in state.ending(SPAN.end)] == sorted(keys)
