from dataclasses import replace

from domain.access import Scope
from domain.calendar import Period, always
from domain.configuration.calendar import CalendarExtended
from domain.instant import DAY, HOUR, MINUTE
from domain.ticket.assignment import accept
from domain.ticket.conversation import answer
from domain.ticket.outcome import Closing, close, resolve
from domain.ticket.promise import state_next_act
from projections import deadlines, queue
from projections.scope import Filters
from tests.cast import ANN, AT, CONFIRMATION, CY, opened
from tests.projections.story import EVERYTHING, Story, level, published


def test_the_timer_has_to_act_just_after_the_earliest_due(story: Story) -> None:
    stream = story.open()
    with story.seen() as connection:
        assert deadlines.next_due_tick(connection) == AT + 20 * MINUTE + 1
        assert deadlines.due_ticks(connection, at=AT + 20 * MINUTE) == []
        (due,) = deadlines.due_ticks(connection, at=AT + 20 * MINUTE + 1)
    assert (due.stream, due.tick_at) == (stream, AT + 20 * MINUTE + 1)


def test_what_the_timer_did_is_not_due_again(story: Story) -> None:
    stream = story.open()
    story.after(20 * MINUTE + 1)
    story.tick(stream)
    with story.seen() as connection:
        assert deadlines.due_ticks(connection, at=story.clock.now) == []


def test_silence_closes_when_its_time_has_come(story: Story) -> None:
    stream = story.open()
    story.do(stream, resolve, message="done", by=ANN, body="Try again")
    with story.seen() as connection:
        deadline = deadlines.deadline(connection, stream)
    assert deadline
    assert (deadline.closes_at, deadline.tick_at) == (AT + CONFIRMATION, AT + CONFIRMATION)


def test_a_closed_ticket_has_no_deadline(story: Story) -> None:
    stream = story.open()
    story.do(stream, close, how=Closing.WITHDRAWN, book=story.desk.configured.state().book(), by=CY)
    with story.seen() as connection:
        assert deadlines.deadline(connection, stream) is None
        assert deadlines.next_due_tick(connection) is None


def test_a_ticket_hangs_once_its_next_act_is_past(story: Story) -> None:
    stream = story.open()
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    story.do(stream, answer, message="a", by=ANN, channel="mail", body="Soon")
    story.do(stream, state_next_act, what="Call", due=AT + HOUR, by=ANN)
    with story.seen() as connection:
        assert deadlines.hanging(connection, EVERYTHING, at=AT + HOUR) == []
        (hanging,) = deadlines.hanging(connection, EVERYTHING, at=AT + HOUR + 1)
        assert deadlines.hanging(connection, Scope(teams=frozenset({"network"})), at=AT + HOUR + 1) == []
    assert (hanging.stream, hanging.next_act_at) == (stream, AT + HOUR)


def test_a_ticket_beyond_its_calendar_hangs_until_the_calendar_is_extended(story: Story) -> None:
    end = AT + 10 * MINUTE
    short = always("short", 1, Period(AT - DAY, end))
    brief = level(level="brief", confirmation_calendar="short")
    pinned = tuple(replace(each, calendar="short") for each in brief.targets)
    story.tell("configuration", story.desk.name("configuration"), published(short), replace(brief, targets=pinned))
    stream = "5" * 32
    story.append(stream, opened(level="brief"))  # as an import does
    with story.seen() as connection:
        assert [each.stream for each in deadlines.hanging(connection, EVERYTHING, at=AT)] == [stream]
        assert queue.page(connection, EVERYTHING, Filters(), at=AT).tickets[0].due_at is None
    longer = CalendarExtended(
        at=AT, key="short", version=1, tz_data="2026a", span_end=end + DAY, periods=(Period(end, end + DAY),)
    )
    story.tell("configuration", story.desk.name("configuration"), longer)
    with story.seen() as connection:
        assert deadlines.hanging(connection, EVERYTHING, at=AT) == []
        assert queue.page(connection, EVERYTHING, Filters(), at=AT).tickets[0].due_at == AT + 20 * MINUTE
