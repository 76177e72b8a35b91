"""Appends that arrive while a commit is under way share the next one."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, groupby
from typing import Any

import pytest

from domain.event import Source
from store.log import Change, Conflict, Recorded
from tests.store.notebook import ANN, Shelf, Written, new_id

APPENDS = 12


def test_who_waits_shares_one_commit_and_gets_its_own_positions(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = first_commit_waits_for(APPENDS - 1, shelf, monkeypatch)
    with ThreadPoolExecutor(APPENDS) as threads:
        appended = list(threads.map(lambda book: append(shelf, book, "one", "two"), map(book_of, range(APPENDS))))
    assert commits == [2, 2 * (APPENDS - 1)]
    assert sorted(chain(*appended), key=lambda each: each.position) == shelf.log.read_all()
    assert [len({each.stream for each in mine}) for mine in appended] == [1] * APPENDS


def test_in_a_shared_commit_only_the_late_one_fails(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    append(shelf, book_of(3), "already there")
    first_commit_waits_for(APPENDS - 1, shelf, monkeypatch)
    with ThreadPoolExecutor(APPENDS) as threads:
        futures = [threads.submit(append, shelf, book_of(number), "new") for number in range(APPENDS)]
    assert [type(future.exception()) for future in futures].count(Conflict) == 1
    assert isinstance(futures[3].exception(), Conflict)
    assert sorted(shelf.words(book_of(number)) for number in range(APPENDS)) == [("already there",)] + [("new",)] * 11


def test_a_fault_of_the_engine_is_heard_by_everybody_who_waits(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Sequence[int]:
        raise OSError("the disk is full")

    monkeypatch.setattr(shelf.log._recorder, "insert_events", failing)
    with ThreadPoolExecutor(APPENDS) as threads:
        futures = [threads.submit(append, shelf, book_of(number), "new") for number in range(APPENDS)]
    assert [str(future.exception()) for future in futures] == ["the disk is full"] * APPENDS


def test_many_threads_write_to_few_streams_without_loss_or_duplicates(shelf: Shelf) -> None:
    def write_until_stored(word: str) -> None:
        try:
            shelf.write(book_of(int(word) % 3), word, command=f"{int(word):032x}")
        except Conflict:
            write_until_stored(word)

    words = [str(number) for number in range(60)]
    with ThreadPoolExecutor(APPENDS) as threads:
        list(threads.map(write_until_stored, words))
    found = shelf.log.read_all()
    assert sorted(each.event.word for each in found) == sorted(words)
    for _, events in groupby(sorted(found, key=lambda each: (each.stream, each.version)), lambda each: each.stream):
        of_stream = list(events)
        assert [each.version for each in of_stream] == list(range(1, len(of_stream) + 1))
        assert of_stream == sorted(of_stream, key=lambda each: each.position)


def append(shelf: Shelf, book: str, *words: str) -> list[Recorded[Any]]:
    events = [Written(at=1, word=word, author=ANN) for word in words]
    return shelf.log.append([Change(book, [], events, published=False)], new_id(), Source.LIVE)


def book_of(number: int) -> str:
    return f"{number:032x}"


def first_commit_waits_for(waiting: int, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the commits, the first of which is held until as many others wait."""
    sizes: list[int] = []
    insert = shelf.log._recorder.insert_events

    def insert_events(events: Sequence[Any], **kwargs: Any) -> Sequence[int] | None:
        sizes.append(len(events))
        deadline = time.monotonic() + 30
        while len(sizes) == 1 and len(shelf.log._committing._queue) < waiting and time.monotonic() < deadline:
            time.sleep(0.001)
        return insert(events, **kwargs)

    monkeypatch.setattr(shelf.log._recorder, "insert_events", insert_events)
    return sizes
