"""What time alone brings, and what the desk does for those who are away."""

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

from domain.configuration.level import LevelPublished, OpenTickets
from domain.event import Id, Source
from domain.instant import DAY, HOUR
from domain.policy import Clock
from domain.ticket import Stage
from domain.ticket.assignment import Assigned, Because
from domain.ticket.consequences import next_tick
from domain.ticket.outcome import Closing, close, resolve
from service.jobs import Job
from service.timers import amending, standing_in, ticking
from store.streams import Command
from tests.cast import ANN, CY
from tests.service.running import Running

REACTION = HOUR
"""What the built-in level promises for an incident of normal priority."""
CONFIRMATION = 3 * DAY
"""After which the built-in level takes silence for consent."""


def timer(running: Running) -> Job[tuple[Id, int]]:
    return ticking(running.desk, running.views)


def test_a_breach_is_stored_just_after_the_due_instant(any_running: Running) -> None:
    stream = any_running.open()
    any_running.clock.now += REACTION
    any_running.work(timer(any_running))
    assert any_running.breaches(stream, Clock.REACTION) == 0
    any_running.clock.now += 1
    any_running.work(timer(any_running))
    assert any_running.breaches(stream, Clock.REACTION) == 1


def test_what_was_done_is_not_due_again(running: Running) -> None:
    stream = running.open()
    running.clock.now += REACTION + 1
    running.work(timer(running))
    running.work(timer(running))
    assert running.breaches(stream, Clock.REACTION) == 1
    assert timer(running).due(running.clock.now, 10) == []


def test_the_next_due_instant_is_known(running: Running) -> None:
    running.open()
    running.projector.catch_up()
    assert timer(running).next_at(running.clock.now) == running.clock.now + REACTION * 3 // 4


def test_workers_that_race_store_one_breach(any_running: Running) -> None:
    streams = [any_running.open(f"{number:09}") for number in range(5)]
    any_running.clock.now += REACTION + 1
    any_running.projector.catch_up()
    together = Barrier(3)

    def race() -> None:
        together.wait()
        for unit in timer(any_running).due(any_running.clock.now, 10):
            timer(any_running).do(unit, any_running.clock.now)

    workers = [Thread(target=race) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [any_running.breaches(each, Clock.REACTION) for each in streams] == [1] * 5


def test_a_closed_ticket_of_the_past_fires_nothing(running: Running) -> None:
    stream = running.open(source=Source.IMPORT)
    book, command = running.desk.configured.state().book(), Command(running.desk.new_id(), Source.IMPORT)
    how: dict[str, Any] = {"how": Closing.WITHDRAWN, "by": CY, "book": book, "at": running.clock.now}
    running.desk.tickets.act(command, stream, close, **how)
    running.clock.now += 90 * DAY
    assert next_tick(running.ticket(stream), book=book) is None
    before = running.desk.log.head()
    running.work(timer(running), standing_in(running.desk, running.views), amending(running.desk, running.views))
    assert running.desk.log.head() == before


def owners(running: Running, *streams: Id) -> list[Id | None]:
    return [running.ticket(each).owner for each in streams]


def test_the_tickets_of_an_absent_person_pass_to_the_deputy_when_the_absence_begins(any_running: Running) -> None:
    ann, dora, start = any_running.agent(), any_running.agent(), any_running.clock.now + HOUR
    streams = [any_running.open(f"{number:09}") for number in range(3)]
    for stream in streams:
        any_running.assign(stream, ann)
    any_running.away(ann, dora, start)
    deputies = standing_in(any_running.desk, any_running.views)
    any_running.work(deputies)
    assert owners(any_running, *streams) == [ann] * 3
    assert deputies.next_at(any_running.clock.now) == start
    any_running.clock.now = start
    any_running.work(deputies)
    assert owners(any_running, *streams) == [dora] * 3
    last = any_running.desk.log.read(streams[0])[-1].event
    assert isinstance(last, Assigned)
    assert last.because is Because.ABSENCE


def test_what_an_absent_person_is_given_later_passes_too(running: Running) -> None:
    ann, dora = running.agent(), running.agent()
    running.away(ann, dora, running.clock.now)
    stream = running.open()
    running.work(standing_in(running.desk, running.views))
    running.assign(stream, ann)
    running.work(standing_in(running.desk, running.views))
    assert owners(running, stream) == [dora]


def test_the_tickets_of_whoever_has_left_go_back_to_their_team_once(any_running: Running) -> None:
    ann, stream = any_running.agent(), any_running.open()
    any_running.assign(stream, ann)
    any_running.leave(ann)
    deputies = standing_in(any_running.desk, any_running.views)
    any_running.work(deputies)
    ticket = any_running.ticket(stream)
    assert (ticket.owner, ticket.team, ticket.awaits_acceptance) == (None, "service-desk", True)
    assert deputies.due(any_running.clock.now, 10) == []


def amend(running: Running, version: int, open_tickets: OpenTickets) -> None:
    def decide(state: object) -> list[LevelPublished]:
        del state
        first = running.desk.configured.state().levels.published["standard", 1]
        return [replace(first, version=version, open_tickets=open_tickets, at=running.clock.now)]

    command = Command(running.desk.new_id())
    running.desk.configuration.act(command, running.desk.name("configuration"), decide)


def test_open_tickets_move_to_an_amended_level_one_by_one_and_go_on_after_a_break(any_running: Running) -> None:
    streams = [any_running.open(f"{number:09}") for number in range(3)]
    amend(any_running, 2, OpenTickets.MOVE)
    any_running.projector.catch_up()
    job = amending(any_running.desk, any_running.views)
    [first] = job.due(any_running.clock.now, 1)
    job.do(first, any_running.clock.now)
    assert sorted(any_running.ticket(each).policy for each in streams) == [1, 1, 2]
    any_running.work(amending(any_running.desk, any_running.views))
    assert [any_running.ticket(each).policy for each in streams] == [2, 2, 2]
    assert job.due(any_running.clock.now, 10) == []


def test_an_amendment_that_lets_open_tickets_stay_moves_none(running: Running) -> None:
    stream = running.open()
    amend(running, 2, OpenTickets.STAY)
    running.work(amending(running.desk, running.views))
    assert running.ticket(stream).policy == 1


def test_silence_closes_a_resolved_ticket(running: Running) -> None:
    stream = running.open()
    running.act(stream, resolve, message="5" * 32, by=ANN, body="Solved.")
    running.clock.now += CONFIRMATION + 1
    running.work(timer(running))
    assert running.ticket(stream).stage is Stage.CLOSED
