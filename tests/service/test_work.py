"""`glasno work` as a process of its own, as its operator and its clients see it."""

import os
import signal
from time import monotonic

import pytest

from domain.instant import HOUR
from domain.policy import Clock
from service.build import now
from service.settings import Settings
from service.webhooks import set_address
from tests.cast import ACME
from tests.service.running import LIMIT, Receiver, Running, Start, wait_until


def test_a_worker_stores_what_is_late_and_tells_the_client(
    any_running: Running, receiver: Receiver, start: Start
) -> None:
    any_running.clock.now = now() - 2 * HOUR
    any_running.register_acme()
    set_address(any_running.desk, ACME, receiver.url)
    stream = any_running.open()
    worker = start()
    wait_until(lambda: any_running.breaches(stream, Clock.REACTION) == 1 and 1 not in any_running.ticket(stream).untold)
    assert len(receiver.got) == 1
    asked = monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(LIMIT) == 0
    assert monotonic() - asked < 5


def test_a_worker_killed_before_it_recorded_a_delivery_delivers_again_under_the_same_id(
    any_running: Running, receiver: Receiver, start: Start
) -> None:
    any_running.register_acme()
    set_address(any_running.desk, ACME, receiver.url)
    stream = any_running.open()
    worker = start()
    receiver.before_answering = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(LIMIT) == -signal.SIGKILL
    assert 1 in any_running.ticket(stream).untold
    receiver.before_answering = lambda: None
    start()
    wait_until(lambda: 1 not in any_running.ticket(stream).untold)
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_second_worker_is_told_that_there_is_one(
    any_running: Running, start: Start, sqlite_settings: Settings
) -> None:
    del any_running
    first = start()
    assert first.stdout is not None
    assert first.stdout.readline().startswith("Glasno is at work")
    second = start()
    _, words = second.communicate(timeout=LIMIT)
    assert second.returncode == 1
    assert str(sqlite_settings.data_dir / "work.lock") in words
