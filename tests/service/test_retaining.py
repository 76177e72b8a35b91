"""What was kept for as long as the desk file says is deleted by the work loop, portion by portion."""

from threading import Event
from typing import Any

import pytest

from domain.configuration.retention import RetentionSet
from domain.erasure import ErasureRequested, ErasureStep, Ground
from domain.event import Id
from domain.instant import DAY, HOUR, Duration
from domain.ticket.outcome import Closing, close, reopen
from projections import erasures, retention
from projections.engine import Projector
from projections.retention import Due
from service import retaining
from service.erasing import erasing
from service.jobs import Job, Loop
from service.retaining import due_now, request_portion
from store.erasing import Demand, destroy_keys, erasure_at, request, whole_person
from store.sealing import Erased
from store.streams import Command
from tests.cast import AROUND_THE_CLOCK, CY
from tests.service.running import Running
from tests.store.lives import first_text, person, ticket

MONTH = 30 * DAY


@pytest.fixture
def desk(any_running: Running) -> Running:
    """With the views that this needs; on each of the two engines."""
    projector = any_running.projector
    views = Projector(any_running.desk.log, projector.configuration, projector.engine, (erasures, retention))
    return Running(any_running.desk, views, any_running.clock)


@pytest.fixture
def job(desk: Running) -> Job[Id]:
    return retaining.retaining(desk.desk, desk.views)


def keep(running: Running, kept: Duration | None) -> None:
    said, stream = RetentionSet(at=running.clock.now, closed_tickets=kept), running.desk.name("configuration")
    running.desk.configuration.act(Command(running.desk.new_id()), stream, lambda _: [said])


def closed(running: Running, requester: Id = CY) -> Id:
    stream = ticket(running.desk, requester)
    running.act(stream, close, how=Closing.WITHDRAWN, book=AROUND_THE_CLOCK, by=requester)
    return stream


def work(running: Running, job: Job[Id]) -> list[Id]:
    """Look, and carry out; the erasures that there are by then."""
    running.work(job)
    running.work(erasing(running.desk, running.views))
    found = [each.stream for each in running.desk.log.erasures()]
    assert all(erasure_at(running.desk, each).step is ErasureStep.COMPLETED for each in found)
    return found


def test_texts_are_deleted_once_they_were_kept_for_as_long_as_was_said(desk: Running, job: Job[Id]) -> None:
    keep(desk, MONTH)
    cy = person(desk.desk)
    old = closed(desk, cy)
    desk.clock.now += MONTH - 1
    closed(desk)
    assert work(desk, job) == []
    desk.clock.now += DAY
    (erasure,) = work(desk, job)
    asked = desk.desk.log.read(erasure)[0].event
    assert isinstance(asked, ErasureRequested)
    assert (asked.ground, asked.tickets, asked.by) == (Ground.RETENTION, (old,), None)
    assert first_text(desk.desk, old, "text", cy) == Erased()


def test_without_a_policy_texts_are_kept_for_ever(desk: Running, job: Job[Id]) -> None:
    closed(desk)
    desk.clock.now += 4_000 * DAY
    assert work(desk, job) == []
    assert due_now(desk.desk, desk.views, desk.clock.now) == Due(0, None)


def test_it_is_looked_once_a_day(desk: Running, job: Job[Id]) -> None:
    keep(desk, 0)
    assert work(desk, job) == []
    closed(desk)
    desk.clock.now += DAY - 1
    assert work(desk, job) == []
    desk.clock.now += 1
    assert len(work(desk, job)) == 1


def test_a_clock_that_was_set_back_stops_nothing(desk: Running, job: Job[Id]) -> None:
    keep(desk, MONTH)
    closed(desk)
    desk.clock.now += MONTH - HOUR
    assert work(desk, job) == []
    keep(desk, 0)
    desk.clock.now -= 2 * DAY
    assert len(work(desk, job)) == 1


def test_what_is_due_goes_portion_by_portion(
    desk: Running, job: Job[Id], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retaining, "PORTION", 2)
    keep(desk, MONTH)
    old = [closed(desk) for _ in range(5)]
    desk.clock.now += MONTH
    assert due_now(desk.desk, desk.views, desk.clock.now).tickets == 0
    desk.projector.catch_up()
    assert due_now(desk.desk, desk.views, desk.clock.now).tickets == 5
    for done in (1, 2, 3):
        assert len(work(desk, job)) == done
    assert len(work(desk, job)) == 3
    sizes = [len(erasure_at(desk.desk, each.stream).tickets) for each in desk.desk.log.erasures()]
    assert (sizes, len(caplog.messages)) == ([2, 2, 1], 3)
    assert not desk.desk.log.has_texts(old)


def test_what_the_views_know_too_late_is_left_alone(desk: Running) -> None:
    keep(desk, MONTH)
    old, reopened = closed(desk), closed(desk)
    desk.projector.catch_up()
    desk.clock.now += MONTH
    desk.act(reopened, reopen, by=CY)
    request_portion(desk.desk, desk.views, desk.clock.now)
    request_portion(desk.desk, desk.views, desk.clock.now)
    assert [each.event.tickets for each in desk.desk.log.erasures()] == [(old,)]


def test_one_that_is_reopened_at_that_very_moment_is_left_alone(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(desk, MONTH)
    old = closed(desk)
    desk.projector.catch_up()
    desk.clock.now += MONTH

    def just_reopened(*_: Any) -> bool:
        desk.act(old, reopen, by=CY)
        return True

    monkeypatch.setattr("store.expiring._is_due", just_reopened)
    request_portion(desk.desk, desk.views, desk.clock.now)
    assert desk.desk.log.erasures() == []


def test_it_waits_for_an_author_who_is_being_erased(desk: Running, job: Job[Id]) -> None:
    keep(desk, MONTH)
    cy, asked = person(desk.desk), Command(desk.desk.new_id())
    closed(desk, cy)
    desk.clock.now += MONTH
    request(desk.desk, asked, whole_person(desk.desk, cy), Demand(Ground.UNLAWFUL, desk.clock.now))
    desk.desk.keys.destroy(cy, desk.clock.now)
    desk.work(job)
    erasure = desk.desk.log.erasures()[-1].stream
    carrying = erasing(desk.desk, desk.views)
    carrying.do(erasure, desk.clock.now)
    assert erasure_at(desk.desk, erasure).step is ErasureStep.REQUESTED
    destroy_keys(desk.desk, asked.id)
    desk.work(carrying)
    assert [erasure_at(desk.desk, each).sections for each in (asked.id, erasure)] == [1, 1]


def test_while_the_clocks_disagree_nothing_is_deleted(desk: Running, job: Job[Id]) -> None:
    keep(desk, MONTH)
    closed(desk)
    desk.clock.now += MONTH
    desk.projector.catch_up()
    loop = Loop([job], desk.clock, ready=lambda: False)
    assert loop.round(Event()) == 0
    assert desk.desk.log.erasures() == []
