"""What holds after whatever people do, however the time passes."""

from collections.abc import Iterator

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.classification import Kind
from domain.clock import Clocks, Verdict
from domain.deadline import explain
from domain.instant import DAY, MINUTE, Instant
from domain.policy import Action, Book
from domain.ticket import Event, Stage, folded
from domain.ticket.consequences import next_tick, tick
from domain.ticket.joining import Merged
from domain.ticket.notices import ClientToBeTold, StaffTold
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closed
from domain.ticket.promise import ClockDecided, Escalated, VerdictExcluded, next_act
from domain.ticket.state import WaitFor
from domain.ticket.waiting import until_promised
from domain.verdict import verdicts_of
from tests.cast import AROUND_THE_CLOCK, BARE, LADDER, LINES, OFFICE, OPENED, WITH_LADDER, book_of, opened
from tests.life import ACTS, Act, Life

STORIES = st.lists(ACTS, max_size=25)
SHORT_STORIES = st.lists(ACTS, max_size=6)
BOOKS = st.sampled_from([AROUND_THE_CLOCK, WITH_LADDER, book_of(OFFICE, LADDER)])
OPENINGS = st.sampled_from(
    [OPENED, opened(kind=Kind.REQUEST), opened(level=BARE), opened(level=BARE, kind=Kind.QUESTION)]
)


def lives(story: list[Act], book: Book, opening: TicketOpened = OPENED) -> Iterator[Life]:
    """The life after the opening, and after each act."""
    life = Life(book)
    life.open(opening)
    yield life
    for minutes, deed, which in story:
        life.sleep_until(life.now + minutes * MINUTE)
        life.act(deed, which)
        yield life


def lived(story: list[Act], book: Book, opening: TicketOpened = OPENED) -> Life:
    *_, life = lives(story, book, opening)
    life.sleep_until(life.now + MINUTE)
    return life


@for_all(STORIES, BOOKS, OPENINGS)
def test_somebody_is_responsible_at_any_time(story: list[Act], book: Book, opening: TicketOpened) -> None:
    for life in lives(story, book, opening):
        assert life.ticket.line == LINES[life.ticket.team]
        assert life.ticket.owner or life.ticket.awaits_acceptance
        assert life.ticket.taken or life.ticket.stage in (Stage.OPENED, Stage.CLOSED, Stage.MERGED)


@for_all(STORIES, BOOKS)
def test_something_comes_next_until_a_ticket_is_over(story: list[Act], book: Book) -> None:
    for life in lives(story, book):
        assert (next_act(life.ticket, book) is not None) is life.ticket.is_live


@for_all(STORIES, BOOKS)
def test_clocks_stand_still_only_while_the_ticket_waits(story: list[Act], book: Book) -> None:
    for life in lives(story, book):
        waiting = life.ticket.stage is Stage.WAITING
        assert waiting is (life.ticket.waits_for is not None) is (life.ticket.waits_until is not None)
        assert life.ticket.clocks.waits_for is None or life.ticket.waits_for in (WaitFor.CLIENT, WaitFor.DATE)


@for_all(STORIES, BOOKS)
def test_nothing_is_to_come_when_a_ticket_is_over(story: list[Act], book: Book) -> None:
    for life in lives(story, book):
        if not life.ticket.is_live:
            assert (life.ticket.waits_until, life.ticket.acts_at, life.ticket.silent_since) == (None, None, None)
            assert next_tick(life.ticket, book=book) is None


@for_all(STORIES, BOOKS, OPENINGS)
def test_no_verdict_is_given_twice(story: list[Act], book: Book, opening: TicketOpened) -> None:
    given = [(each.clock, each.instance) for each in lived(story, book, opening).past if isinstance(each, ClockDecided)]
    assert len(given) == len(set(given))


@for_all(STORIES, BOOKS)
def test_no_step_is_taken_twice_for_one_instance_of_a_clock(story: list[Act], book: Book) -> None:
    steps = [
        (each.clock, each.instance, each.per_mille, each.action, each.whom)
        for each in lived(story, book).past
        if isinstance(each, Escalated)
    ]
    assert len(steps) == len(set(steps))


@for_all(STORIES, BOOKS)
def test_the_client_is_told_of_every_stage(story: list[Act], book: Book) -> None:
    for life in lives(story, book):
        assert [each.stage for each in life.past if isinstance(each, ClientToBeTold)][-1] is life.ticket.stage


@for_all(STORIES, BOOKS)
def test_notices_are_numbered_one_by_one_to_whomever_they_go(story: list[Act], book: Book) -> None:
    past = lived(story, book).past
    steps = [each for each in past if isinstance(each, Escalated)]
    notices = [each.notice for each in past if isinstance(each, ClientToBeTold | Escalated) and each.notice]
    assert notices == list(range(1, len(notices) + 1))
    assert all((each.notice is not None) is (each.action is Action.NOTIFY) for each in steps)


