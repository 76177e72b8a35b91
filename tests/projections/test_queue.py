from uuid import uuid4

from domain.access import Scope
from domain.classification import Priority
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.assignment import accept, hand_over
from domain.ticket.conversation import answer, write
from domain.ticket.outcome import resolve
from domain.ticket.promise import tighten
from domain.ticket.state import Stage, WaitFor
from domain.ticket.waiting import wait
from projections import queue
from projections.scope import Filters
from tests.cast import ACME, ANN, AT, CY, LINES, REASONS
from tests.projections.story import EVERYTHING, Story

NOTHING = Filters()


def order(story: Story, at: int, position: int | None = None) -> list[str]:
    with story.seen() as connection:
        page = queue.page(connection, EVERYTHING, NOTHING, at=at, position=position)
        return [ticket.stream for ticket in page.tickets]


def answered(story: Story, stream: str) -> None:
    story.do(stream, answer, message=uuid4().hex, by=ANN, channel="mail", body="Soon")


def test_the_earliest_running_due_comes_first_then_the_opening(story: Story) -> None:
    late, soon = story.open(priority=Priority.LOW), story.open(priority=Priority.CRITICAL)
    story.after(1)
    later = story.open(priority=Priority.CRITICAL)
    assert order(story, AT) == [soon, later, late]


def test_breached_comes_before_at_risk_before_what_is_due(story: Story) -> None:
    on_track, breached = story.open(priority=Priority.LOW), story.open(priority=Priority.CRITICAL)
    at_risk = story.open(priority=Priority.HIGH)
    at = AT + 8 * MINUTE
    assert order(story, at) == [breached, at_risk, on_track]
    with story.seen() as connection:
        found = queue.page(connection, EVERYTHING, NOTHING, at=at).tickets
    assert [(each.is_breached(at), each.is_at_risk(at)) for each in found] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_at_the_due_instant_a_ticket_is_not_breached(story: Story) -> None:
    story.open()
    with story.seen() as connection:
        (ticket,) = queue.page(connection, EVERYTHING, NOTHING, at=AT).tickets
    assert ticket.due_at == AT + 20 * MINUTE
    assert [ticket.is_breached(AT + 20 * MINUTE), ticket.is_breached(AT + 20 * MINUTE + 1)] == [False, True]


def test_the_paused_come_last(story: Story) -> None:
    waiting, working = story.open(), story.open(priority=Priority.LOW)
    answered(story, waiting)
    story.do(waiting, wait, what=WaitFor.CLIENT, until=AT + HOUR, by=ANN)
    assert order(story, AT) == [working, waiting]


def test_a_paused_ticket_that_owes_an_answer_is_not_paused(story: Story) -> None:
    waiting, working = story.open(), story.open(priority=Priority.LOW)
    answered(story, waiting)
    answered(story, working)
    agreement = {"message": "yes", "by": CY, "channel": "mail", "body": "Till Monday, fine"}
    story.do(waiting, write, **agreement)
    answered(story, waiting)
    story.do(waiting, wait, what=WaitFor.DATE, until=AT + 5 * HOUR, by=ANN, agreed="yes")
    assert order(story, AT) == [working, waiting]
    story.do(waiting, write, message="again", by=CY, channel="mail", body="Sooner!")
    assert order(story, AT) == [waiting, working]


def test_a_manual_deadline_moves_a_ticket_up(story: Story) -> None:
    first, second = story.open(), story.open()
    assert set(order(story, AT)) == {first, second}
    story.do(
        second, tighten, clock=Clock.REACTION, due=AT + 5 * MINUTE, book=story.desk.configured.state().book(), by=ANN
    )
    assert order(story, AT) == [second, first]


def test_what_is_solved_leaves_the_queue(story: Story) -> None:
    stream = story.open()
    before = story.desk.log.head()
    story.do(stream, resolve, message="done", by=ANN, body="Try again")
    assert order(story, AT) == []
    assert order(story, AT, before) == [stream]


def test_pages_neither_skip_nor_repeat_while_the_queue_changes(story: Story) -> None:
    streams = {story.open() for _ in range(5)}
    with story.seen() as connection:
        first = queue.page(connection, EVERYTHING, NOTHING, at=AT, limit=2)
    for stream in streams:
        story.do(stream, resolve, message="done", by=ANN, body="Try again")
    story.open(priority=Priority.CRITICAL)
    with story.seen() as connection:
        second = queue.page(connection, EVERYTHING, NOTHING, at=AT + HOUR, cursor=first.cursor, limit=2)
        third = queue.page(connection, EVERYTHING, NOTHING, at=AT, cursor=second.cursor, limit=2)
    pages = [*first.tickets, *second.tickets, *third.tickets]
    assert {ticket.stream for ticket in pages} == streams
    assert (len(pages), third.cursor) == (5, None)


def test_filters_narrow_the_queue(story: Story) -> None:
    stream = story.open(category="network")
    story.open()
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    wanted = Filters(line="1", team="front", owner=ANN, organisation=ACME, category="network")
    with story.seen() as connection:
        page = queue.page(connection, EVERYTHING, wanted, at=AT)
    assert [ticket.stream for ticket in page.tickets] == [stream]


def test_a_scope_shows_what_it_covers_and_nothing_else(story: Story) -> None:
    here, there = story.open(), story.open()
    story.do(there, accept, by=ANN, teams=frozenset({"front"}))
    story.do(there, hand_over, by=ANN, team="network", reason="skill", reasons=REASONS, lines=LINES)
    scopes = {
        Scope(): set(),
        Scope(lines=frozenset("1")): {here},
        Scope(teams=frozenset({"network"})): {there},
        Scope(owners=frozenset({ANN})): {there},
        Scope(organisations=frozenset({ACME})): {here, there},
        Scope(requesters=frozenset({(CY, ACME)})): {here, there},
        Scope(requesters=frozenset({(CY, "another")})): set(),
    }
    with story.seen() as connection:
        for scope, covered in scopes.items():
            assert {ticket.stream for ticket in queue.page(connection, scope, NOTHING, at=AT).tickets} == covered


def test_every_ticket_is_counted_once(story: Story) -> None:
    story.open(priority=Priority.CRITICAL)
    story.open(priority=Priority.LOW)
    with story.seen() as connection:
        counts = queue.counts(connection, EVERYTHING, NOTHING, at=AT + 6 * MINUTE, position=story.desk.log.head())
    assert counts == {"breached": 1, "at_risk": 0, "running": 1, "paused": 0}


def test_the_stages_of_the_queue_are_counted_as_they_were(story: Story) -> None:
    taken, _, _ = story.open(), story.open(), story.open(organisation=CY)
    then = story.desk.log.head()
    story.do(taken, accept, by=ANN, teams=frozenset(LINES))
    with story.seen() as connection:
        own = Filters(organisation=ACME)
        assert queue.stages(connection, own, position=then) == {Stage.OPENED: 2}
        now = queue.stages(connection, own, position=story.desk.log.head())
    assert now == {Stage.OPENED: 1, Stage.ACCEPTED: 1}
