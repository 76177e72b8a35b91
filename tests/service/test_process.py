from threading import Event

import pytest

from service import process
from service.process import working


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
