"""A log that is not the one that was signed is not signed again."""

import shutil

import pytest

from audit.evidence import CHECKPOINT
from audit.sequencer import Forked
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.note import signed as signed_note
from tests.audit.sequenced import Scene, altered, changed
from tests.audit.tlog.trees import LOG, WITNESS


@pytest.mark.parametrize("entries", [0, 1, 2, 10])
def test_an_older_copy_of_the_log_is_not_signed(small: Scene, entries: int) -> None:
    older_copy(small)
    small.write(entries)
    assert small.sequencer.is_behind
    refused(small)


def test_an_older_copy_of_the_log_is_not_signed_with_an_older_memory_either(small: Scene) -> None:
    small.write(1)
    small.advance()
    memory = small.memory.read_bytes()
    older_copy(small)
    small.memory.write_bytes(memory)
    small.write(10)
    refused(small)


def test_an_older_copy_of_the_log_is_not_signed_without_its_files_either(small: Scene) -> None:
    older_copy(small)
    small.write(10)
    shutil.rmtree(small.folder.path)
    refused(small)


def test_a_backup_of_everything_is_not_signed_beside_a_checkpoint_that_others_have(small: Scene) -> None:
    small.write(3)
    small.advance()
    shutil.copytree(small.folder.path, small.path / "backup")
    memory = small.memory.read_bytes()
    older_copy(small)
    known_to_others = small.folder.read(CHECKPOINT)
    shutil.rmtree(small.folder.path)
    shutil.copytree(small.path / "backup", small.folder.path)
    small.memory.write_bytes(memory)
    small.folder.write(CHECKPOINT, known_to_others)
    refused(small)


def test_an_older_memory_goes_on_from_what_was_published(scene: Scene) -> None:
    scene.write(3)
    scene.advance()
    memory = scene.memory.read_bytes()
    scene.write(3)
    scene.advance()
    scene.memory.write_bytes(memory)
    scene.write(3)
    assert scene.advance().checkpoint.size == 9


def test_a_memory_that_contradicts_what_was_published_is_not_signed(small: Scene) -> None:
    small.write(3)
    small.advance()
    small.folder.write(CHECKPOINT, signed_note(Checkpoint(LOG.name, 3, bytes(32)).text, LOG))
    with pytest.raises(Forked, match="contradict"):
        small.sequencer.advance(8)


def test_a_log_with_another_last_entry_is_not_signed(small: Scene) -> None:
    small.write(3)
    small.advance()
    altered(small, 3)
    refused(small)


def test_a_log_that_was_altered_further_back_is_found_when_its_files_are_lost(small: Scene) -> None:
    small.write(3)
    small.advance()
    altered(small, 2)
    shutil.rmtree(small.folder.path)
    small.begin_again()
    refused(small)


def test_files_of_what_was_signed_are_not_overwritten_by_a_log_that_was_altered(small: Scene) -> None:
    small.write(257)
    small.advance()
    bundle = small.folder.read("tile/entries/000")
    altered(small, 2)
    small.folder.write("tile/0/001.p/1", b"")
    small.begin_again()
    refused(small)
    assert small.folder.read("tile/entries/000") == bundle


def test_an_older_checkpoint_that_others_had_kept_is_compared_too(small: Scene) -> None:
    small.write(3)
    small.advance()
    small.folder.write(CHECKPOINT, signed_note(Checkpoint(LOG.name, 2, bytes(32)).text, LOG))
    small.write(3)
    refused(small)


@pytest.mark.parametrize("content", [b"", b"<html>", signed_note(Checkpoint("x", 3, bytes(32)).text, WITNESS)])
def test_what_is_no_checkpoint_of_this_log_is_told(small: Scene, content: bytes) -> None:
    small.write(3)
    small.advance()
    small.folder.write(CHECKPOINT, content)
    small.begin_again()
    refused(small)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"note": "x", "position": 1, "at": 1}'])
def test_a_memory_that_cannot_be_read_is_told(small: Scene, content: bytes) -> None:
    small.write(3)
    small.advance()
    small.memory.write_bytes(content)
    refused(small)


def refused(scene: Scene) -> None:
    """Nothing is signed or published, however often it is tried, and by whichever process."""
    files = [scene.memory, scene.folder.path / CHECKPOINT]
    before = [each.exists() and each.read_bytes() for each in files]
    for _ in range(2):
        with pytest.raises(Forked, match=r"docs/runbooks/restore.md"):
            scene.sequencer.advance(8)
        scene.begin_again()
    assert [each.exists() and each.read_bytes() for each in files] == before


def older_copy(scene: Scene) -> None:
    """Ten entries were signed, and a log of three of them is put in its place."""
    scene.write(3)
    scene.write(7)
    scene.advance()
    for table in ("stored_events", "sections"):
        changed(scene, f"DELETE FROM {table} WHERE originator_version > 3")  # noqa: S608 -- a word of this file
    scene.begin_again()
