"""How much of what was signed is still in the log: no more is said than can be shown."""

import shutil
from collections.abc import Collection

import pytest

from audit.kept import Kept, kept_of
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Edge, leaf_hash, verify_consistency
from tests.audit.sequenced import Scene, altered, changed

SIZE = 700


@pytest.fixture
def signed(small: Scene) -> Scene:
    """Ten entries were signed, then three hundred, then seven hundred."""
    for number in (10, 290, SIZE - 300):
        small.write(number)
        small.advance()
    return small


def cut(scene: Scene, kept: int) -> None:
    """An older copy of the log, in which something else happens now."""
    for table in ("stored_events", "sections"):
        changed(scene, f"DELETE FROM {table} WHERE originator_version > {kept}")  # noqa: S608 -- words of this file
    scene.begin_again()
    scene.write(5)


def kept(scene: Scene, known: Collection[Checkpoint] = ()) -> Kept:
    return kept_of(scene.shelf.log, scene.folder.read, scene.published[-1], known)


def is_shown(scene: Scene, found: Kept) -> bool:
    """To whoever has the former checkpoint, and the log."""
    edge, former = Edge(), scene.published[-1]
    for _, envelope in [*scene.shelf.log.envelopes()][: found.count]:
        edge.append(leaf_hash(envelope))
    roots = {"old_root": edge.root, "new_root": former.root}
    verify_consistency(found.proof, old=found.count, new=former.size, **roots)
    return True


@pytest.mark.parametrize("left", [1, 2, 255, 256, 257, 300, 511, 512, 513, 699])
def test_of_an_older_copy_everything_is_kept_and_shown(signed: Scene, left: int) -> None:
    cut(signed, left)
    assert kept(signed).count == left
    assert is_shown(signed, kept(signed))


def test_a_log_that_is_whole_is_kept_without_any_file(signed: Scene) -> None:
    assert kept(signed) == Kept(SIZE)
    shutil.rmtree(signed.folder.path)
    assert kept(signed) == Kept(SIZE)


@pytest.mark.parametrize("first", [1, 2, 300])
def test_what_stands_before_an_altered_entry_is_kept(signed: Scene, first: int) -> None:
    altered(signed, first)
    assert kept(signed).count == first - 1
    assert first == 1 or is_shown(signed, kept(signed))


@pytest.mark.parametrize(("missing", "count"), [("tile/0/000", 0), ("tile/0/001", 256), ("tile/0/002.p", 512)])
def test_without_some_tiles_no_more_is_kept_than_the_others_show(signed: Scene, missing: str, count: int) -> None:
    cut(signed, 600)
    signed.folder.remove(missing)
    (signed.folder.path / missing).unlink(missing_ok=True)
    found = kept(signed)
    assert found.count <= count
    assert not found.count or is_shown(signed, found)


def test_an_older_checkpoint_shows_what_no_tile_shows_any_more(signed: Scene) -> None:
    cut(signed, 300)
    shutil.rmtree(signed.folder.path)
    assert kept(signed) == Kept(0)
    assert kept(signed, signed.published) == Kept(300)


def test_tiles_that_are_not_those_that_were_signed_show_nothing(signed: Scene) -> None:
    cut(signed, 600)
    for name in ("tile/1/000.p/2", "tile/0/001"):
        signed.folder.write(name, bytes(len(signed.folder.read(name))))
    assert kept(signed).count == 0


def test_of_a_log_of_which_nothing_was_signed_nothing_is_missed(small: Scene) -> None:
    small.write(3)
    nothing = Checkpoint("desk.example/log", 0, Edge().root)
    assert kept_of(small.shelf.log, small.folder.read, nothing, [nothing]) == Kept(0)
