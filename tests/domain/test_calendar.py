from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar, CalendarEnded, Period, Slice, always
from domain.instant import HOUR
from domain.refusal import Refused

LENGTH = 60
INSTANTS = st.integers(0, LENGTH)

TWO_MORNINGS = Calendar("office", 3, Period(0, 48 * HOUR), (Period(9 * HOUR, 12 * HOUR), Period(33 * HOUR, 36 * HOUR)))
CLOSED = Calendar("closed", 1, Period(0, LENGTH), ())


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    edges = sorted(draw(st.sets(INSTANTS, max_size=12)))
    periods = tuple(Period(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))
    return Calendar("any", 1, Period(0, LENGTH), periods)


def open_instants(calendar: Calendar) -> list[int]:
    return [at for at in range(LENGTH) if any(start <= at < end for start, end in calendar.periods)]


def refuses(ask: Callable[..., object], *instants: int) -> bool:
    with suppress(CalendarEnded):
        ask(*instants)
        return False
    return True


def test_a_night_is_not_counted() -> None:
    assert TWO_MORNINGS.elapsed(11 * HOUR, 34 * HOUR) == 2 * HOUR


def test_nothing_elapses_backwards() -> None:
    assert TWO_MORNINGS.elapsed(34 * HOUR, 11 * HOUR) == 0


def test_a_target_goes_on_the_next_morning() -> None:
    assert TWO_MORNINGS.after(11 * HOUR, 2 * HOUR) == 34 * HOUR


def test_a_target_that_fills_a_period_ends_at_its_closing() -> None:
    assert TWO_MORNINGS.after(0, 3 * HOUR) == 12 * HOUR


def test_no_target_ends_at_once_when_open_and_at_the_opening_when_closed() -> None:
    assert TWO_MORNINGS.after(10 * HOUR, 0) == 10 * HOUR
    assert TWO_MORNINGS.after(12 * HOUR, 0) == 33 * HOUR


def test_going_back_over_a_whole_period_ends_at_its_opening() -> None:
    assert TWO_MORNINGS.before(40 * HOUR, 3 * HOUR) == 33 * HOUR


def test_going_back_by_nothing_stays_when_open_and_ends_at_the_last_closing_when_closed() -> None:
    assert TWO_MORNINGS.before(33 * HOUR, 0) == 33 * HOUR
    assert TWO_MORNINGS.before(32 * HOUR, 0) == 12 * HOUR


def test_a_period_is_open_from_its_opening_until_before_its_closing() -> None:
    hours = (9 * HOUR - 1, 9 * HOUR, 12 * HOUR - 1, 12 * HOUR)
    assert [TWO_MORNINGS.is_open(at) for at in hours] == [False, True, True, False]


def test_the_next_opening_and_closing_belong_to_the_same_period() -> None:
    assert (TWO_MORNINGS.next_open(12 * HOUR), TWO_MORNINGS.next_close(12 * HOUR)) == (33 * HOUR, 36 * HOUR)


def test_slices_tell_what_was_counted_and_what_was_skipped() -> None:
    assert list(TWO_MORNINGS.slices(10 * HOUR, 34 * HOUR)) == [
        Slice(10 * HOUR, 12 * HOUR, open=True),
        Slice(12 * HOUR, 33 * HOUR, open=False),
        Slice(33 * HOUR, 34 * HOUR, open=True),
    ]


def test_around_the_clock_every_hour_counts() -> None:
    assert always("24x7", 1, Period(0, 48 * HOUR)).after(7 * HOUR, 40 * HOUR) == 47 * HOUR


def test_around_the_clock_no_closing_is_known() -> None:
    with pytest.raises(CalendarEnded):
        always("24x7", 1, Period(0, LENGTH)).next_close(5)


def test_a_refusal_names_the_calendar_and_its_end() -> None:
    with pytest.raises(CalendarEnded) as refusal:
        TWO_MORNINGS.after(34 * HOUR, 3 * HOUR)
    assert refusal.value == Refused("calendar_ended", calendar="office", version=3, ends=48 * HOUR)


@pytest.mark.parametrize("outside", [-1, LENGTH + 1])
def test_nothing_is_known_outside_of_the_span(outside: int) -> None:
    calendar = Calendar("any", 1, Period(0, LENGTH), (Period(10, 20), Period(30, 40)))
    for ask in (calendar.is_open, calendar.next_open, calendar.next_close):
        assert refuses(ask, outside)
    for ask_two in (calendar.elapsed, calendar.slices):
        assert refuses(ask_two, outside, 15)
        assert refuses(ask_two, 15, outside)
    for ask_amount in (calendar.after, calendar.before):
        assert refuses(ask_amount, outside, 0)
        assert refuses(ask_amount, outside, 1)


