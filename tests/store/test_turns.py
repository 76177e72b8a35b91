"""The threads of a process take turns on a stream, and on that alone."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from monitoring.metrics import APPEND_CONFLICTS
from store.look import begin_look
from store.streams import Command
from store.turns import Turns
from tests.store.notebook import ANN, BEN, Shelf, new_id, write, write_once

WRITERS = 40


def test_many_who_write_to_one_stream_are_all_heard(shelf: Shelf) -> None:
    words = [f"word {number}" for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(lambda word: shelf.write(ANN, word), words))
    assert sorted(shelf.words(ANN)) == sorted(words)


def test_each_decides_on_what_the_one_before_it_stored(shelf: Shelf) -> None:
    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(lambda _: shelf.books.act(Command(new_id()), ANN, write_once, "once"), range(WRITERS)))
    assert shelf.words(ANN) == ("once",)


def test_whose_turn_it_is_on_one_stream_keeps_nobody_from_another(shelf: Shelf) -> None:
    with shelf.log.turns.on(ANN):
        shelf.write(BEN, "meanwhile")
    assert shelf.words(BEN) == ("meanwhile",)


def test_what_goes_along_needs_no_turn_of_its_own(shelf: Shelf) -> None:
    along = shelf.books.intend(BEN, write, "two")
    with shelf.log.turns.on(BEN):
        shelf.books.act(Command(new_id(), along=(along,)), ANN, write, "one")
    assert (shelf.words(ANN), shelf.words(BEN)) == (("one",), ("two",))


def test_a_decision_may_act_on_its_own_stream(shelf: Shelf) -> None:
    with shelf.log.turns.on(ANN):
        shelf.write(ANN, "inside")
    assert shelf.words(ANN) == ("inside",)


def test_whoever_had_to_wait_does_not_decide_on_what_it_saw_before(shelf: Shelf) -> None:
    def look_and_write() -> None:
        begin_look()
        assert shelf.words(ANN) == ()
        shelf.write(ANN, "two")

    other, conflicts = Thread(target=look_and_write), APPEND_CONFLICTS._value.get()
    with shelf.log.turns.on(ANN):
        other.start()
        while not waits(other):
            time.sleep(0.01)
        shelf.write(ANN, "one")
    other.join()
    assert (shelf.words(ANN), APPEND_CONFLICTS._value.get()) == (("one", "two"), conflicts)


def waits(thread: Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_locals.get("has_to_wait", False)


def test_a_stream_that_nobody_is_at_is_forgotten() -> None:
    turns = Turns()
    with turns.on(ANN), turns.on(BEN):
        assert set(turns._locks) == {ANN, BEN}
    assert not list(turns._locks)
