"""What is promised of an entry when it is stored, and what proves it once a published checkpoint covers it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.evidence import CHECKPOINT
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import ReadNode, leaf_hash
from audit.tlog.note import Signer, VerifierKey
from audit.tlog.proof import proved
from audit.tlog.receipt import receipt
from audit.tlog.tiles import Read, nodes_in
from store.log import Recorded


@dataclass(frozen=True)
class Published:
    """A checkpoint as it was published, with the tree that it is of."""

    note: bytes
    checkpoint: Checkpoint
    node: ReadNode

    def proof(self, index: int) -> bytes | None:
        """Of the entry at that index (C2SP tlog-proof); None if the checkpoint does not cover it yet."""
        return proved(self.node, index, self.checkpoint, self.note) if index < self.checkpoint.size else None


@dataclass(frozen=True)
class Proving:
    """What a desk proves its log with."""

    key: VerifierKey
    signer: Signer | None
    """None where the key of the log is not at hand: then nothing is promised."""
    read: Read
    """The files of the evidence."""
    unsigned: Path | None = None
    """A file that is there while the log is not signed: nothing is promised then."""

    def receipt(self, recorded: Recorded[Any]) -> str | None:
        """The promise that the entry of this event will be in the log; None while nothing can be promised."""
        if self.signer is None or (self.unsigned and self.unsigned.exists()):
            return None
        return receipt(self.signer, leaf_hash(recorded.raw), recorded.envelope.rec).decode()

    def published(self) -> Published | None:
        """The newest checkpoint; None before the first. `Unverified` if it is not of this log."""
        try:
            note = self.read(CHECKPOINT)
        except FileNotFoundError:
            return None
        checkpoint, _ = opened(note, [self.key])
        return Published(note, checkpoint, nodes_in(self.read, checkpoint.size))
