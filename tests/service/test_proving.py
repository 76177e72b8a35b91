"""What a process promises and proves with: the key of the log, if it has it, and what is published."""

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from audit.evidence import CHECKPOINT, Folder
from audit.tlog.merkle import leaf_hash
from audit.tlog.note import Unverified, read_note, signed
from audit.tlog.receipt import read_receipt
from service.build import build_desk
from service.evidence import advance, folder_of, log_of, proving_of, sequencer_of
from service.settings import Settings
from store.desk import Desk
from tests.audit.tlog.trees import LOG


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    with closing(build_desk(sqlite_settings)) as built:
        yield built


def test_the_key_of_the_log_promises_what_was_stored(sqlite_settings: Settings, desk: Desk) -> None:
    proving, founding = proving_of(sqlite_settings, desk), desk.log.read(desk.stream)[0]
    told = read_receipt((proving.receipt(founding) or "").encode(), [proving.key])
    assert (told.leaf, told.rec) == (leaf_hash(founding.raw), founding.envelope.rec)
    assert proving.key.text == log_of(desk).log_key


def test_what_an_append_gives_back_is_what_stands_in_the_log(desk: Desk) -> None:
    assert [each.raw for each in desk.log.read_all()] == [raw for _, raw in desk.log.envelopes()]


@pytest.mark.parametrize("content", [None, "00" * 32])
def test_without_the_key_nothing_is_promised_and_that_is_told(
    sqlite_settings: Settings, desk: Desk, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_settings.log_key.unlink()
    if content:
        other_key(sqlite_settings.log_key, content)
    with caplog.at_level(logging.WARNING):
        proving = proving_of(sqlite_settings, desk)
    assert proving.receipt(desk.log.read(desk.stream)[0]) is None
    assert "no receipts are given" in caplog.text


def other_key(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content)


def test_what_is_published_proves_each_entry_that_it_covers(sqlite_settings: Settings, desk: Desk) -> None:
    proving = proving_of(sqlite_settings, desk)
    assert proving.published() is None
    advance(desk, sequencer_of(sqlite_settings, desk))
    published = proving.published()
    assert published is not None
    assert published.proof(published.checkpoint.size - 1) is not None
    assert published.proof(published.checkpoint.size) is None


def test_a_checkpoint_that_somebody_else_signed_proves_nothing(sqlite_settings: Settings, desk: Desk) -> None:
    advance(desk, sequencer_of(sqlite_settings, desk))
    folder = Folder(folder_of(sqlite_settings))
    text = read_note(folder.read(CHECKPOINT)).text
    folder.write(CHECKPOINT, signed(text, LOG))
    with pytest.raises(Unverified):
        proving_of(sqlite_settings, desk).published()
