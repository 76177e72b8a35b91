"""The key store: made once, never guessed, destroyed for ever."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from domain.refusal import Refused
from service.build import build_desk, keys_engine, recorder_of
from service.key_files import _make, key_of
from service.settings import Misconfigured, Settings
from store import keys as keys_module
from store.keys import DESK, KEYS, KeyMissing, Keys, WrongMaster
from store.sealing import Erased
from tests.store.notebook import ANN, BEN, Shelf, new_id, open_shelf

BOOK = "1" * 32
WORDS = "The patient is called Аристарх"


def test_a_key_is_made_once_for_each_owner(shelf: Shelf) -> None:
    assert shelf.keys.of(ANN) == shelf.keys.of(ANN) != shelf.keys.of(BEN)
    assert shelf.keys.desk == shelf.keys.of(DESK) == shelf.keys.opened(shelf.keys.desk.key_id)


def test_a_key_is_opened_by_its_id(shelf: Shelf) -> None:
    key = shelf.keys.of(ANN)
    assert shelf.keys.opened(key.key_id) == key


def test_a_key_that_was_never_here_is_a_fault_and_no_erasure(shelf: Shelf) -> None:
    with pytest.raises(KeyMissing, match="restore the newest copy"):
        shelf.keys.opened(new_id())


def test_a_destroyed_key_says_so_for_ever(shelf: Shelf) -> None:
    key = shelf.keys.of(ANN)
    shelf.keys.destroy(ANN, at=5)
    shelf.keys.destroy(ANN, at=6)
    assert shelf.keys.opened(key.key_id) is None
    assert shelf.keys.is_erased(ANN)
    with shelf.keys._engine.connect() as connection:
        assert connection.execute(select(KEYS.c.wrapped, KEYS.c.destroyed_at)).all() == [(None, 5)]


def test_an_erased_person_gets_no_new_key(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", text=WORDS)
    shelf.keys.destroy(ANN, at=5)
    with pytest.raises(Refused) as refused:
        shelf.write(BOOK, "two", text="again")
    assert refused.value == Refused("person_erased", person=ANN)
    assert shelf.words(BOOK) == ("one",)


def test_the_facts_of_a_desk_whose_key_was_destroyed_are_a_fault_and_no_erasure(shelf: Shelf) -> None:
    shelf.write(BOOK, "one")
    shelf.keys.destroy(DESK, at=5)
    shelf.keys._desk = None
    with pytest.raises(KeyMissing, match="the desk's own key was destroyed"):
        shelf.log.read(BOOK)


def test_the_keys_of_many_are_made_and_found_at_once(shelf: Shelf) -> None:
    owners = {f"{number:032x}" for number in range(1_200)}
    made = shelf.keys.of_all(owners)
    assert made.keys() == owners
    assert len({key.secret for key in made.values()}) == len(owners)
    assert shelf.keys.of_all({*owners, ANN}) == {**made, ANN: shelf.keys.of(ANN)}


def test_whoever_never_had_a_key_is_erased_as_well(shelf: Shelf) -> None:
    shelf.keys.destroy(BEN, at=5)
    assert shelf.keys.is_erased(BEN)
    with pytest.raises(Refused):
        shelf.keys.of(BEN)


def test_erasing_one_leaves_the_words_of_others(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", text=WORDS)
    shelf.keys.of(BEN)
    shelf.keys.destroy(BEN, at=5)
    (event,) = shelf.log.read(BOOK)
    assert shelf.log.text(event.event.text) == {"body": WORDS}
    shelf.keys.destroy(ANN, at=5)
    assert shelf.log.text(event.event.text) == Erased()
    assert shelf.log.read(BOOK) == [event]


def test_another_connection_finds_the_key_that_was_made_first(settings: Settings) -> None:
    first, second = (Keys(keys_engine(settings), key_of(settings.master_key), os.urandom) for _ in range(2))
    assert not second._living({ANN})
    key = first.of(ANN)
    assert second._made({ANN}) == {ANN: key}
    for keys in (first, second):
        keys.close()


def test_what_another_process_destroyed_opens_nothing_once_it_is_forgotten(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Keys(keys_engine(settings), key_of(settings.master_key), os.urandom) for _ in range(2))
    key = first.of(ANN)
    assert second.opened(key.key_id) == key
    first.destroy(ANN, at=5)
    assert first.opened(key.key_id) is None
    monkeypatch.setattr(keys_module, "REMEMBERED", -1.0)
    assert second.opened(key.key_id) is None
    for keys in (first, second):
        keys.close()


def test_a_machine_that_slept_remembers_no_key(sqlite_shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, slept = sqlite_shelf.keys, time.clock_gettime(time.CLOCK_BOOTTIME) + 3_600
    key = keys.of(ANN)
    assert keys.opened(key.key_id) == key
    with keys._engine.begin() as another:
        another.execute(update(KEYS).where(KEYS.c.owner == ANN).values(wrapped=None, destroyed_at=5))
    monkeypatch.setattr(time, "clock_gettime", lambda _: slept)
    assert keys.opened(key.key_id) is None


def test_who_looked_before_a_key_was_destroyed_remembers_it_for_nobody(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, ask = shelf.keys.of(ANN), shelf.keys._rows

    def slowly(*asked: Any) -> Any:
        found = ask(*asked)
        monkeypatch.undo()
        shelf.keys.destroy(ANN, at=5)
        return found

    monkeypatch.setattr(shelf.keys, "_rows", slowly)
    assert shelf.keys.opened(key.key_id) == key
    assert shelf.keys.opened(key.key_id) is None


def test_keys_do_not_lie_about_in_memory_once_they_are_forgotten(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (shelf.keys.of(each).key_id for each in (ANN, BEN))
    shelf.keys.opened(first)
    monkeypatch.setattr(keys_module, "ROOM", 1)
    shelf.keys.opened(second)
    assert [*shelf.keys._remembered] == [second]


def test_tables_that_were_half_made_are_completed(settings: Settings) -> None:
    with key_store(settings) as engine:
        Keys(engine, bytes(32), os.urandom)
        with engine.begin() as connection:
            connection.execute(text("DROP INDEX keys_living"))
        keys = Keys(engine, bytes(32), os.urandom)
        assert {ANN: keys.of(ANN)} == keys._made({ANN})


def test_another_master_key_is_refused_in_words_before_anything_is_written(settings: Settings) -> None:
    founded(settings)
    before = contents(settings)
    settings.master_key.write_text("00" * 32)
    with pytest.raises(WrongMaster, match="restore the one it was made with"):
        build_desk(settings)
    assert contents(settings) == before


@pytest.mark.parametrize("whose", ["nobody's", "another desk's"])
def test_a_key_store_of_another_log_is_refused_before_anything_is_written(settings: Settings, whose: str) -> None:
    founded(settings)
    with key_store(settings) as engine:
        with engine.begin() as connection:
            connection.execute(KEYS.delete())
        if whose == "another desk's":
            Keys(engine, key_of(settings.master_key), os.urandom).of(DESK)
    before = contents(settings)
    with pytest.raises(KeyMissing, match="is not in the key store"):
        build_desk(settings)
    assert contents(settings) == before


def test_nothing_secret_stands_in_the_files_in_clear(sqlite_settings: Settings) -> None:
    shelf = open_shelf(sqlite_settings)
    shelf.write(BOOK, "one", text=WORDS)
    secrets = [shelf.keys.desk.secret, shelf.keys.of(ANN).secret, key_of(sqlite_settings.master_key)]
    files = {path: path.read_bytes() for path in sqlite_settings.data_dir.iterdir() if path.suffix != ".key"}
    shelf.close()
    assert {"log.db", "keys.db"} <= {path.name for path in files}
    clear = [WORDS.encode(), b"patient", *secrets, *(secret.hex().encode() for secret in secrets)]
    assert [(path.name, known) for path, data in files.items() for known in clear if known in data] == []
    log = b"".join(data for path, data in files.items() if path.name.startswith("log.db"))
    assert (b"note.written" in log, ANN.encode() in log) == (True, False)


def test_a_destroyed_key_leaves_no_trace_in_its_file(sqlite_settings: Settings) -> None:
    shelf = open_shelf(sqlite_settings)
    shelf.keys.of(ANN)
    with shelf.keys._engine.connect() as connection:
        wrapped: bytes = connection.execute(select(KEYS.c.wrapped).where(KEYS.c.owner == ANN)).scalar_one()
    file = sqlite_settings.data_dir / "keys.db"
    assert wrapped in file.read_bytes()
    shelf.keys.destroy(ANN, at=5)
    assert [path for path in file.parent.glob("keys.db*") if wrapped in path.read_bytes()] == []
    shelf.close()


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"
    assert key_of(path) == key_of(path) != bytes(32)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["master.key"]


def test_of_two_processes_that_make_a_key_file_the_second_keeps_the_first_ones(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    first = key_of(path)
    _make(path)
    assert key_of(path) == first
    assert [each.name for each in path.parent.iterdir()] == ["master.key"]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key_of(path)
    path.chmod(0o640)
    with pytest.raises(Misconfigured, match="can be read by others: chmod 600"):
        key_of(path)


@pytest.mark.parametrize("held", [b"", b"00" * 31, b"words", b"\xff\xfe"])
def test_a_key_file_with_anything_else_in_it_is_refused(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(held)
    with pytest.raises(Misconfigured, match="does not hold 64 hexadecimal digits"):
        key_of(path)
    assert path.read_bytes() == held


def founded(settings: Settings) -> None:
    build_desk(settings).close()


def contents(settings: Settings) -> list[object]:
    """All events and all keys, as rows."""
    recorder = recorder_of(settings)
    events = recorder.select_notifications(None, 1_000)
    recorder.close()
    with key_store(settings) as engine, engine.connect() as connection:
        return [*events, *connection.execute(select(KEYS))]


@contextmanager
def key_store(settings: Settings) -> Iterator[Engine]:
    settings.data_dir.mkdir(exist_ok=True)
    engine = keys_engine(settings)
    yield engine
    engine.dispose()
