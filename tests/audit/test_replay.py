"""The replay of a ticket is what its events say, at every position of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.replay import Reckoned, Replay, Unknown, known_then, replay, steps
from domain.calendar import Period, always
from domain.deadline import Standing, explain
from domain.event import Source
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.ticket import Event, folded
from domain.ticket.conversation import Noted
from domain.ticket.joining import merge
from domain.ticket.promise import decided
from domain.ticket.state import Stage, WaitFor
from domain.ticket.waiting import Waited
from domain.verdict import verdicts_of
from tests.audit.replays import recorded
from tests.cast import (
    ACME,
    ANN,
    AROUND_THE_CLOCK,
    AT,
    OPENED,
    SPAN,
    WITH_LADDER,
    accepted,
    answered,
    book_of,
    opened,
    wrote,
)
from tests.life import ACTS, Act, Life


def lived(acts: Sequence[Act]) -> Life:
    life = Life(WITH_LADDER)
    life.open(OPENED)
    for minutes, deed, which in acts:
        life.sleep_until(life.now + minutes * MINUTE)
        life.act(deed, which)
    return life


LIVES = st.lists(ACTS, max_size=25).map(lived)


def replayed(*events: Event, after: int = 0) -> Replay:
    """Without a ladder, around the clock."""
    return replay(recorded(events), AROUND_THE_CLOCK, AT + after)


def reckoned(shown: Replay) -> Iterator[Reckoned]:
    return (each for each in shown.clocks if isinstance(each, Reckoned))


def clock(shown: Replay, name: Clock) -> Reckoned:
    return next(each for each in reckoned(shown) if each.run.clock is name)


@given(LIVES)
def test_the_replay_at_every_position_is_the_fold_of_what_was_stored_until_then(life: Life) -> None:
    past = recorded(life.past)
    for number in range(1, len(past) + 1):
        known = known_then(past, position=past[number - 1].position)
        assert replay(known, life.book, life.now).ticket == folded(life.past[:number])


@given(LIVES)
def test_segments_have_no_holes_and_the_counted_ones_add_up(life: Life) -> None:
    for each in reckoned(replay(recorded(life.past), life.book, life.now)):
        segments, run = each.explanation.segments, each.run
        assert sum(piece.end - piece.start for piece in segments if piece.counted) == each.explanation.used
        assert all(earlier.end == later.start for earlier, later in pairwise(segments))
        edges = (segments[0].start, segments[-1].end) if segments else (run.started, run.started)
        assert edges == (run.started, max(run.started, life.now if run.stopped is None else run.stopped))


@given(LIVES)
def test_a_clock_that_runs_is_explained_as_the_domain_explains_it(life: Life) -> None:
    shown = {
        (each.run.clock, each.run.instance): each.explanation
        for each in reckoned(replay(recorded(life.past), life.book, life.now))
    }
    for run in life.ticket.clocks.runs:
        assert shown[run.clock, run.instance] == explain(life.ticket.clocks, run, life.book, life.now)


@given(LIVES)
def test_every_judged_clock_is_shown_as_it_was_judged(life: Life) -> None:
    shown = replay(recorded(life.past), life.book, life.now)
    clocks = {(each.run.clock, each.run.instance): each for each in reckoned(shown)}
    for verdict in shown.verdicts if shown.ticket.stage is not Stage.MERGED else ():
        judged = clocks[verdict.clock, verdict.instance]
        assert judged.explanation.due == verdict.due
        assert verdict.ended is None or judged.run.stopped == verdict.ended


@given(LIVES)
def test_there_is_a_step_for_each_event_and_one_for_the_instant_asked_for(life: Life) -> None:
    past = recorded(life.past)
    found = list(steps(past, life.book, life.now))
    assert [len(each.past) for each in found] == [*range(1, len(past) + 1), len(past)]
    assert all(earlier.as_of <= later.as_of for earlier, later in pairwise(found))
    assert found[-1] == replay(past, life.book, life.now)
    assert found[:-1] == [replay(each.past, life.book, each.as_of) for each in found[:-1]]


def test_a_clock_that_was_breached_while_it_ran_stops_when_somebody_acts() -> None:
    late = [decided(each, AT + HOUR) for each in verdicts_of(folded([OPENED]).clocks, AROUND_THE_CLOCK, AT + HOUR)]
    assert clock(replayed(OPENED, *late, after=HOUR), Clock.REACTION).standing is Standing.OVERDUE
    shown = clock(replayed(OPENED, *late, accepted(after=2 * HOUR), after=DAY), Clock.REACTION)
    assert (shown.standing, shown.run.stopped, shown.explanation.used) == (Standing.STOPPED, AT + 2 * HOUR, 2 * HOUR)


def test_a_wait_pauses_nothing_beyond_its_promised_end() -> None:
    waited = Waited(at=AT + HOUR, what=WaitFor.CLIENT, until=AT + 2 * HOUR, by=ANN)
    assert clock(replayed(OPENED, waited, after=4 * HOUR), Clock.RESOLUTION).explanation.used == 3 * HOUR


def test_a_merged_ticket_has_no_clocks() -> None:
    merging = merge(folded([OPENED]), ticket_id="1" * 32, into="2" * 32, organisation=ACME, by=ANN, at=AT + HOUR)
    assert replayed(OPENED, *merging).clocks == ()


def test_beyond_its_calendar_a_clock_says_that_it_is_unknown_and_stops_nothing() -> None:
    short = book_of(replace(always("always", 1, Period(SPAN.start, AT + 25 * MINUTE))))
    shown = replay(recorded([OPENED]), short, AT + 10 * MINUTE)
    assert [type(each) for each in shown.clocks] == [Reckoned, Unknown, Unknown]
    assert shown.next_act is None


def test_what_happened_later_is_left_out_even_if_it_was_known() -> None:
    past = recorded([OPENED, answered(2 * HOUR), wrote(HOUR)])
    assert known_then(past, position=30, happened=AT + HOUR) == [past[0], past[2]]
    assert known_then(past, position=20, happened=AT + HOUR) == [past[0]]


@pytest.mark.parametrize(("position", "happened"), [(9, None), (30, AT - 1)])
def test_before_the_opening_there_is_nothing(position: int, happened: int | None) -> None:
    assert known_then(recorded([OPENED, accepted()]), position=position, happened=happened) == []


def test_everything_that_was_said_is_shown_with_the_number_of_its_event() -> None:
    noted = Noted(at=AT + HOUR, message="note", by=ANN, text=OPENED.text)
    shown = replayed(opened(), accepted(), noted, wrote(2 * HOUR))
    assert [(number, type(each.event).__name__) for number, each in shown.said] == [
        (1, "TicketOpened"), (3, "Noted"), (4, "ClientWrote"),
    ]  # fmt: skip


@pytest.mark.parametrize(("source", "asserted"), [(Source.LIVE, 0), (Source.IMPORT, 2), (Source.SIMULATION, 2)])
def test_what_is_imported_or_simulated_is_counted_as_asserted(source: Source, asserted: int) -> None:
    assert replay(recorded([OPENED, accepted()], source), AROUND_THE_CLOCK, AT).asserted == asserted
