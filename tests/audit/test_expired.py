"""Texts that went with their ticket are counted again like all others; one that went by itself is found."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from audit.check import check
from domain.erasure import ErasureCompleted, ErasureTextsChosen
from domain.event import Id
from service import build
from service.settings import Settings
from store.desk import Desk
from store.erasing import erasure_at, whole_person
from store.expiring import choose_texts
from store.streams import Command
from tests.cast import AT
from tests.store.lives import erase, person
from tests.store.test_expiring import ask, carry_out, closed, expire

EMPTY = "UPDATE sections SET nonce=x'', ciphertext=x'' WHERE originator_id=? AND name="


@pytest.fixture
def desk(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(build, "now", lambda: AT)
    built = build.build_desk(sqlite_settings)
    yield built
    built.close()


def wrong(desk: Desk) -> list[str]:
    return [each.what for each in check(desk).findings]


def altered(settings: Settings, statement: str, stream: Id) -> None:
    with closing(sqlite3.connect(settings.data_dir / "log.db")) as connection, connection:
        connection.execute(statement, (stream,))


def test_texts_that_expired_are_nothing_to_find_at_any_step(desk: Desk) -> None:
    erasure = ask(desk, closed(desk, person(desk)))
    assert wrong(desk) == []
    choose_texts(desk, erasure)
    assert wrong(desk) == []
    carry_out(desk, erasure)
    assert (check(desk).findings, check(desk).erased_sections) == ([], 2)


@pytest.mark.parametrize("expires_first", [True, False])
def test_every_text_is_counted_once_whichever_way_it_went(desk: Desk, *, expires_first: bool) -> None:
    cy, eve = person(desk), person(desk)
    old = closed(desk, cy), closed(desk, eve)
    gone = [] if expires_first else [erase(desk, whole_person(desk, cy))]
    gone += [expire(desk, *old)]
    gone += [erase(desk, whole_person(desk, cy))] if expires_first else []
    report = check(desk)
    assert (report.findings, report.erased_sections) == ([], 5)
    assert sum(erasure_at(desk, each).sections for each in gone) == 5


def test_a_person_who_is_erased_while_texts_expire_changes_no_count(desk: Desk) -> None:
    cy = person(desk)
    erasure = ask(desk, closed(desk, cy))
    erase(desk, whole_person(desk, cy))
    carry_out(desk, erasure)
    assert (check(desk).findings, check(desk).erased_sections) == ([], 3)


def test_a_text_that_was_deleted_with_no_erasure_is_found(desk: Desk, sqlite_settings: Settings) -> None:
    mine, cy = closed(desk, person(desk)), person(desk)
    expire(desk, closed(desk, cy))
    altered(sqlite_settings, f"{EMPTY}'text'", mine)
    assert wrong(desk) == ["its text was deleted, and no erasure says so"] * 2


def test_facts_are_never_deleted(desk: Desk, sqlite_settings: Settings) -> None:
    old = closed(desk, person(desk))
    expire(desk, old)
    altered(sqlite_settings, f"{EMPTY}'facts'", old)
    assert any("section 'facts' is missing" in what for what in wrong(desk))


def test_a_text_that_is_back_is_found(desk: Desk, sqlite_settings: Settings) -> None:
    old = closed(desk, person(desk))
    rows = [each.sections for each in desk.log.stored_of(old)]
    expire(desk, old)
    with closing(sqlite3.connect(sqlite_settings.data_dir / "log.db")) as connection, connection:
        for section in (each for row in rows for each in row):
            key = old, section.version, section.name
            connection.execute(
                "UPDATE sections SET nonce=?, ciphertext=? WHERE originator_id=? AND originator_version=? AND name=?",
                (section.nonce, section.ciphertext, *key),
            )
    assert wrong(desk) == ["it says that 2 texts were erased; the log is without 0, or others"] * 2


def test_an_erasure_that_says_something_else_is_found(desk: Desk) -> None:
    erasure = ask(desk, closed(desk, person(desk)))
    until = desk.log.head()
    said = ErasureTextsChosen(at=AT, tickets=1, sections=3, digest="00" * 32, until=until, counts={})
    desk.erasures.act(Command(desk.new_id()), erasure, lambda _: [said])
    desk.log.delete_texts(erasure_at(desk, erasure).tickets)
    done = ErasureCompleted(at=AT, keys=0, sections=3, digest="00" * 32)
    desk.erasures.act(Command(desk.new_id()), erasure, lambda _: [done])
    assert wrong(desk) == ["it says that 3 texts were erased; the log is without 2, or others"] * 2
