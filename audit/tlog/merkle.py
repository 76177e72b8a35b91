"""The Merkle tree of RFC 6962 (section 2.1) over SHA-256: hashes, the growing edge, proofs, and what they prove."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias

Hash: TypeAlias = bytes
"""32 bytes."""
ReadNode: TypeAlias = Callable[[int, int], Hash]
"""The root of a complete subtree of 2**level leaves: `read(level, index)`."""

EMPTY: Final[Hash] = sha256().digest()
"""The root of no leaves."""


class NotProved(Exception):
    """A proof does not prove what it is asked for."""


def leaf_hash(entry: bytes) -> Hash:
    """Of an entry of the log."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Edge:
    """The right edge of a growing tree: the roots of its complete subtrees, the largest first; 64 at the most."""

    size: int = 0
    roots: list[Hash] = field(default_factory=list)

    def append(self, leaf: Hash) -> None:
        """One leaf more."""
        size, roots, hashed = self.size, self.roots, leaf
        while size & 1:
            hashed = sha256(b"\x01" + roots.pop() + hashed).digest()
            size >>= 1
        roots.append(hashed)
        self.size += 1

    @property
    def root(self) -> Hash:
        """Of the whole tree."""
        if not self.roots:
            return EMPTY
        *others, hashed = self.roots
        for each in reversed(others):
            hashed = node_hash(each, hashed)
        return hashed


def root_of(read: ReadNode, size: int) -> Hash:
    """The root of the first `size` leaves."""
    return _range(read, 0, size) if size else EMPTY


def prove_inclusion(read: ReadNode, index: int, size: int) -> list[Hash]:
    """That the leaf at `index` is one of the first `size` (RFC 6962, 2.1.1), from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, path = 0, size, list[Hash]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(read, middle, end))
            end = middle
        else:
            path.append(_range(read, start, middle))
            start = middle
    return path[::-1]


def prove_consistency(read: ReadNode, old: int, new: int) -> list[Hash]:
    """That the first `old` leaves are the beginning of the first `new` (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves has no beginning of {old} to be consistent with")
    start, end, path, is_known = 0, new, list[Hash](), True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(read, middle, end))
            end = middle
        else:
            path.append(_range(read, start, middle))
            start, is_known = middle, False
    return [*([] if is_known else [_range(read, start, end)]), *path[::-1]]


def verify_inclusion(proof: Sequence[Hash], *, index: int, size: int, leaf: Hash, root: Hash) -> None:
    """That the leaf is at `index` of the tree (RFC 9162, 2.1.3.2); else `NotProved`."""
    _demand(0 <= index < size, f"a tree of {size} leaves has no leaf {index}")
    _demand(len(leaf) == len(root) == len(EMPTY), "a hash has 32 bytes")
    position, last, hashed = index, size - 1, leaf
    for each in proof:
        _demand(last != 0, "the proof is too long")
        if position & 1 or position == last:
            hashed = node_hash(each, hashed)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            hashed = node_hash(hashed, each)
        position, last = position >> 1, last >> 1
    _demand(not last and hashed == root, "the proof leads to another root")


def verify_consistency(proof: Sequence[Hash], *, old: int, new: int, old_root: Hash, new_root: Hash) -> None:
    """That the new tree begins with the old one (RFC 9162, 2.1.4.2); else `NotProved`. No leaves are no beginning."""
    _demand(0 < old <= new, f"{old} leaves are no beginning of {new}")
    if old == new:
        return _demand(not proof and old_root == new_root, "equal sizes have equal roots and need no proof")
    hashes = [old_root, *proof] if old & (old - 1) == 0 else [*proof]
    _demand(bool(hashes), "the proof is too short")
    first, second, hashed, rehashed = old - 1, new - 1, hashes[0], hashes[0]
    while first & 1:
        first, second = first >> 1, second >> 1
    for each in hashes[1:]:
        _demand(second != 0, "the proof is too long")
        if first & 1 or first == second:
            hashed, rehashed = node_hash(each, hashed), node_hash(each, rehashed)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            rehashed = node_hash(rehashed, each)
        first, second = first >> 1, second >> 1
    return _demand(not second and (hashed, rehashed) == (old_root, new_root), "the proof leads to other roots")


def _range(read: ReadNode, start: int, end: int) -> Hash:
    """The root of the leaves from `start` on and before `end`, where `start` begins a subtree at least as large."""
    size = end - start
    if size & (size - 1) == 0:
        return read(size.bit_length() - 1, start // size)
    middle = start + _split(size)
    return node_hash(_range(read, start, middle), _range(read, middle, end))


def _split(size: int) -> int:
    """The largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotProved(otherwise)
