"""A log that loses its end beneath a running process: nothing that is not there any more is gone on from."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.settings import Settings
from store.followed import Followed
from store.look import SEEN
from store.recalled import Recalled
from store.streams import Command, Streams
from tests.store.losing import lose_end
from tests.store.notebook import Notebook, Shelf, evolve, words_of, write

BOOK, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def kept(shelf: Shelf) -> Recalled:
    return Recalled(shelf.log)


@pytest.fixture
def _in_one_look() -> Iterator[None]:
    token = SEEN.set({})
    yield
    SEEN.reset(token)


def words(kept: Recalled, book: str = BOOK) -> list[str]:
    return words_of(kept.read(book)[0])


@pytest.mark.usefixtures("_in_one_look")
def test_what_is_lost_is_not_remembered(shelf: Shelf, kept: Recalled, settings: Settings) -> None:
    shelf.write(BOOK, "one")
    shelf.write(BOOK, "lost", "lost")
    assert words(kept) == ["one", "lost", "lost"]
    lose_end(settings, after=1)
    shelf.log.look_again()  # another request
    assert words(kept) == ["one"]
    assert len(kept.known(BOOK)) == 1


def test_what_came_in_the_place_of_what_is_lost_is_found_there(
    shelf: Shelf, kept: Recalled, settings: Settings
) -> None:
    shelf.write(BOOK, "one", "lost")
    assert words(kept) == ["one", "lost"]
    lose_end(settings, after=1)
    shelf.write(BOOK, "two", "three")
    assert words(kept) == ["one", "two", "three"]


def test_of_a_stream_that_is_lost_nothing_is_known(shelf: Shelf, kept: Recalled, settings: Settings) -> None:
    shelf.write(BOOK, "one")
    shelf.write(OTHER, "lost")
    assert words(kept, OTHER) == ["lost"]
    lose_end(settings, after=1)
    assert (words(kept, OTHER), kept.known(OTHER)) == ([], ())


def test_a_decision_is_taken_on_what_is_there(shelf: Shelf, kept: Recalled, settings: Settings) -> None:
    books = Streams(shelf.log, Notebook(), evolve, memory=kept)
    shelf.write(BOOK, "one", "lost")
    assert books.load(BOOK)[0].words == ("one", "lost")
    lose_end(settings, after=1)
    shelf.write(BOOK, "two")
    acted = books.act(Command("c" * 32), BOOK, write, "three")
    assert (acted.version, acted.state.words) == (3, ("one", "two", "three"))
    assert words_of(shelf.log.read(BOOK)) == ["one", "two", "three"]


@pytest.mark.usefixtures("_in_one_look")
@pytest.mark.parametrize("news", [[], ["two"], ["two", "three", "four"]])
def test_what_is_followed_is_followed_from_what_is_there(shelf: Shelf, settings: Settings, news: list[str]) -> None:
    followed = Followed(shelf.books, BOOK)
    shelf.write(BOOK, "one", "lost", "lost")
    assert followed.state().words == ("one", "lost", "lost")
    lose_end(settings, after=1)
    shelf.log.look_again()  # another request
    for word in news:
        shelf.write(BOOK, word)
    assert followed.state().words == ("one", *news)


@pytest.mark.usefixtures("_in_one_look")
def test_whoever_looked_before_another_thread_came_to_know_more_looks_again(shelf: Shelf, kept: Recalled) -> None:
    followed = Followed(shelf.books, BOOK)
    shelf.write(BOOK, "one")
    assert (words(kept), followed.state().words) == (["one"], ("one",))
    before = shelf.log.tails(followed.reached)
    with ThreadPoolExecutor(1) as another:
        another.submit(shelf.write, BOOK, "two").result()
        assert another.submit(words, kept).result() == ["one", "two"]
        assert another.submit(followed.state).result().words == ("one", "two")
    assert (followed.hear(before).words, words(kept)) == (("one", "two"), ["one", "two"])
