from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from time import monotonic

import pytest
from prometheus_client import REGISTRY

from domain.instant import SECOND, Instant
from service.jobs import FIRST_REST, LONGEST_REST, NAP, Job, Loop
from tests.service.running import SetClock

GOOD, BAD = "good", "bad"


class Work:
    """Units that are due until they are done; the bad ones fail."""

    def __init__(self, *due: str) -> None:
        self.left, self.tried = list(due), [""] * 0
        self.job = Job("work", self.due, self.do)

    def due(self, _: Instant, limit: int) -> Sequence[str]:
        return self.left[:limit]

    def do(self, unit: str, _: Instant) -> None:
        self.tried.append(unit)
        if unit == BAD:
            raise ValueError(unit)
        self.left.remove(unit)


def rounds(work: Work, clock: SetClock) -> None:
    Loop([work.job], clock).round(Event())


def test_what_is_due_is_done_in_order() -> None:
    work = Work("first", "second")
    rounds(work, SetClock())
    assert (work.tried, work.left) == (["first", "second"], [])


def test_a_unit_that_fails_stops_no_other_and_is_counted() -> None:
    work, before = Work(BAD, GOOD), failures("work")
    rounds(work, SetClock())
    assert (work.tried, failures("work") - before) == ([BAD, GOOD], 1)


def test_a_unit_that_fails_is_tried_again_after_a_growing_delay() -> None:
    work, clock = Work(BAD), SetClock()
    loop, start = Loop([work.job], clock), clock.now
    tried = []
    for second in range(16):
        clock.now = start + second * SECOND
        if loop.round(Event()):
            tried.append(second)
    assert tried == [0, 1, 3, 7, 15]


def test_the_delay_has_an_end() -> None:
    work, clock = Work(BAD), SetClock()
    loop = Loop([work.job], clock)
    for _ in range(30):
        loop.round(Event())
        clock.now += LONGEST_REST
    assert len(work.tried) == 30


def test_what_the_views_do_not_know_yet_is_not_done_again_at_once() -> None:
    done: list[str] = []
    loop = Loop([Job("slow views", lambda _, __: [GOOD], lambda unit, _: done.append(unit))], clock := SetClock())
    assert (loop.round(Event()), loop.round(Event())) == (1, 0)
    clock.now += FIRST_REST
    assert loop.round(Event()) == 1


def test_a_job_that_cannot_look_stops_no_other_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    work, before = Work(GOOD), failures("blind")
    loop = Loop([Job("blind", blind, print), work.job], SetClock())
    loop.round(Event())
    loop.round(Event())
    assert (work.tried, failures("blind") - before, len(caplog.records)) == ([GOOD], 2, 1)


def blind(at: Instant, _: int) -> Sequence[str]:
    raise OSError(at)


def failures(job: str) -> float:
    return REGISTRY.get_sample_value("glasno_work_failures_total", {"work": job}) or 0


def test_nothing_is_done_at_a_bad_time() -> None:
    work = Work(GOOD)
    assert Loop([work.job], SetClock(), lambda: False).round(Event()) == 0
    assert work.tried == []


def test_the_loop_sleeps_until_something_is_due_and_no_longer_than_its_nap() -> None:
    clock = SetClock()
    soon = Job("soon", Work().due, print, lambda at: at + 5)
    late = Job("late", Work().due, print, lambda at: at + NAP * 2)
    assert (Loop([soon, late], clock)._nap(), Loop([late], clock)._nap()) == (5, NAP)


def test_a_loop_that_cannot_look_ahead_takes_a_nap() -> None:
    def unknown(at: Instant) -> Instant:
        raise OSError(at)

    assert Loop([Job("blind", Work().due, print, unknown)], SetClock())._nap() == NAP


def test_the_loop_ends_within_a_second_or_two() -> None:
    stopping = Event()
    thread = Thread(target=Loop([Work(GOOD).job], SetClock()).run, args=[stopping])
    thread.start()
    asked = monotonic()
    stopping.set()
    thread.join(5)
    assert monotonic() - asked < 2


def test_a_loop_that_is_to_stop_begins_no_other_unit() -> None:
    work, stopping = Work("first", "second"), Event()

    def do_and_stop(unit: str, at: Instant) -> None:
        work.do(unit, at)
        stopping.set()

    job = Job("stops", work.due, do_and_stop)
    assert Loop([job], SetClock()).round(stopping) == 1
    assert work.left == ["second"]


def test_several_hands_do_units_at_a_time_and_a_slow_one_holds_up_no_other() -> None:
    others = Barrier(4)
    done: list[str] = []

    def do(unit: str, _: Instant) -> None:
        others.wait(10)
        done.append(unit)

    job = Job("slow", lambda _, __: ["first", "second", "third", "fourth"], do)
    assert Loop([job], SetClock(), hands=4).round(Event()) == 4
    assert sorted(done) == ["first", "fourth", "second", "third"]


def test_something_is_held_open_while_units_are_done_and_only_then() -> None:
    course: list[str] = []

    @contextmanager
    def open_door() -> Iterator[None]:
        course.append("open")
        yield
        course.append("closed")

    units = [GOOD, "another"]
    job = Job("door", lambda _, __: units, lambda unit, _: course.append(unit), during=open_door)
    loop = Loop([job], SetClock())
    loop.round(Event())
    units.clear()
    loop.round(Event())
    assert course == ["open", GOOD, "another", "closed"]
