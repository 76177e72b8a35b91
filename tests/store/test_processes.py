"""Several processes append to one log, and are killed while they do."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.settings import Settings
from store.log import Recorded
from tests.store.notebook import Shelf, open_shelf, words_of

ALL = 1_000_000
ROOT = Path(__file__).resolve().parents[2]
Environment = Callable[[Settings], dict[str, str]]


def test_several_processes_append_without_loss_or_duplicates(
    settings: Settings, environment: Environment, tmp_path: Path
) -> None:
    with writing(settings, environment, tmp_path, notes=12) as writers:
        with reading(settings) as shelf:
            heard = tail(shelf, writers)
        assert [writer.wait() for writer in writers] == [0, 0, 0]
    with reading(settings) as shelf:
        found = words_of(shelf.log.read_all(limit=ALL))
        assert words_of(heard) == found, "a reader who goes on after the last position has missed some"
        assert sorted(found) == sorted(said("ack", tmp_path))
        assert set(found) == set(said("try", tmp_path)) - set(said("not", tmp_path))
        assert holes(shelf) == []


def test_what_was_acknowledged_survives_a_kill_and_nothing_else_appears(
    settings: Settings, environment: Environment, tmp_path: Path
) -> None:
    for acknowledged in (60, 120):
        with writing(settings, environment, tmp_path, notes=100_000) as writers:
            await_acknowledged(acknowledged, tmp_path, writers)
            for writer in writers:
                writer.kill()
    with reading(settings) as shelf:
        found = words_of(shelf.log.read_all(limit=ALL))
        assert len(found) == len(set(found))
        assert set(said("ack", tmp_path)) - set(found) == set()
        assert set(found) - set(said("try", tmp_path)) == set()
        assert holes(shelf) == []
        assert {str(shelf.log.text(each.event.text)) for each in shelf.log.read_all(limit=ALL)} == {
            str({"body": word}) for word in found
        }


@contextmanager
def writing(
    settings: Settings, environment: Environment, folder: Path, notes: int
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Three writers on an engine that may still be empty; none outlives the block."""
    start = len(list(folder.glob("*.said")))
    writers = []
    for name in "abcdef"[start : start + 3]:
        command = [sys.executable, "-m", "tests.store.writer", name, str(notes)]
        with (folder / f"{name}.said").open("ab") as out:
            writers.append(subprocess.Popen(command, cwd=ROOT, env=environment(settings), stdout=out))
    try:
        yield writers
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()


@contextmanager
def reading(settings: Settings) -> Iterator[Shelf]:
    shelf = open_shelf(settings)
    yield shelf
    shelf.close()


def tail(shelf: Shelf, writers: list[subprocess.Popen[bytes]]) -> list[Recorded[Any]]:
    """Everything, read while it is written."""
    heard: list[Recorded[Any]] = []
    ended = False
    while not ended:
        ended = None not in [writer.poll() for writer in writers]
        heard += shelf.log.read_all(after=heard[-1].position if heard else 0)
    return heard


def await_acknowledged(count: int, folder: Path, writers: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 60
    while len(said("ack", folder)) < count:
        assert [writer.poll() for writer in writers] == [None] * len(writers), "a writer has ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def said(what: str, folder: Path) -> list[str]:
    lines = [line for file in folder.glob("*.said") for line in file.read_text().splitlines()]
    return [line.removeprefix(f"{what} ") for line in lines if line.startswith(f"{what} ")]


def holes(shelf: Shelf) -> list[str]:
    """The streams whose versions are not 1, 2, 3, … in the order of the log."""
    versions: dict[str, list[int]] = {}
    for each in shelf.log.read_all(limit=ALL):
        versions.setdefault(each.stream, []).append(each.version)
    return [stream for stream, found in versions.items() if found != list(range(1, len(found) + 1))]
