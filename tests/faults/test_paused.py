"""A process is stopped (SIGSTOP) for longer than a lease lasts, and goes on as if nothing had happened."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import sleep

import psycopg
import pytest

from service.settings import Settings
from tests.faults.processes import Process, await_so
from tests.faults.scene import Scene, under_load

pytestmark = pytest.mark.timeout(900)

STOPPED = 8.0
"""Seconds: a lease lasts for five."""


@contextmanager
def stopped(*processes: Process) -> Iterator[None]:
    for each in processes:
        each.send(signal.SIGSTOP)
    yield
    for each in processes:
        each.send(signal.SIGCONT)


def leaders(settings: Settings) -> set[int]:
    """Who holds the leases now."""
    with psycopg.connect(settings.database_url) as connection:
        held = connection.execute("SELECT holder FROM leases WHERE until > clock_timestamp()").fetchall()
        return {int(holder.rpartition(":")[2]) for (holder,) in held}


def leading(settings: Settings, workers: Sequence[Process]) -> Process:
    """One that leads in some role."""
    await_so(lambda: leaders(settings))
    return next(each for each in workers if each.popen.pid in leaders(settings))


def await_led_by(settings: Settings, worker: Process) -> None:
    await_so(lambda: leaders(settings) == {worker.popen.pid}, "the other one has taken over")


def test_a_leader_that_sleeps_is_replaced_and_writes_nothing_when_it_wakes_up(scaled: Settings, tmp_path: Path) -> None:
    with under_load(scaled, tmp_path) as scene:
        first = leading(scaled, scene.of("work"))
        [other] = [each for each in scene.of("work") if each is not first]
        for stopping, taking_over in ((first, other), (other, first)):
            with stopped(stopping):
                sleep(STOPPED)
                await_led_by(scaled, taking_over)
                scene.load.await_more()
            scene.load.await_more(20)


def test_a_process_that_sleeps_at_any_moment_holds_nobody_up(scaled: Settings, tmp_path: Path) -> None:
    """Requests that it had taken are sent to the other one; when it wakes up nothing is done twice.

    However unlucky the moment, none waits for ever for a lock that a sleeping one holds.
    """
    random = Random(4)  # noqa: S311 -- no secret
    with under_load(scaled, tmp_path) as scene:
        for _ in range(3):
            with stopped(*_some(scene, random)):
                scene.load.await_more(8)  # each client finds out first that one of two does not answer
                sleep(random.random() * STOPPED)


def _some(scene: Scene, random: Random) -> Sequence[Process]:
    """One of each pair, and perhaps those of which there is but one."""
    pairs = [random.choice(scene.of(command)) for command in ("api", "work")]
    return [*pairs, *(each for each in (*scene.of("relay"), *scene.of("exporter")) if random.random() < 0.5)]
