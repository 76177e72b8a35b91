"""The first trees over the entries 0, 1, 2, ..., as the definition has them, and who signs them."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog.merkle import EMPTY, Hash, leaf_hash, node_hash
from audit.tlog.note import COSIGNATURE, Signer

LOG: Final = Signer("desk.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS: Final = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)), COSIGNATURE)
MOST: Final = 300
LEAVES: Final = [leaf_hash(b"%d" % number) for number in range(MOST)]


def mth(leaves: list[Hash]) -> Hash:
    """The root as RFC 6962 (2.1) defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(mth(leaves[:split]), mth(leaves[split:]))


ROOTS: Final = [mth(LEAVES[:size]) for size in range(MOST + 1)]


def node(level: int, index: int) -> Hash:
    return mth(LEAVES[index << level : (index + 1) << level])
