"""The files of a tree: whatever was written goes on from them, and differs from the log in nothing."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from audit.evidence import Folder, Writer, empty, names_of, superseded, writer_at
from audit.tlog.merkle import Edge, leaf_hash, root_of
from audit.tlog.tiles import WIDTH, BrokenTile, bundle_path, nodes_in, tile_path, tiles_of, unpacked

ENTRIES = [b"%d" % number for number in range(1_100)]


def root(size: int) -> bytes:
    edge = Edge()
    for entry in ENTRIES[:size]:
        edge.append(leaf_hash(entry))
    return edge.root


def grown(writer: Writer, entries: Iterable[bytes]) -> Writer:
    for entry in entries:
        writer.append(entry)
    writer.flush()
    return writer


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "evidence")


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 1_100])
def test_the_files_are_those_of_the_specification_and_hold_the_tree(folder: Folder, size: int) -> None:
    grown(empty(folder.write), ENTRIES[:size])
    found = {str(each.relative_to(folder.path)) for each in folder.path.rglob("*") if each.is_file()}
    assert found == {*names_of(size)}
    assert root_of(nodes_in(folder.read, size), size) == root(size)


def test_the_bundles_hold_the_entries(folder: Folder) -> None:
    grown(empty(folder.write), ENTRIES[:300])
    assert unpacked(folder.read(bundle_path(0)), WIDTH) == ENTRIES[:WIDTH]
    assert unpacked(folder.read(bundle_path(1, 44)), 44) == ENTRIES[WIDTH:300]


@effort(max_examples=30)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_a_tree_that_is_resumed_is_the_one_that_was_never_left(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    folder, size = Folder(tmp_path_factory.mktemp("evidence")), 0
    for step in steps:
        writer = grown(writer_at(folder, size) if size else empty(folder.write), ENTRIES[size : size + step])
        size = writer.size
        assert writer.root == root(size)
        assert root_of(nodes_in(folder.read, size), size) == root(size)


@effort(max_examples=30)
@given(old=st.integers(1, 700), step=st.integers(1, 400))
def test_what_is_superseded_is_needed_by_no_older_tree(
    tmp_path_factory: pytest.TempPathFactory, old: int, step: int
) -> None:
    folder, new = Folder(tmp_path_factory.mktemp("evidence")), old + step
    writer = grown(empty(folder.write), ENTRIES[:old])
    grown(writer, ENTRIES[old:new])
    for name in superseded(old, new):
        folder.remove(name)
    assert root_of(nodes_in(folder.read, old), old) == root(old)
    assert root_of(nodes_in(folder.read, new), new) == root(new)
    assert not list(folder.path.glob("tile/**/*.p")) or any(width < WIDTH for _, _, width in tiles_of(new))


@pytest.mark.parametrize("size", [0, 1, 256])
def test_nothing_is_superseded_by_what_fits_into_the_same_tiles(size: int) -> None:
    assert [*superseded(size, size)] == []


def test_a_partial_file_goes_when_its_whole_one_is_there() -> None:
    assert [*superseded(255, 256)] == ["tile/0/000.p", "tile/entries/000.p"]
    assert [*superseded(257, 511)] == []
    assert [*superseded(257, 512)] == ["tile/0/001.p", "tile/entries/001.p"]


@pytest.mark.parametrize("name", [tile_path(0, 1, 44), bundle_path(1, 44), tile_path(1, 0, 1)])
def test_a_tree_is_not_resumed_without_one_of_its_last_files(folder: Folder, name: str) -> None:
    grown(empty(folder.write), ENTRIES[:300])
    (folder.path / name).unlink()
    with pytest.raises(FileNotFoundError):
        writer_at(folder, 300)


@pytest.mark.parametrize("name", [tile_path(0, 1, 44), bundle_path(1, 44)])
def test_a_tree_is_not_resumed_from_a_file_that_was_cut_off(folder: Folder, name: str) -> None:
    grown(empty(folder.write), ENTRIES[:300])
    folder.write(name, folder.read(name)[:-1])
    with pytest.raises(BrokenTile):
        writer_at(folder, 300)


def test_a_tree_is_not_resumed_from_a_bundle_with_another_entry(folder: Folder) -> None:
    grown(empty(folder.write), ENTRIES[:3])
    folder.write(bundle_path(0, 3), folder.read(bundle_path(0, 3)).replace(b"2", b"7"))
    with pytest.raises(BrokenTile, match="does not hold the entries"):
        writer_at(folder, 3)


def test_a_file_takes_the_place_of_another_and_leaves_nothing_beside_it(folder: Folder) -> None:
    for content in (b"old", b"new"):
        folder.write("tile/0/000", content)
        folder.write_durably("checkpoint", content)
    folder.settle()
    assert folder.read("tile/0/000") == folder.read("checkpoint") == b"new"
    assert {each.name for each in folder.path.rglob("*")} == {"tile", "0", "000", "checkpoint"}
