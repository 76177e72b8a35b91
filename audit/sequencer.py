"""The sequencer: takes every envelope into the transparency log, in the order in which it was stored, and signs.

What was signed is stored beside the log before it is published (C2SP tlog-checkpoint: never sign what contradicts an
earlier checkpoint). A log that does not hold any more what was signed, because an older copy took its place, is not
signed again: that would be another history under the same name.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from audit.evidence import CHECKPOINT, Folder, Writer, empty, superseded, writer_at
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import Edge, leaf_hash, root_of
from audit.tlog.note import Malformed, Signer, Unverified, signed
from audit.tlog.tiles import BrokenTile, nodes_in
from domain.instant import Instant
from store.log import Log

ROUND: Final = 65_536
"""Entries in one round: what was taken in is not taken in again after a crash."""
RUNBOOK: Final = "docs/runbooks/restore.md"


class Forked(Exception):
    """The log is not the one that was signed: nothing is signed until somebody has looked at it."""


class Overtaken(Exception):
    """Another process has signed more meanwhile: its checkpoint stands."""


@dataclass(frozen=True)
class Signed:
    """The newest checkpoint that was signed."""

    note: bytes
    checkpoint: Checkpoint
    position: int
    """Of its last entry in the log; 0 if the log does not have that many any more."""
    at: Instant
    """0 if that is not known any more."""


class Sequencer:
    """Keeps the evidence in `folder`, and in `memory` (a file beside the log) what was signed last.

    What is signed is made known while `leading`, which raises an exception if another process leads.
    """

    def __init__(
        self,
        log: Log,
        folder: Path,
        memory: Path,
        signer: Signer,
        leading: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._log = log
        self._leading = leading
        self._folder = Folder(folder)
        self._memory = memory
        self._signer = signer
        self._writer: Writer | None = None

    @property
    def signed(self) -> Signed | None:
        """What was signed last; None before the first time."""
        try:
            told = json.loads(self._memory.read_bytes())
            note = told["note"].encode()
            return Signed(note, self._opened(note, self._memory), told["position"], told["at"])
        except FileNotFoundError:
            return None
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Forked(f"{self._memory} cannot be read; see {RUNBOOK}") from None

    @property
    def is_behind(self) -> bool:
        """Whether the log ends elsewhere than the newest checkpoint: also before it, if an older copy is back."""
        known = self.signed
        return self._log.head() != (known.position if known else 0)

    def advance(self, at: Instant) -> Signed | None:
        """Take in what is new, a round of it at the most, and sign; what stands then.

        Raises `Forked`, `Overtaken`, or what `leading` raises.
        """
        known = self._newest()
        size, position = (known.checkpoint.size, known.position) if known else (0, 0)
        # A round that fails in the middle leaves nothing that the next one could build on but the files.
        writer, self._writer = self._writer, None
        if writer is None or writer.size != size:
            writer = self._resumed(known)
        if known:
            self._demand_goes_on(known)
        for position, envelope in islice(self._news(known), ROUND):  # noqa: B007 -- the last one is meant
            writer.append(envelope)
        if writer.size > size:
            known = self._sign(writer, known, position, at)
        elif known:
            self._make_known(known)
        self._writer = writer
        return known

    def _newest(self) -> Signed | None:
        """What was signed last, or what was published if that is newer: then an older copy of `memory` is back."""
        known, published = self.signed, self._published()
        if published is None or (known and published[1].size < known.checkpoint.size):
            return known
        note, checkpoint = published
        if known and checkpoint.size == known.checkpoint.size:
            if checkpoint != known.checkpoint:
                raise Forked(f"{self._memory} and the published checkpoint contradict each other; see {RUNBOOK}")
            return known
        position = next(islice(self._log.envelopes(), checkpoint.size - 1, None), (0, b""))[0]
        return Signed(note, checkpoint, position, 0)

    def _published(self) -> tuple[bytes, Checkpoint] | None:
        try:
            note = self._folder.read(CHECKPOINT)
        except FileNotFoundError:
            return None
        return note, self._opened(note, self._folder.path / CHECKPOINT)

    def _opened(self, note: bytes, path: Path) -> Checkpoint:
        try:
            return opened(note, [self._signer.key])[0]
        except (Malformed, Unverified) as fault:
            raise Forked(f"{path} is no checkpoint of this log ({fault}); see {RUNBOOK}") from None

    def _news(self, known: Signed | None) -> Iterator[tuple[int, bytes]]:
        """What follows the last entry, once that is still what was signed."""
        if known is None:
            yield from self._log.envelopes()
            return
        following = self._log.envelopes(after=known.position - 1)
        position, last = next(following, (0, b""))
        size = known.checkpoint.size
        if position != known.position or leaf_hash(last) != nodes_in(self._folder.read, size)(0, size - 1):
            raise Forked(
                f"the log does not hold any more what was signed up to position {known.position}: an older copy of it "
                f"was put in its place; see {RUNBOOK}"
            )
        yield from following

    def _resumed(self, known: Signed | None) -> Writer:
        """From the files, if they are those of what was signed; else anew from the log, which must lead to the same."""
        if known is None:
            return empty(self._folder.write)
        try:
            root = root_of(nodes_in(self._folder.read, known.checkpoint.size), known.checkpoint.size)
            if root == known.checkpoint.root:
                return writer_at(self._folder, known.checkpoint.size)
        except (OSError, BrokenTile):
            pass
        return self._again(known)

    def _again(self, known: Signed) -> Writer:
        """The root first: files of another history must not take the place of those that show what was signed."""
        edge, writer = Edge(), empty(self._folder.write)
        for _, envelope in islice(self._log.envelopes(), known.checkpoint.size):
            edge.append(leaf_hash(envelope))
        if (edge.size, edge.root) != (known.checkpoint.size, known.checkpoint.root):
            raise Forked(f"the log leads to another root than was signed; see {RUNBOOK}")
        for _, envelope in islice(self._log.envelopes(), known.checkpoint.size):
            writer.append(envelope)
        writer.flush()
        return writer

    def _demand_goes_on(self, known: Signed) -> None:
        """From what is published, too, which may be an older checkpoint that somebody else had kept."""
        published = self._published()
        if published is None or published[1].size >= known.checkpoint.size:
            return
        if root_of(nodes_in(self._folder.read, known.checkpoint.size), published[1].size) != published[1].root:
            raise Forked(f"{self._memory} and the published checkpoint contradict each other; see {RUNBOOK}")

    def _sign(self, writer: Writer, known: Signed | None, position: int, at: Instant) -> Signed:
        """Files first, then what was signed, then for all to see: after a crash each goes on from the one before."""
        writer.flush()
        checkpoint = Checkpoint(self._signer.name, writer.size, writer.root)
        new = Signed(signed(checkpoint.text, self._signer), checkpoint, position, at)
        self._folder.settle()
        self._make_known(new)
        for path in superseded(known.checkpoint.size, checkpoint.size) if known else ():
            self._folder.remove(path)
        return new

    def _make_known(self, known: Signed) -> None:
        """Of two processes that sign, one of which was stopped for a while, the older checkpoint takes no place."""
        with self._leading(), self._folder.alone():
            published, remembered = self._published(), self.signed
            sizes = published[1].size if published else 0, remembered.checkpoint.size if remembered else 0
            if max(sizes) > known.checkpoint.size:
                raise Overtaken(f"{max(sizes)} entries are signed, {known.checkpoint.size} were to be")
            self._remember(known)
            self._publish(known)

    def _remember(self, known: Signed) -> None:
        if known != self.signed:
            told = {"note": known.note.decode(), "position": known.position, "at": known.at}
            Folder(self._memory.parent).write_durably(self._memory.name, json.dumps(told).encode())

    def _publish(self, known: Signed) -> None:
        published = self._published()
        if published is None or published[1] != known.checkpoint:  # witnesses may have cosigned what is there
            self._folder.write_durably(CHECKPOINT, known.note)
