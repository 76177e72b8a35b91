"""What every log keeps, whichever engine it stands on."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from domain.event import Address, Source
from domain.refusal import Refused
from store.log import Change, Conflict
from store.streams import Command
from tests.store import notebook
from tests.store.notebook import ANN, Published, Shelf, Written, new_id, words_of

BOOK, OTHER = "1" * 32, "2" * 32


def test_an_empty_log_has_nothing_to_read(shelf: Shelf) -> None:
    assert shelf.log.head() == 0
    assert shelf.log.read(BOOK) == []
    assert shelf.log.read_all() == []
    assert list(shelf.log.stored()) == []
    assert shelf.log.first_sections() == []


def test_what_was_appended_is_read_as_it_was(shelf: Shelf) -> None:
    acted = shelf.write(BOOK, "one", "two")
    assert shelf.log.read(BOOK) == acted.events
    assert [each.event for each in acted.events] == [
        Written(at=1, word="one", author=ANN),
        Written(at=1, word="two", author=ANN),
    ]
    assert (acted.version, acted.state.words) == (2, ("one", "two"))
    assert acted.position == shelf.log.head()


def test_a_stream_is_read_on_from_a_version(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", "two", "three")
    shelf.write(OTHER, "other")
    assert [each.version for each in shelf.log.read(BOOK, after=1)] == [2, 3]
    assert shelf.log.read(BOOK, after=3) == []


def test_everything_is_read_in_commit_order_page_by_page(shelf: Shelf) -> None:
    written = [shelf.write(book, word).events[0] for book, word in [(BOOK, "a"), (OTHER, "b"), (BOOK, "c")]]
    assert shelf.log.read_all() == written
    assert shelf.log.read_all(limit=2) == written[:2]
    assert shelf.log.read_all(after=written[0].position) == written[1:]
    assert shelf.log.read_all(until=written[1].position) == written[:2]
    assert shelf.log.read_all(after=written[2].position) == []


def test_positions_ascend_in_commit_order(shelf: Shelf) -> None:
    positions = [each.position for word in "abc" for each in shelf.write(BOOK, word, word).events]
    assert positions == sorted(set(positions))


def test_every_stored_event_comes_with_all_its_sections(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.log.PAGE", 2)
    for word in "abc":
        shelf.write(BOOK, word, text="words")
    stored = list(shelf.log.stored())
    assert [each.position for each in stored] == [each.position for each in shelf.log.read_all()]
    assert [sorted(section.name for section in each.sections) for each in stored] == [["facts", "text"]] * 3


def test_several_streams_go_in_one_commit(shelf: Shelf) -> None:
    changes = [Change(book, [], [Written(at=1, word=book, author=ANN)], published=False) for book in (BOOK, OTHER)]
    appended = shelf.log.append(changes, new_id(), Source.LIVE)
    assert shelf.log.read_all() == appended
    assert [each.stream for each in appended] == [BOOK, OTHER]


def test_a_conflict_in_one_stream_stores_nothing_in_the_others(shelf: Shelf) -> None:
    shelf.write(OTHER, "already there")
    changes = [Change(book, [], [Written(at=1, word="new", author=ANN)], published=False) for book in (BOOK, OTHER)]
    with pytest.raises(Conflict):
        shelf.log.append(changes, new_id(), Source.LIVE)
    assert words_of(shelf.log.read_all()) == ["already there"]
    assert [section for stored in shelf.log.stored() for section in stored.sections if section.stream.hex == BOOK] == []


def test_whoever_was_slower_decides_again(shelf: Shelf) -> None:
    def interrupted(book: notebook.Notebook) -> list[notebook.Event]:
        if not book.words:
            shelf.write(BOOK, "faster")
        return notebook.write(book, f"after {len(book.words)}")

    acted = shelf.books.act(Command(new_id()), BOOK, interrupted)
    assert acted.state.words == ("faster", "after 1")


def test_whoever_is_slower_every_time_is_told(shelf: Shelf) -> None:
    def interrupted(book: notebook.Notebook) -> list[notebook.Event]:
        shelf.write(BOOK, "faster")
        return notebook.write(book, "slower")

    with pytest.raises(Conflict, match="others were faster"):
        shelf.books.act(Command(new_id()), BOOK, interrupted)
    assert set(shelf.words(BOOK)) == {"faster"}


def test_the_same_command_again_answers_with_what_it_stored_then(shelf: Shelf) -> None:
    first = shelf.write(BOOK, "one", "two", command=ANN)
    shelf.write(BOOK, "three")
    again = shelf.write(BOOK, "one", "two", command=ANN)
    assert again.events == first.events
    assert again.state.words == shelf.words(BOOK) == ("one", "two", "three")


def test_a_decision_without_events_stores_nothing(shelf: Shelf) -> None:
    shelf.books.act(Command(new_id()), BOOK, notebook.publish)
    acted = shelf.books.act(Command(new_id()), BOOK, notebook.publish)
    assert (acted.events, acted.version, acted.position) == ([], 1, 0)
    assert len(shelf.log.read_all()) == 1


def test_a_refusal_stores_nothing(shelf: Shelf) -> None:
    with pytest.raises(Refused) as refused:
        shelf.write(BOOK, "one", "")
    assert refused.value == Refused("note_is_empty", notes=0)
    assert shelf.log.head() == 0


def test_an_expected_version_is_demanded(shelf: Shelf) -> None:
    shelf.write(BOOK, "one")
    with pytest.raises(Refused) as refused:
        shelf.books.act(Command(new_id(), expected=0), BOOK, notebook.write, "two")
    assert refused.value == Refused("changed_meanwhile", expected=0, version=1)
    assert shelf.books.act(Command(new_id(), expected=1), BOOK, notebook.write, "two").version == 2


def test_what_goes_along_is_stored_in_the_same_commit_or_not_at_all(shelf: Shelf) -> None:
    along = shelf.books.intend(OTHER, notebook.write, "along")
    with pytest.raises(Refused):
        shelf.books.act(Command(new_id(), along=(along,)), BOOK, notebook.write, "")
    assert shelf.log.head() == 0
    acted = shelf.books.act(Command(new_id(), along=(along,)), BOOK, notebook.write, "main")
    assert words_of(acted.events) == ["main"]
    assert words_of(shelf.log.read_all()) == ["main", "along"]


def test_a_refusal_of_what_goes_along_refuses_the_whole(shelf: Shelf) -> None:
    along = shelf.books.intend(OTHER, notebook.write, "")
    with pytest.raises(Refused):
        shelf.books.act(Command(new_id(), along=(along,)), BOOK, notebook.write, "main")
    assert shelf.log.head() == 0


def test_the_instant_of_storing_never_decreases_in_a_stream(shelf: Shelf) -> None:
    for shelf.clock.now in (2_000, 1_500, 3_000):
        shelf.write(BOOK, "note")
    assert [each.envelope.rec for each in shelf.log.read(BOOK)] == [2_000, 2_000, 3_000]


def test_an_imported_event_says_so(shelf: Shelf) -> None:
    acted = shelf.books.act(Command(new_id(), Source.IMPORT), BOOK, notebook.write, "old")
    assert [each.envelope.source for each in acted.events] == [Source.IMPORT]
    assert shelf.log.read(BOOK) == acted.events


def test_a_text_comes_back_as_its_address_only(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", text="Dear sirs")
    (written,) = shelf.log.read(BOOK)
    assert written.event.text == Address(owner=ANN, stream=BOOK, version=1, section="text")
    assert shelf.log.text(written.event.text) == {"body": "Dear sirs"}


@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(words=st.lists(st.text(min_size=1, max_size=5), max_size=4), text=st.text(max_size=20))
def test_any_words_come_back_as_they_were(sqlite_shelf: Shelf, words: list[str], text: str) -> None:
    book = new_id()
    acted = sqlite_shelf.write(book, *words, text=text)
    assert sqlite_shelf.words(book) == tuple(words)
    assert [sqlite_shelf.log.text(each.event.text) for each in sqlite_shelf.log.read(book)] == [{"body": text}] * len(
        acted.events
    )


def test_a_stream_is_published_by_its_state(shelf: Shelf) -> None:
    shelf.write(BOOK, "hidden")
    shelf.books.act(Command(new_id()), BOOK, notebook.publish)
    shelf.write(BOOK, "seen")
    assert [each.envelope.number for each in shelf.log.read(BOOK)] == [0, 1, 2]
    assert isinstance(shelf.log.read(BOOK)[1].event, Published)
