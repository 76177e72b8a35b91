"""How much of a log that was signed is still there: the longest beginning that it has in common with what is stored."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Edge, Hash, NotProved, leaf_hash, prove_consistency, verify_consistency
from audit.tlog.tiles import WIDTH, BrokenTile, Read, nodes_in
from store.log import Log


@dataclass(frozen=True)
class Kept:
    """So many of the first entries."""

    count: int
    proof: Sequence[Hash] = ()
    """From their tree to the signed root (RFC 6962, 2.1.2); empty if all are kept, or if it cannot be shown."""


def kept_of(log: Log, read: Read, former: Checkpoint, known: Collection[Checkpoint]) -> Kept:
    """What the log holds of `former`; `known` are signed checkpoints of the same log, of which it may hold more.

    What the tiles cannot show any more, because files are missing, counts as kept only if a checkpoint shows it.
    """
    same = _in_common(log, read, former.size)
    sizes = (former.size, same, same // WIDTH * WIDTH)
    roots = _roots(log, {*sizes, *(each.size for each in known)})
    for size in sizes:
        if size in roots and (kept := _proved(read, size, roots[size], former)):
            return kept
    older = [each for each in known if each.size < former.size]
    return Kept(max((each.size for each in older if roots.get(each.size) == each.root), default=0))


def _in_common(log: Log, read: Read, size: int) -> int:
    """How many leaves of the tree are those of the log, up to the first other or missing one."""
    count = 0
    for leaf, (_, envelope) in zip(_leaves(read, size), log.envelopes(), strict=False):
        if leaf != leaf_hash(envelope):
            break
        count += 1
    return count


def _leaves(read: Read, size: int) -> Iterator[Hash]:
    """As far as the files go."""
    node = nodes_in(read, size)
    with suppress(FileNotFoundError, BrokenTile):
        for index in range(size):
            yield node(0, index)


def _roots(log: Log, sizes: Collection[int]) -> dict[int, Hash]:
    """Of the first entries of the log, as many as that; a size that it does not have is left out."""
    edge = Edge()
    roots = {0: edge.root}
    for _, envelope in islice(log.envelopes(), max(sizes)):
        edge.append(leaf_hash(envelope))
        if edge.size in sizes:
            roots[edge.size] = edge.root
    return roots


def _proved(read: Read, size: int, root: Hash, former: Checkpoint) -> Kept | None:
    """That the former tree begins so, by its own files; None if these do not show it."""
    with suppress(FileNotFoundError, BrokenTile, NotProved, ValueError):
        proof = prove_consistency(nodes_in(read, former.size), size, former.size)
        verify_consistency(proof, old=size, new=former.size, old_root=root, new_root=former.root)
        return Kept(size, tuple(proof))
    return None
