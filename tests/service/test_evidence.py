"""The worker that signs the log, on both engines, and what it tells when it must not."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import closing
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from prometheus_client import REGISTRY

from audit import sequencer
from audit.sequencer import Sequencer
from audit.tlog.checkpoint import Checkpoint
from projections.notices import STAFF
from service import evidence
from service.build import build_desk
from service.evidence import Signing, log_of, proving_of, published, sequencer_of
from service.settings import Misconfigured, Settings
from service.webhooks import set_address
from store.desk import Desk

LIMIT = 30.0


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with closing(build_desk(settings)) as built:
        yield built


@pytest.fixture
def small(sqlite_settings: Settings) -> Iterator[Desk]:
    """On SQLite."""
    with closing(build_desk(sqlite_settings)) as built:
        yield built


def entries(desk: Desk) -> int:
    return sum(1 for _ in desk.log.envelopes())


def happens(desk: Desk) -> None:
    set_address(desk, STAFF, f"https://{desk.new_id()}.example.org/")


def checkpoint(settings: Settings, desk: Desk) -> Checkpoint:
    found = published(settings, desk)
    assert found
    return found[1]


def measured(name: str) -> float:
    value = REGISTRY.get_sample_value(f"glasno_integrity_{name}")
    assert value is not None
    return value


def test_the_first_look_signs_what_is_there(settings: Settings, desk: Desk) -> None:
    assert published(settings, desk) is None
    Signing(settings, desk).look()
    assert checkpoint(settings, desk).size == entries(desk) > 0
    assert checkpoint(settings, desk).origin == log_of(desk).origin


def test_each_later_look_signs_what_is_new(settings: Settings, desk: Desk) -> None:
    signing = Signing(settings, desk)
    for _ in range(3):
        happens(desk)
        signing.look()
        assert checkpoint(settings, desk).size == entries(desk)


def test_the_worker_signs_while_it_runs_and_when_it_stops(
    settings: Settings, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LOOK", 0.01)
    stopping, until = Event(), monotonic() + LIMIT
    worker = Thread(target=Signing(settings, desk).run, args=(stopping,))
    worker.start()
    while published(settings, desk) is None and monotonic() < until:
        sleep(0.01)
    first = checkpoint(settings, desk).size
    happens(desk)
    stopping.set()
    worker.join(LIMIT)
    assert (first, checkpoint(settings, desk).size) == (entries(desk) - 1, entries(desk))


def test_it_signs_not_more_often_than_it_should(
    sqlite_settings: Settings, small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LOOK", 0)
    looks, stopping = [0], Stopping(100)
    signing = Signing(sqlite_settings, small)
    monkeypatch.setattr(signing, "look", lambda: looked(looks, Signing.look, signing))
    signing.run(stopping)
    assert looks == [2], "at first and at the end: nothing of ten seconds has passed"


def test_a_long_log_is_signed_in_rounds_and_told(
    sqlite_settings: Settings, small: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module in (sequencer, evidence):
        monkeypatch.setattr(module, "ROUND", 2)
    Signing(sqlite_settings, small).look()
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "2 entries of a long log are signed; it goes on"
    assert checkpoint(sqlite_settings, small).size == entries(small) > 2


def test_the_metrics_tell_what_is_signed_and_what_is_not(
    settings: Settings, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = Signing(settings, desk)
    with monkeypatch.context() as patched:
        patched.setattr(evidence, "advance", failing)
        with pytest.raises(OSError, match="no space"):
            signing.look()
    assert (measured("checkpoint_tree_size"), measured("checkpoint_timestamp_seconds")) == (0, 0)
    sleep(0.01)
    assert measured("unsigned_age_seconds") > 0
    signing.look()
    assert (measured("checkpoint_tree_size"), measured("unsigned_age_seconds")) == (entries(desk), 0)
    assert measured("checkpoint_timestamp_seconds") > 1_700_000_000
    assert measured("forked") == 0


def test_what_waits_for_the_next_signature_is_measured(sqlite_settings: Settings, small: Desk) -> None:
    signing = Signing(sqlite_settings, small)
    signing.look()
    signing.watch()
    assert measured("unsigned_age_seconds") == 0
    happens(small)
    signing.watch()
    sleep(0.01)
    assert measured("unsigned_age_seconds") > 0
    assert checkpoint(sqlite_settings, small).size == entries(small) - 1


def test_a_log_that_is_not_the_one_that_was_signed_is_told_once_until_it_is_there_again(
    sqlite_settings: Settings, small: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    signing, folder = Signing(sqlite_settings, small), sqlite_settings.data_dir
    signing.look()
    size = entries(small)
    happens(small)
    signing.look()
    with small.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("CREATE TABLE newest AS SELECT * FROM stored_events WHERE rowid > ?", (size,))
        cursor.execute("DELETE FROM stored_events WHERE rowid > ?", (size,))
    before = (folder / "log.signed").read_bytes(), (folder / "evidence/checkpoint").read_bytes()
    for _ in range(3):
        signing.look()
    assert ((folder / "log.signed").read_bytes(), (folder / "evidence/checkpoint").read_bytes()) == before
    (record,) = caplog.records
    assert (record.levelno, measured("forked")) == (logging.ERROR, 1)
    assert "an older copy" in record.getMessage()
    with small.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("INSERT INTO stored_events SELECT * FROM newest")
    happens(small)
    monkeypatch.setattr(evidence, "AGAIN", 0)
    signing.look()
    assert (measured("forked"), checkpoint(sqlite_settings, small).size) == (0, size + 2)


def test_without_its_key_the_log_is_not_signed_and_the_desk_goes_on(
    sqlite_settings: Settings, small: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_settings.log_key.unlink()
    Signing(sqlite_settings, small).look()
    assert "is gone: restore the key" in caplog.records[0].getMessage()
    assert not sqlite_settings.log_key.exists(), "another key in its place would sign another history"
    assert measured("forked") == 1


def test_what_was_refused_is_read_again_only_when_a_file_changed(
    sqlite_settings: Settings, small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing, memory, reads = Signing(sqlite_settings, small), sqlite_settings.data_dir / "log.signed", list[Settings]()
    memory.write_text("nonsense")

    def read(settings: Settings, desk: Desk, *_: object) -> Sequencer:
        reads.append(settings)
        return sequencer_of(settings, desk)

    monkeypatch.setattr(evidence, "sequencer_of", read)
    for _ in range(3):
        happens(small)
        signing.look()
    assert (len(reads), measured("forked")) == (1, 1)
    memory.unlink()
    signing.look()
    assert (len(reads), measured("forked")) == (2, 0)


def test_nothing_is_promised_before_the_first_look(
    sqlite_settings: Settings, small: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing, promises = Signing(sqlite_settings, small), list[str | None]()
    monkeypatch.setattr(signing, "look", lambda: promises.append(promise(sqlite_settings, small)))
    signing.run(Stopping(1))
    assert promises == [None, None]
    Signing(sqlite_settings, small).look()
    assert promise(sqlite_settings, small)


def test_nothing_is_promised_while_nothing_is_signed(sqlite_settings: Settings, small: Desk) -> None:
    signing, memory = Signing(sqlite_settings, small), sqlite_settings.data_dir / "log.signed"
    memory.write_text("nonsense")
    signing.look()
    assert promise(sqlite_settings, small) is None
    memory.unlink()
    signing.look()
    assert promise(sqlite_settings, small)


def test_what_is_damaged_between_two_looks_is_left_to_the_next_one(sqlite_settings: Settings, small: Desk) -> None:
    signing = Signing(sqlite_settings, small)
    signing.look()
    (sqlite_settings.data_dir / "log.signed").write_text("nonsense")
    signing.watch()
    signing.look()
    assert measured("forked") == 1


def test_another_key_does_not_sign_the_log(sqlite_settings: Settings, small: Desk) -> None:
    shutil.copy(sqlite_settings.master_key, sqlite_settings.log_key)
    with pytest.raises(Misconfigured, match="is not the key of this log"):
        sequencer_of(sqlite_settings, small)


def promise(settings: Settings, desk: Desk) -> str | None:
    return proving_of(settings, desk).receipt(desk.log.read(desk.stream)[0])


def failing(*_: object) -> None:
    raise OSError("no space left on the device")


class Stopping(Event):
    """Is set after so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._left = looks

    def wait(self, _: float | None = None) -> bool:
        self._left -= 1
        if not self._left:
            self.set()
        return self.is_set()


def looked(looks: list[int], look: object, signing: Signing) -> None:
    looks[0] += 1
    assert callable(look)
    look(signing)
