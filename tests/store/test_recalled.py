"""What is kept of streams is never more, and never less, than what the log has."""

import pytest

from store import recalled
from store.recalled import Recalled
from store.streams import Streams
from tests.store.notebook import Shelf

BOOK, OTHER = "1" * 32, "2" * 32


def words(kept: Recalled, book: str = BOOK) -> list[str]:
    return [each.event.word for each in kept.read(book)[0]]


def test_what_others_added_is_seen_at_once(shelf: Shelf) -> None:
    kept = Recalled(shelf.log)
    assert words(kept) == []
    for word in ("one", "two", "three"):
        shelf.write(BOOK, word)
        assert words(kept)[-1] == word
    assert kept.read(BOOK, OTHER) == [tuple(shelf.log.read(BOOK)), ()]


def test_a_state_is_folded_on_from_where_it_was(shelf: Shelf) -> None:
    kept = Recalled(shelf.log)
    counting: Streams[int, object] = Streams(shelf.log, 0, lambda count, _: count + 1)
    for number in range(1, 4):
        shelf.write(BOOK, "again")
        assert kept.folded(counting, BOOK)[1] == number
    assert kept.folded(counting, OTHER) == ((), 0)


def test_no_more_is_kept_than_there_is_room_for(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalled, "ROOM", 5)
    monkeypatch.setattr(recalled, "LONGEST", 3)
    kept = Recalled(shelf.log)
    for book in (BOOK, OTHER):
        for _ in range(3):
            shelf.write(book, "word")
        kept.read(book)
    assert [len(kept.known(book)) for book in (BOOK, OTHER)] == [0, 3]
    shelf.write(OTHER, "word")
    assert (len(kept.read(OTHER)[0]), len(kept.known(OTHER))) == (4, 3)
