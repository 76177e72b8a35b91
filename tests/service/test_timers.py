"""What time alone brings, and what the desk does for those who are away."""

from dataclasses import replace
from functools import partial
from threading import Barrier, Event, Thread
from typing import Any

from domain.component import ComponentStatus
from domain.configuration.level import LevelPublished, OpenTickets
from domain.event import Id, Source
from domain.instant import DAY, HOUR, Instant
from domain.maintenance import Update, WorksStatus, WorksUpdated, announce, post, reschedule
from domain.policy import Clock
from domain.ticket import Stage
from domain.ticket.assignment import Assigned, Because
from domain.ticket.consequences import next_tick
from domain.ticket.outcome import Closing, close, resolve
from domain.uptime import Spell
from projections import incidents, status
from projections.engine import Projector
from service.jobs import Job, Loop
from service.timers import amending, maintaining, standing_in, ticking
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


WORDS = {"en": "New disks"}


def with_works(running: Running, start: Instant, stream: Id = "3c" * 16) -> tuple[Running, Id]:
    """The desk with works of an hour ahead, and the views that know of them."""
    first = Update(running.desk.new_id(), WorksStatus.SCHEDULED, WORDS)
    planned: dict[str, Any] = {"components": frozenset({"web"}), "known": frozenset({"web"})}
    told = partial(announce, stream=stream, title=WORDS, first=first, start=start, end=start + HOUR, **planned)
    running.desk.maintenances.act(Command(running.desk.new_id()), stream, told, at=running.clock.now)
    views = Projector(running.desk.log, running.desk.name("configuration"), running.views, [incidents, status])
    return replace(running, projector=views), stream


def told_of(running: Running, stream: Id) -> list[tuple[WorksStatus, Instant]]:
    events = [each.event for each in running.desk.log.read(stream)]
    return [(each.status, each.at) for each in events if isinstance(each, WorksUpdated)][1:]


def test_works_begin_and_end_at_their_instants_once(any_running: Running) -> None:
    start = any_running.clock.now + DAY
    running, stream = with_works(any_running, start)
    job = maintaining(running.desk, running.views)
    for at in (start - 1, start, start, start + HOUR - 1, start + HOUR, start + DAY):
        running.clock.now = at
        running.work(maintaining(running.desk, running.views))
    assert told_of(running, stream) == [(WorksStatus.IN_PROGRESS, start), (WorksStatus.COMPLETED, start + HOUR)]
    assert (job.due(running.clock.now, 10), job.next_at(running.clock.now)) == ([], None)
    with running.views.connect() as connection:
        said = status.spells(connection, since=0, until=start + DAY)["web"]
    assert said == [Spell(start, start + HOUR, ComponentStatus.UNDER_MAINTENANCE, excused=True)]


def test_it_is_known_when_works_begin_and_end_next(running: Running) -> None:
    start = running.clock.now + DAY
    running, _ = with_works(running, start)
    job = maintaining(running.desk, running.views)
    running.projector.catch_up()
    assert job.next_at(running.clock.now) == start
    running.clock.now = start
    running.work(job)
    assert job.next_at(running.clock.now) == start + HOUR


def test_works_missed_while_the_desk_was_down_began_and_ended_when_that_was_announced(running: Running) -> None:
    start = running.clock.now + DAY
    running, stream = with_works(running, start)
    running.clock.now = start + 2 * HOUR
    loop = Loop([maintaining(running.desk, running.views)], running.clock)
    for _ in range(3):
        running.projector.catch_up()
        loop.round(Event())
    assert told_of(running, stream) == [(WorksStatus.IN_PROGRESS, start), (WorksStatus.COMPLETED, start + HOUR)]


def test_works_that_were_called_off_or_put_off_do_not_begin(running: Running) -> None:
    start = running.clock.now + DAY
    running, called_off = with_works(running, start)
    running, put_off = with_works(running, start + DAY, "4d" * 16)
    update = Update(running.desk.new_id(), WorksStatus.CANCELLED, WORDS)
    command = Command(running.desk.new_id())
    end = partial(post, stream=called_off, update=update)
    running.desk.maintenances.act(command, called_off, end, at=running.clock.now)
    later = partial(reschedule, start=start + 2 * DAY, end=start + 3 * DAY)
    running.desk.maintenances.act(Command(running.desk.new_id()), put_off, later, at=running.clock.now)
    running.clock.now = start + DAY + HOUR
    before = running.desk.log.head()
    running.work(maintaining(running.desk, running.views))
    assert running.desk.log.head() == before


def test_works_that_two_workers_begin_begin_once(any_running: Running) -> None:
    start = any_running.clock.now + DAY
    running, stream = with_works(any_running, start)
    running.projector.catch_up()
    running.clock.now = start
    job = maintaining(running.desk, running.views)
    (unit,) = job.due(start, 10)
    workers = [Thread(target=job.do, args=(unit, start)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert told_of(running, stream) == [(WorksStatus.IN_PROGRESS, start)]
