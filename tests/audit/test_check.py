"""Whatever is altered in a real log is found and named; a lawful erasure is nothing to find."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any, TypeAlias, cast
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from audit.check import Report, check
from domain.canonical import canonical, parse
from domain.event import Content, Source
from service.settings import Settings
from store.codec import Parts
from store.desk import Desk
from store.envelope import Envelope, sealed
from store.keys import KEYS
from store.sealing import Sealer
from store.streams import Command
from tests.store import notebook
from tests.store.notebook import ANN, BEN, Shelf, new_id, open_shelf

BOOK, OTHER = "1" * 32, "2" * 32
EVENTS = 6
NOT_OPEN = "does not open: it or its envelope was altered or moved"
Tamper: TypeAlias = Callable[..., None]


@pytest.fixture
def shelf(sqlite_settings: Settings) -> Iterator[Shelf]:
    """A published notebook with three texts of Ann's, and a hidden one with a text of Ben's."""
    opened = open_shelf(sqlite_settings)
    opened.books.act(Command(new_id()), BOOK, notebook.publish)
    for word in ("one", "two", "three"):
        opened.write(BOOK, word, text=word)
    opened.books.act(Command(new_id()), OTHER, notebook.whisper, "hush", by=BEN)
    opened.write(OTHER, "hidden")
    yield opened
    opened.close()


@pytest.fixture
def tamper(sqlite_settings: Settings) -> Tamper:
    def change(statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(sqlite_settings.data_dir / "log.db")) as file, file:
            assert file.execute(statement, values).rowcount > 0

    return change


def test_an_untouched_log_has_no_findings(shelf: Shelf) -> None:
    assert checked(shelf) == Report(events=EVENTS, streams=2)


def test_progress_is_told(shelf: Shelf) -> None:
    heard: list[int] = []
    check(desk(shelf), heard.append)
    assert heard == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("field", ["at", "rec", "sv", "tk", "src", "word", "v"])
def test_an_edited_field_of_an_envelope_is_found(shelf: Shelf, tamper: Tamper, field: str) -> None:
    envelope = parse(list(shelf.log.stored())[2].envelope)
    edited = envelope[field] + (1 if isinstance(envelope[field], int) else "x")
    tamper("UPDATE stored_events SET state=? WHERE rowid=3", canonical(envelope | {field: edited}))
    assert findings(shelf)[0] == (3, f"Tampered: section 'facts' of {BOOK}:3 {NOT_OPEN}")


def test_an_edited_digest_is_found(shelf: Shelf, tamper: Tamper) -> None:
    envelope = parse(list(shelf.log.stored())[2].envelope)
    tamper("UPDATE stored_events SET state=? WHERE rowid=3", canonical(envelope | {"_sd": envelope["_sd"][::-1]}))
    assert findings(shelf)[0] == (3, f"Tampered: section 'facts' of {BOOK}:3 {NOT_OPEN}")


@pytest.mark.parametrize(
    ("bytes_", "named"),
    [
        (b'{"_sd": []}', "NotCanonical: the bytes differ"),
        (b'{"_sd":[],"_sd":[]}', "NotCanonical: the bytes differ"),
        (b'{"v":1}', "KeyError: '_sd'"),
        (b'{"_sd":1}', "TypeError"),
        (b'{"_sd":[[]]}', "TypeError"),
        (b"[]", "TypeError"),
        (b"[" * 100_000, ("NotCanonical", "RecursionError")),
        (b"no json", "NotCanonical: no JSON"),
    ],
)
def test_bytes_that_are_no_envelope_are_found(
    shelf: Shelf, tamper: Tamper, bytes_: bytes, named: str | tuple[str, ...]
) -> None:
    tamper("UPDATE stored_events SET state=? WHERE rowid=3", bytes_)
    assert findings(shelf)[0][0] == 3
    assert findings(shelf)[0][1].startswith(named)


@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(position=st.integers(1, EVENTS), data=st.data())
def test_any_altered_byte_of_any_envelope_is_found(
    shelf: Shelf, tamper: Tamper, position: int, data: st.DataObject
) -> None:
    raw = list(shelf.log.stored())[position - 1].envelope
    place, value = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    altered = bytes([*raw[:place], raw[place] ^ value, *raw[place + 1 :]])
    tamper("UPDATE stored_events SET state=? WHERE rowid=?", altered, position)
    assert position in [where for where, _ in findings(shelf)]
    tamper("UPDATE stored_events SET state=? WHERE rowid=?", raw, position)
    assert findings(shelf) == []


def test_a_deleted_event_is_found(shelf: Shelf, tamper: Tamper) -> None:
    tamper("DELETE FROM stored_events WHERE rowid=3")
    assert findings(shelf) == [
        (4, "version 4 follows 2: events are missing"),
        (4, "clear event 4 follows 2: clear events are missing"),
    ]


@pytest.mark.parametrize("topic", ["note.whispered", "note.unheard_of"])
def test_another_topic_is_found(shelf: Shelf, tamper: Tamper, topic: str) -> None:
    tamper("UPDATE stored_events SET topic=? WHERE rowid=3", topic)
    assert findings(shelf) == [(3, f"filed as {topic!r}, but its envelope says 'note.written'")]


@pytest.mark.parametrize("name", ["facts", "text"])
def test_swapped_sections_are_found(shelf: Shelf, tamper: Tamper, name: str) -> None:
    for now, then in ((2, 12), (3, 2), (12, 3)):
        moved = then, BOOK, now, name
        tamper(
            "UPDATE sections SET originator_version=? WHERE originator_id=? AND originator_version=? AND name=?", *moved
        )
    assert findings(shelf)[0] == (2, f"Tampered: section '{name}' of {BOOK}:2 {NOT_OPEN}")


@pytest.mark.parametrize(
    ("name", "named"),
    [("facts", "Tampered: section 'facts' is missing"), ("text", "1 sections are missing, and nobody was erased")],
)
def test_a_deleted_section_is_found(shelf: Shelf, tamper: Tamper, name: str, named: str) -> None:
    tamper("DELETE FROM sections WHERE name=? AND originator_version=4", name)
    assert (4, named) in findings(shelf)


def test_a_section_more_is_found(shelf: Shelf, tamper: Tamper) -> None:
    clear = sealer(shelf).disclose(UUID(BOOK), 1, "extra", shelf.keys.of(BEN), {"body": "never said"})
    extra = sealer(shelf).seal(clear, b"")
    tamper("INSERT INTO sections VALUES (?,?,?,?,?,?)", BOOK, *extra[1:])
    assert findings(shelf) == [(1, "section 'extra' does not match its digest")]


def test_a_lost_key_is_found_and_is_no_erasure(shelf: Shelf) -> None:
    ben = shelf.keys.of(BEN)
    with shelf.keys._engine.begin() as connection:
        connection.execute(KEYS.delete().where(KEYS.c.owner == BEN))
    assert [(5, f"KeyMissing: key {ben.key_id} is not in the key store: restore the newest copy of the key store")] == (
        findings(shelf)
    )


@pytest.mark.parametrize("rows_too", [False, True])
def test_an_erasure_is_nothing_to_find(shelf: Shelf, tamper: Tamper, rows_too: bool) -> None:
    key = shelf.keys.of(ANN)
    shelf.keys.destroy(ANN, at=9)
    if rows_too:
        tamper("DELETE FROM sections WHERE key_id=?", key.key_id)
    assert checked(shelf) == Report(events=EVENTS, streams=2, erased_sections=3)


def test_an_erasure_of_one_hides_no_missing_section_of_another(shelf: Shelf, tamper: Tamper) -> None:
    shelf.keys.destroy(ANN, at=9)
    tamper("DELETE FROM sections WHERE name='text' AND originator_id=?", OTHER)
    assert findings(shelf) == [(5, "1 sections are missing, and nobody was erased")]


def test_an_operator_with_every_key_cannot_go_back_in_time(shelf: Shelf) -> None:
    forge(shelf, rec=999, number=5)
    assert findings(shelf) == [(7, "stored at 999, before the event it follows (1000)")]


def test_an_operator_with_every_key_cannot_leave_out_a_clear_event(shelf: Shelf) -> None:
    forge(shelf, rec=1_000, number=6)
    assert findings(shelf) == [(7, "clear event 6 follows 4: clear events are missing")]


def test_an_operator_with_every_key_cannot_count_under_another_pseudonym(shelf: Shelf) -> None:
    forge(shelf, rec=1_000, number=5, pseudonym="0" * 32)
    assert findings(shelf) == [(7, "its pseudonym is not that of its stream")]


def forge(shelf: Shelf, *, rec: int, number: int, pseudonym: str | None = None) -> None:
    """The next event of the published notebook, as whoever holds the keys and the database could write it."""
    true = shelf.log.read(BOOK)[-1].envelope.pseudonym
    envelope = Envelope("note.written", 1, 1, rec, Source.LIVE, new_id(), pseudonym or true, number)
    parts = Parts({"at": 1, "word": "forged"}, {"author": ANN, "text": ANN}, {"text": Content(ANN, {"body": "forged"})})
    keys = {ANN: shelf.keys.of(ANN)}
    raw, sections = sealed(envelope, parts, UUID(BOOK), 5, sealer=sealer(shelf), keys=keys)
    event = StoredEvent(UUID(BOOK), 5, "note.written", raw)
    shelf.log._recorder.insert_events([event], sections=sections)


def checked(shelf: Shelf) -> Report:
    return check(desk(shelf))


def findings(shelf: Shelf) -> list[tuple[int, str]]:
    return [(each.position, each.what) for each in checked(shelf).findings]


def sealer(shelf: Shelf) -> Sealer:
    return shelf.log._sealer


def desk(shelf: Shelf) -> Desk:
    """What `check` reads of a desk, over the notebooks."""
    return cast("Desk", SimpleNamespace(log=shelf.log, keys=shelf.keys, sealer=sealer(shelf)))