def test_the_end_of_the_span_ends_a_stretch_but_begins_none() -> None:
    calendar = always("24x7", 1, Period(0, LENGTH))
    assert calendar.elapsed(0, LENGTH) == LENGTH
    assert calendar.after(0, LENGTH) == LENGTH
    for ask in (calendar.is_open, calendar.next_open):
        assert refuses(ask, LENGTH)


def test_a_closed_calendar_never_answers_when() -> None:
    assert CLOSED.elapsed(0, LENGTH) == 0
    assert not CLOSED.is_open(5)
    for ask in (CLOSED.after, CLOSED.before):
        assert refuses(ask, 5, 0)
        assert refuses(ask, 5, 1)


@pytest.mark.parametrize(
    ("span", "periods", "complaint"),
    [
        (Period(5, 5), (), "no duration"),
        (Period(0, 9), (Period(4, 3),), "no duration"),
        (Period(0, 9), (Period(1, 3), Period(2, 4)), "overlap, touch or are out of order"),
        (Period(0, 9), (Period(1, 3), Period(3, 4)), "overlap, touch or are out of order"),
        (Period(0, 9), (Period(5, 6), Period(1, 3)), "overlap, touch or are out of order"),
        (Period(2, 9), (Period(1, 3), Period(5, 6)), "not inside the span"),
        (Period(0, 9), (Period(1, 3), Period(5, 10)), "not inside the span"),
    ],
)
def test_a_malformed_calendar_is_not_made(span: Period, periods: tuple[Period, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Calendar("any", 1, span, periods)


@given(calendars(), INSTANTS, INSTANTS)
def test_elapsed_counts_the_open_instants(calendar: Calendar, start: int, end: int) -> None:
    assert calendar.elapsed(start, end) == sum(start <= at < end for at in open_instants(calendar))


@given(calendars(), INSTANTS, st.integers(1, LENGTH))
def test_after_is_the_end_of_the_last_open_instant_needed(calendar: Calendar, start: int, amount: int) -> None:
    needed = [at for at in open_instants(calendar) if at >= start][:amount]
    if len(needed) == amount:
        assert calendar.after(start, amount) == needed[-1] + 1
    else:
        assert refuses(calendar.after, start, amount)


@given(calendars(), INSTANTS, st.integers(1, LENGTH))
def test_before_is_the_first_open_instant_needed(calendar: Calendar, end: int, amount: int) -> None:
    needed = [at for at in open_instants(calendar) if at < end][-amount:]
    if len(needed) == amount:
        assert calendar.before(end, amount) == needed[0]
    else:
        assert refuses(calendar.before, end, amount)


@given(calendars(), st.integers(0, LENGTH - 1))
def test_an_instant_is_open_if_one_of_the_periods_holds_it(calendar: Calendar, at: int) -> None:
    assert calendar.is_open(at) == (at in open_instants(calendar))


@given(calendars(), INSTANTS)
def test_the_next_opening_is_the_first_open_instant(calendar: Calendar, at: int) -> None:
    coming = [later for later in open_instants(calendar) if later >= at]
    if coming:
        assert calendar.next_open(at) == calendar.after(at, 0) == coming[0]
    else:
        assert refuses(calendar.next_open, at)


@given(calendars(), INSTANTS)
def test_the_next_closing_is_the_first_closed_instant_after_an_open_one(calendar: Calendar, at: int) -> None:
    opened = open_instants(calendar)
    closings = [later for later in range(at + 1, LENGTH) if later not in opened and later - 1 in opened]
    if closings:
        assert calendar.next_close(at) == closings[0]
    else:
        assert refuses(calendar.next_close, at)


@given(calendars(), INSTANTS, INSTANTS, INSTANTS)
def test_elapsed_time_adds_up(calendar: Calendar, one: int, two: int, three: int) -> None:
    start, middle, end = sorted((one, two, three))
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


@given(calendars(), INSTANTS, st.data())
def test_a_target_has_elapsed_exactly_when_it_is_due(calendar: Calendar, start: int, data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, calendar.elapsed(start, LENGTH)))
    if amount:
        assert calendar.elapsed(start, calendar.after(start, amount)) == amount


@given(calendars(), INSTANTS, INSTANTS)
def test_slices_alternate_and_leave_no_hole(calendar: Calendar, start: int, end: int) -> None:
    slices = list(calendar.slices(start, end))
    assert [at for part in slices for at in range(part.start, part.end)] == list(range(start, end))
    assert all(earlier.end == later.start and earlier.open != later.open for earlier, later in pairwise(slices))
    assert all(calendar.is_open(part.start) == part.open for part in slices)


@given(calendars(), INSTANTS, INSTANTS)
def test_the_open_slices_are_the_elapsed_time(calendar: Calendar, start: int, end: int) -> None:
    counted = sum(part.end - part.start for part in calendar.slices(start, end) if part.open)
    assert counted == calendar.elapsed(start, end)
