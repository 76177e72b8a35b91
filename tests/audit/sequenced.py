"""A log with its evidence, of which every checkpoint that is published is compared with all before it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from audit.evidence import CHECKPOINT, Folder
from audit.evidence_check import check_evidence
from audit.sequencer import Sequencer, Signed
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import prove_consistency, verify_consistency
from audit.tlog.tiles import nodes_in
from tests.audit.tlog.trees import LOG
from tests.store.notebook import Shelf

BOOK: Final = "1" * 32


@dataclass
class Scene:
    """A log, its evidence, and every checkpoint that was ever published."""

    shelf: Shelf
    path: Path
    published: list[Checkpoint] = field(default_factory=list)
    sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self.begin_again()

    @property
    def folder(self) -> Folder:
        return Folder(self.path / "evidence")

    @property
    def memory(self) -> Path:
        return self.path / "log.signed"

    def begin_again(self) -> None:
        self.sequencer = Sequencer(self.shelf.log, self.folder.path, self.memory, LOG)

    def write(self, number: int) -> None:
        self.shelf.write(BOOK, *(f"word {each}" for each in range(number)))

    def advance(self, at: int = 7) -> Signed:
        """Every checkpoint goes on from all the ones before it, and the files hold what the log holds."""
        known = self.sequencer.advance(at)
        assert known is not None
        assert self.folder.read(CHECKPOINT) == known.note
        new, read = known.checkpoint, nodes_in(self.folder.read, known.checkpoint.size)
        for old in self.published:
            roots = {"old_root": old.root, "new_root": new.root}
            proof = prove_consistency(read, old.size, new.size)
            verify_consistency(proof, old=old.size, new=new.size, **roots)
        self.published.append(new)
        assert check_evidence(self.shelf.log, self.folder, new) == []
        return known


def altered(scene: Scene, position: int) -> None:
    """An entry of a log in SQLite is another one."""
    changed(scene, "UPDATE stored_events SET state = CAST(state || ' ' AS BLOB) WHERE rowid = ?", position)


def changed(scene: Scene, statement: str, *values: object) -> None:
    """Behind the back of the desk."""
    with closing(sqlite3.connect(scene.path / "var/log.db", isolation_level=None)) as file:
        file.execute(statement, values)
