"""Proofs that anybody can verify offline (C2SP tlog-proof): where an entry stands, its path, and the checkpoint."""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import Hash, ReadNode, leaf_hash, prove_inclusion, verify_inclusion
from audit.tlog.note import Malformed, VerifierKey
from audit.tlog.tiles import SIZE

HEAD: Final = "c2sp.org/tlog-proof@v1"
INDEX: Final = re.compile("index (0|[1-9][0-9]{0,18})")
EXTRA: Final = "extra "
LONGEST: Final = 63
"""Hashes of a path."""


@dataclass(frozen=True)
class Proof:
    """Of one entry; `note` is the signed checkpoint, as it was published."""

    index: int
    path: Sequence[Hash]
    note: bytes


def proved(read: ReadNode, index: int, checkpoint: Checkpoint, note: bytes) -> bytes:
    """The proof of the entry at `index` as a file; ValueError if the checkpoint does not cover it."""
    path = prove_inclusion(read, index, checkpoint.size)
    lines = [HEAD, f"index {index}", *(base64.b64encode(each).decode() for each in path), "", ""]
    return "\n".join(lines).encode() + note


def read_proof(raw: bytes) -> Proof:
    """`Malformed` if it is none. Extra data is nothing that anybody signed, and is left out."""
    head, split, note = raw.partition(b"\n\n")
    first, *lines = head.decode("ascii", "replace").split("\n")
    if lines and lines[0].startswith(EXTRA):
        _decoded(lines.pop(0).removeprefix(EXTRA))
    index = INDEX.fullmatch(lines[0]) if lines else None
    if not split or first != HEAD or not index or len(lines) > LONGEST + 1:
        raise Malformed("a proof is: its format, index NUMBER, the path, a blank line, the checkpoint")
    return Proof(int(index[1]), [_hash(line) for line in lines[1:]], note)


def verify_proof(raw: bytes, entry: bytes, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint under which the entry stands; `Malformed`, `Unverified` or `NotProved` if that is not so."""
    proof = read_proof(raw)
    checkpoint, _ = opened(proof.note, keys)
    facts = {"leaf": leaf_hash(entry), "root": checkpoint.root}
    verify_inclusion(proof.path, index=proof.index, size=checkpoint.size, **facts)
    return checkpoint


def _hash(line: str) -> Hash:
    hashed = _decoded(line)
    if len(hashed) != SIZE:
        raise Malformed("a line of the path is no hash")
    return hashed


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed("it is not base64") from None
