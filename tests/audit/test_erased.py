"""What an erasure says is counted again: one that took more or less than it says is found."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from audit.check import check
from domain.erasure import ErasedKind, ErasureCompleted, ErasureKeysDestroyed, ErasureRequested, Event, Ground
from domain.event import Id
from service import build
from service.settings import Settings
from store.desk import Desk
from store.erased import sealed_under
from store.erasing import whole_person
from store.streams import Command
from tests.cast import AT
from tests.store.lives import erase, person, ticket


@pytest.fixture
def desk(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(build, "now", lambda: AT)
    built = build.build_desk(sqlite_settings)
    yield built
    built.close()


def wrong(desk: Desk) -> list[str]:
    return [each.what for each in check(desk).findings]


def say(desk: Desk, owner: Id, texts: int, digest: str) -> None:
    """An erasure in words alone."""
    asked = ErasureRequested(at=AT, ground=Ground.UNLAWFUL, kind=ErasedKind.PERSON, subject=owner, identities=(owner,))
    until, counts = desk.log.head(), {"ticket.opened": texts}
    said = partial(ErasureKeysDestroyed, until=until, counts=counts), ErasureCompleted
    events: list[Event] = [asked, *(each(at=AT, keys=1, sections=texts, digest=digest) for each in said)]
    desk.erasures.act(Command(desk.new_id()), desk.new_id(), lambda _: events)


def test_an_erasure_is_nothing_to_find(desk: Desk) -> None:
    cy, eve = person(desk), person(desk)
    ticket(desk, cy)
    ticket(desk, eve)
    erase(desk, whole_person(desk, cy))
    report = check(desk)
    assert (report.findings, report.erased_sections) == ([], 2)
    erase(desk, whole_person(desk, eve))
    assert (check(desk).findings, check(desk).erased_sections) == ([], 4)


@pytest.mark.parametrize(("texts", "digest"), [(3, None), (1, None), (2, "00" * 32)])
def test_an_erasure_that_took_something_else_than_it_says_is_found(desk: Desk, texts: int, digest: str | None) -> None:
    cy = person(desk)
    ticket(desk, cy)
    true = sealed_under(desk, desk.keys.ids_of([cy]), desk.log.head()).digest
    desk.keys.destroy(cy, AT)
    say(desk, cy, texts, digest or true)
    assert wrong(desk) == [f"it says that {texts} texts were erased; the log is without 2, or others"] * 2


def test_a_text_of_somebody_else_that_was_deleted_with_it_is_found(desk: Desk, sqlite_settings: Settings) -> None:
    cy, eve = person(desk), person(desk)
    hers = ticket(desk, eve)
    erase(desk, whole_person(desk, cy))
    file: Path = sqlite_settings.data_dir / "log.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM sections WHERE originator_id=? AND name='text'", (hers,))
    assert wrong(desk) == ["1 sections are missing, and nobody was erased"]
