"""Every proof of every tree is verified, and nothing that differs from it by one bit is."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.merkle import (
    EMPTY,
    Edge,
    Hash,
    NotProved,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.audit.tlog.trees import LEAVES, MOST, ROOTS, node


def flipped(raw: Hash, bit: int) -> Hash:
    return (int.from_bytes(raw) ^ 1 << bit).to_bytes(len(raw))


def test_a_growing_edge_has_the_roots_of_the_definition() -> None:
    edge = Edge()
    found = [edge.root]
    for leaf in LEAVES:
        edge.append(leaf)
        found.append(edge.root)
    assert found == ROOTS


def test_a_tree_read_by_its_nodes_has_the_roots_of_the_definition() -> None:
    assert [root_of(node, size) for size in range(MOST + 1)] == ROOTS


@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
def test_every_entry_of_a_tree_is_proved(size: int) -> None:
    for index in range(size):
        proof = prove_inclusion(node, index, size)
        verify_inclusion(proof, index=index, size=size, leaf=LEAVES[index], root=ROOTS[size])


@pytest.mark.parametrize("new", [*range(1, 34), 63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
def test_every_beginning_of_a_tree_is_proved(new: int) -> None:
    for old in range(1, new + 1):
        proof = prove_consistency(node, old, new)
        verify_consistency(proof, old=old, new=new, old_root=ROOTS[old], new_root=ROOTS[new])


sizes = st.integers(1, MOST)
bits = st.integers(0, 255)


@given(size=sizes, data=st.data(), bit=bits)
def test_an_inclusion_with_one_bit_flipped_is_refused(size: int, data: st.DataObject, bit: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = [LEAVES[index], ROOTS[size], *prove_inclusion(node, index, size)]
    for wrong in with_one_flipped(hashes, bit):
        refused_inclusion(wrong[2:], index, size, wrong[0], wrong[1])


@given(new=sizes, data=st.data(), bit=bits)
def test_a_consistency_with_one_bit_flipped_is_refused(new: int, data: st.DataObject, bit: int) -> None:
    old = data.draw(st.integers(1, new))
    hashes = [ROOTS[old], ROOTS[new], *prove_consistency(node, old, new)]
    for wrong in with_one_flipped(hashes, bit):
        refused_consistency(wrong[2:], old, new, wrong[0], wrong[1])


@given(size=sizes, data=st.data())
def test_an_inclusion_of_another_place_size_or_length_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, leaf, root = prove_inclusion(node, index, size), LEAVES[index], ROOTS[size]
    for other in {data.draw(st.integers(-1, size)), index + 1, index ^ 1, size} - {index}:
        refused_inclusion(proof, other, size, leaf, root)
    refused_inclusion([*proof, root], index, size, leaf, root)
    if proof:
        refused_inclusion(proof[:-1], index, size, leaf, root)
    refused_inclusion(proof, index, index, leaf, root)


@given(new=st.integers(2, MOST), data=st.data())
def test_a_consistency_of_other_sizes_or_length_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    proof = prove_consistency(node, old, new)
    refused_consistency([*proof, ROOTS[new]], old, new, ROOTS[old], ROOTS[new])
    refused_consistency(proof[:-1], old, new, ROOTS[old], ROOTS[new])
    refused_consistency([], old, new, ROOTS[old], ROOTS[new])
    refused_consistency(proof, new, old, ROOTS[new], ROOTS[old])
    refused_consistency(proof, 0, new, EMPTY, ROOTS[new])


def test_equal_trees_need_no_proof_and_take_none() -> None:
    refused_consistency([ROOTS[7]], 7, 7, ROOTS[7], ROOTS[7])


def test_a_leaf_that_is_no_hash_is_refused() -> None:
    refused_inclusion([], 0, 1, b"short", b"short")


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        prove_inclusion(node, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1)])
def test_what_is_no_beginning_has_no_proof(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="to be consistent with"):
        prove_consistency(node, old, new)


def with_one_flipped(hashes: list[Hash], bit: int) -> Iterator[list[Hash]]:
    for place, hashed in enumerate(hashes):
        yield [*hashes[:place], flipped(hashed, bit), *hashes[place + 1 :]]


def refused_inclusion(proof: list[Hash], index: int, size: int, leaf: Hash, root: Hash) -> None:
    with pytest.raises(NotProved):
        verify_inclusion(proof, index=index, size=size, leaf=leaf, root=root)


def refused_consistency(proof: list[Hash], old: int, new: int, old_root: Hash, new_root: Hash) -> None:
    with pytest.raises(NotProved):
        verify_consistency(proof, old=old, new=new, old_root=old_root, new_root=new_root)