@for_all(STORIES, BOOKS)
def test_the_staff_is_told_or_the_notice_is_listed_whatever_becomes_of_the_ticket(story: list[Act], book: Book) -> None:
    life = lived(story, book)
    arisen = {each.notice for each in life.past if isinstance(each, Escalated) and each.notice}
    told = {each.notice for each in life.past if isinstance(each, StaffTold)}
    assert arisen == life.ticket.staff_notices
    assert arisen & (life.ticket.untold | life.ticket.given_up) == arisen - told


@for_all(STORIES, BOOKS, OPENINGS)
def test_the_past_tells_the_same_ticket(story: list[Act], book: Book, opening: TicketOpened) -> None:
    life = lived(story, book, opening)
    assert folded(life.past) == life.ticket


@for_all(STORIES, BOOKS, OPENINGS)
def test_whoever_recomputes_the_verdicts_finds_the_same(story: list[Act], book: Book, opening: TicketOpened) -> None:
    life = lived(story, book, opening)
    found = {(each.clock, each.instance): each for each in verdicts_of(*judged(life))}
    stored = [each for each in life.past if isinstance(each, ClockDecided)]
    assert found.keys() == {(each.clock, each.instance) for each in stored}
    for each in stored:
        again = found[each.clock, each.instance]
        assert facts(each) == facts(again)
        assert each.ended in (None, again.ended)


@for_all(STORIES, BOOKS, OPENINGS)
def test_every_verdict_is_explained(story: list[Act], book: Book, opening: TicketOpened) -> None:
    life = lived(story, book, opening)
    clocks, _, now = judged(life)
    explained = {(run.clock, run.instance): explain(clocks, run, book, now).due for run in clocks.runs}
    stored = {(each.clock, each.instance): each.due for each in life.past if isinstance(each, ClockDecided)}
    assert stored.items() <= explained.items()


def judged(life: Life) -> tuple[Clocks, Book, Instant]:
    """The clocks as if no verdict had been stored; those of a merged ticket as they were before."""
    told = [each for each in life.past if not isinstance(each, ClockDecided | VerdictExcluded)]
    ends = [index for index, each in enumerate(told) if isinstance(each, Merged)]
    now = told[ends[0]].at if ends else life.now
    ticket = folded(told[: ends[0]] if ends else told)
    return until_promised(ticket, now).clocks, life.book, now


def facts(verdict: ClockDecided | Verdict) -> tuple[object, ...]:
    terms = (verdict.level, verdict.policy, verdict.kind, verdict.priority)
    return (verdict.due, verdict.outcome, *terms)


@for_all(STORIES, BOOKS, OPENINGS)
def test_looking_twice_finds_nothing_more(story: list[Act], book: Book, opening: TicketOpened) -> None:
    for life in lives(story, book, opening):
        life.tick()
        assert tick(life.ticket, book=book, lines=LINES, at=life.now) == []
        due = next_tick(life.ticket, book=book)
        assert due is None or due > life.now


@settings(max_examples=30, deadline=None)
@for_all(SHORT_STORIES, BOOKS)
def test_looking_only_when_it_is_time_misses_nothing(story: list[Act], book: Book) -> None:
    seldom, often = Life(book), Life(book)
    for life in (seldom, often):
        life.open(OPENED)
    for minutes, deed, which in [*story, (120, "note", 0)]:
        seldom.sleep_until(seldom.now + minutes * MINUTE)
        often.watch_until(often.now + minutes * MINUTE)
        seldom.act(deed, which)
        often.act(deed, which)
    assert decided(seldom.past) == decided(often.past)


def decided(past: list[Event]) -> list[object]:
    """Verdicts, without when they were stored, and closings."""
    verdicts = [
        (each.clock, each.instance, each.ended, *facts(each)) for each in past if isinstance(each, ClockDecided)
    ]
    return [sorted(verdicts), [each for each in past if isinstance(each, Closed)]]


@for_all(STORIES, st.lists(st.integers(-DAY, DAY), min_size=25, max_size=25))
def test_a_clock_that_runs_back_breaks_nothing(story: list[Act], drift: list[int]) -> None:
    life = Life(WITH_LADDER)
    life.open(OPENED)
    for (_, deed, which), by in zip(story, drift, strict=False):
        life.now += by
        life.act(deed, which)
        life.tick()
    given = [(each.clock, each.instance) for each in life.past if isinstance(each, ClockDecided)]
    assert len(given) == len(set(given))
    assert folded(life.past) == life.ticket
