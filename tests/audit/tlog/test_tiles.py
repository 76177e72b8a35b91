"""Tiles and bundles: their names, and the tree that is read from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evidence import empty
from audit.tlog.merkle import Edge, leaf_hash, prove_inclusion, root_of
from audit.tlog.tiles import (
    BrokenTile,
    Read,
    bundle_path,
    folded,
    hashes_of,
    nodes_in,
    packed,
    tile_path,
    tiles_of,
    unpacked,
)
from tests.audit.tlog.trees import LEAVES, mth


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 5, 256, "tile/0/005"),
        (1, 67, 7, "tile/1/067.p/7"),
        (0, 999, 256, "tile/0/999"),
        (0, 1_000, 256, "tile/0/x001/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (2, 1_234_067, 1, "tile/2/x001/x234/067.p/1"),
    ],
)
def test_a_tile_is_where_the_specification_says(level: int, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path


def test_a_bundle_is_beside_the_tiles() -> None:
    assert [bundle_path(1_000), bundle_path(3, 9)] == ["tile/entries/x001/000", "tile/entries/003.p/9"]


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    # C2SP tlog-tiles, "Merkle Tree": 273 full tiles and a partial one of 112, 1 full and a partial one of 17, 1 of 1.
    found = [*tiles_of(70_000)]
    assert [sum(1 for each in found if each[0] == level) for level in range(4)] == [274, 2, 1, 0]
    assert [each for each in found if each[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]


@pytest.mark.parametrize(
    ("size", "tiles"),
    [(0, []), (1, [(0, 0, 1)]), (256, [(0, 0, 256), (1, 0, 1)]), (257, [(0, 0, 256), (0, 1, 1), (1, 0, 1)])],
)
def test_a_tile_of_a_higher_level_is_there_with_its_first_hash(size: int, tiles: list[tuple[int, int, int]]) -> None:
    assert [*tiles_of(size)] == tiles


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_out_of_a_bundle_as_they_went_in(entries: list[bytes]) -> None:
    assert unpacked(packed(entries), len(entries)) == entries


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=5), st.data())
def test_a_bundle_that_was_cut_or_holds_another_number_is_broken(entries: list[bytes], data: st.DataObject) -> None:
    bundle = packed(entries)
    cut = data.draw(st.integers(0, len(bundle) - 1))
    for raw, width in ((bundle[:cut], len(entries)), (bundle, len(entries) + 1), (bundle + b"x", len(entries))):
        with pytest.raises(BrokenTile):
            unpacked(raw, width)


def test_the_largest_entry_fits() -> None:
    assert unpacked(packed([b"x" * 65_535]), 1) == [b"x" * 65_535]


def test_a_larger_entry_does_not() -> None:
    with pytest.raises(OverflowError):
        packed([b"x" * 65_536])


def test_a_tile_of_another_length_is_broken() -> None:
    with pytest.raises(BrokenTile, match="2 hashes has 63 bytes"):
        hashes_of(bytes(63), 2)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 512, 700])
def test_every_tree_up_to_now_is_read_from_the_newest_tiles(size: int) -> None:
    """Though only the newest partial tiles are there: an older one is a part of what it has become."""
    files, edge = dict[str, bytes](), Edge()
    writer = empty(files.__setitem__)
    roots = []
    for number in range(size):
        entry = b"%d" % number
        writer.append(entry)
        edge.append(leaf_hash(entry))
        roots.append(edge.root)
    writer.flush()
    whole = size // 256 * 256
    for each in {whole and 1, whole, size} - {0}:
        assert root_of(nodes_in(or_missing(files), each), each) == roots[each - 1]


def test_a_whole_tile_that_is_missing_is_told() -> None:
    with pytest.raises(FileNotFoundError):
        nodes_in(or_missing({}), 256)(0, 0)


def test_a_proof_reads_each_tile_once() -> None:
    files, reads = dict[str, bytes](), list[str]()
    writer = empty(files.__setitem__)
    for number in range(70_000):
        writer.append(b"%d" % number)
    writer.flush()

    def read(name: str) -> bytes:
        reads.append(name)
        return files[name]

    prove_inclusion(nodes_in(read, 70_000), 12_345, 70_000)
    assert len(reads) == len({*reads}) == 4


@pytest.mark.parametrize("count", [1, 2, 3, 5, 255, 256])
def test_hashes_are_folded_as_the_definition_has_it_though_the_last_is_of_fewer_leaves(count: int) -> None:
    assert folded(LEAVES[:count]) == mth(LEAVES[:count])


def or_missing(files: dict[str, bytes]) -> Read:
    def read(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    return read
