import gc
import signal
from threading import Event, Timer, get_ident

import pytest

from service import process
from service.process import collect_seldom, working
from service.stopping import until_told


@pytest.fixture(autouse=True)
def _without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PAUSE", 0.001)


def test_a_worker_that_fails_begins_again(caplog: pytest.LogCaptureFixture) -> None:
    begun, going = [], Event()

    def worker(stopping: Event) -> None:
        begun.append(stopping)
        if len(begun) < 3:
            raise OSError("the server is away")
        going.set()
        stopping.wait()

    with working([worker]):
        assert going.wait(10)
    assert len(begun) == 3
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_worker_that_goes_on_failing_stops_when_told_to() -> None:
    failed = Event()

    def worker(_: Event) -> None:
        failed.set()
        raise OSError("the server is away")

    with working([worker]):
        assert failed.wait(10)


def test_a_signal_that_the_system_gives_to_another_thread_is_noticed() -> None:
    """As it may when a process is stopped, goes on, and is told to end in the same moment."""
    stopping = Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: stopping.set())
    Timer(0.2, lambda: signal.pthread_kill(get_ident(), signal.SIGUSR1)).start()
    until_told(stopping)
    signal.signal(signal.SIGUSR1, before)
    assert stopping.is_set()


def test_what_is_loaded_is_left_alone_by_the_collector() -> None:
    thresholds = gc.get_threshold()
    collect_seldom()
    try:
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (process.NEW, *thresholds[1:])
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
