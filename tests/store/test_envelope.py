"""What anybody may read, what is sealed, and what opens where."""

import json
from dataclasses import replace
from typing import Any

import pytest

from domain.canonical import canonical
from domain.event import Address
from store.envelope import TooLarge
from store.log import Stored
from store.sealing import Erased, Tampered, Unreadable, digest_of
from store.streams import Command
from tests.store import notebook
from tests.store.notebook import ANN, BEN, Shelf, new_id

BOOK, OTHER = "1" * 32, "2" * 32


def test_a_clear_envelope_tells_what_formulas_read_and_nothing_else(shelf: Shelf) -> None:
    shelf.books.act(Command(new_id()), BOOK, notebook.publish)
    written = shelf.write(BOOK, "seen", text="secret").events[0]
    envelope = public(stored(shelf)[1])
    assert envelope.pop("_sd") == sorted(digests(shelf, stored(shelf)[1]))
    assert envelope == {
        "ty": "note.written", "v": 1, "at": 1, "rec": 1_000, "src": "live", "sv": 2, "word": "seen",
        "tk": written.envelope.pseudonym,
    }  # fmt: skip


def test_an_opaque_envelope_has_digests_and_a_version_only(shelf: Shelf) -> None:
    shelf.write(BOOK, "hidden", text="secret")
    (opaque,) = stored(shelf)
    assert public(opaque) == {"_sd": sorted(digests(shelf, opaque)), "v": 1}


def test_an_opaque_kind_of_event_stays_opaque_in_a_published_stream(shelf: Shelf) -> None:
    shelf.books.act(Command(new_id()), BOOK, notebook.publish)
    shelf.books.act(Command(new_id()), BOOK, notebook.whisper, "hush")
    shelf.write(BOOK, "seen")
    published, whispered, seen = map(public, stored(shelf))
    assert whispered.keys() == {"_sd", "v"}
    assert (published["sv"], seen["sv"]) == (1, 2)


def test_the_stored_bytes_are_canonical(shelf: Shelf) -> None:
    shelf.write(BOOK, "hidden", "second", text="Привет")
    assert [each.envelope for each in stored(shelf)] == [canonical(public(each)) for each in stored(shelf)]


def test_a_pseudonym_stays_with_its_stream_and_tells_nothing_of_it(shelf: Shelf) -> None:
    for book in (BOOK, OTHER):
        shelf.books.act(Command(new_id()), book, notebook.publish)
        shelf.write(book, "one")
    assert [each["tk"] for each in map(public, stored(shelf))] == [
        name for book in (BOOK, OTHER) for name in [shelf.log.read(book)[0].envelope.pseudonym] * 2
    ]
    assert len({BOOK, OTHER, *(each["tk"] for each in map(public, stored(shelf)))}) == 4


def test_the_same_words_twice_have_different_digests(shelf: Shelf) -> None:
    shelf.write(BOOK, "same", "same", text="same")
    first, second = map(public, stored(shelf))
    assert not set(first["_sd"]) & set(second["_sd"])


def test_an_envelope_beyond_the_limit_is_refused(shelf: Shelf) -> None:
    with pytest.raises(TooLarge, match="65535 at the most"):
        shelf.books.act(Command(new_id()), BOOK, lambda _: [*notebook.publish(_), *notebook.write(_, "x" * 65_536)])
    assert shelf.log.head() == 0


def test_sections_open_only_at_their_place(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", "two", text="words")
    first, second = stored(shelf)
    for mine, others in zip(first.sections, second.sections, strict=True):
        with pytest.raises(Tampered, match="does not open"):
            shelf.log._sealer.disclosure(others._replace(version=mine.version), first.envelope)


def test_facts_open_beside_their_own_envelope_only(shelf: Shelf) -> None:
    shelf.write(BOOK, "one")
    (event,) = stored(shelf)
    altered = canonical(public(event) | {"v": 2})
    with pytest.raises(Tampered):
        shelf.log._sealer.facts(event.sections[0], altered)


def test_an_altered_section_is_no_erased_one(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", text="words")
    text = stored(shelf)[0].sections[1]
    altered = text._replace(ciphertext=bytes(reversed(text.ciphertext)))
    assert isinstance(shelf.log._sealer.texts([(ANN, altered)])[0], Unreadable)


def test_erased_missing_and_unknown_are_told_apart(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", text="words")
    address, text = Address(owner=ANN, stream=BOOK, version=1, section="text"), stored(shelf)[0].sections[1]
    unknown, sealer = text._replace(key_id=new_id()), shelf.log._sealer
    assert shelf.log.text(replace(address, version=2)) == Unreadable("its section is missing from the log")
    assert "is not in the key store" in sealer.texts([(ANN, unknown)])[0].reason  # type: ignore[union-attr]
    shelf.keys.destroy(ANN, at=1)
    assert shelf.log.text(address) == Erased()
    assert shelf.log.text(replace(address, version=2)) == Erased()
    assert shelf.log.text(replace(address, owner=BEN, version=2)) == Unreadable("its section is missing from the log")
    assert isinstance(sealer.texts([(ANN, unknown)])[0], Unreadable)


def test_a_missing_row_of_facts_is_told(sqlite_shelf: Shelf) -> None:
    sqlite_shelf.write(BOOK, "one")
    with sqlite_shelf.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("DELETE FROM sections")
    with pytest.raises(Tampered, match=r"'facts' of 1{32}:1 is missing"):
        sqlite_shelf.log.read(BOOK)


def stored(shelf: Shelf) -> list[Stored]:
    return [replace(each, sections=tuple(sorted(each.sections))) for each in shelf.log.stored()]


def public(event: Stored) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(event.envelope)
    return values


def digests(shelf: Shelf, event: Stored) -> list[str]:
    opened = [shelf.log._sealer.disclosure(section, event.envelope) for section in event.sections]
    return [digest_of(disclosure) for disclosure in opened if disclosure is not None]
