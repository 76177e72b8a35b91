"""The evidence of this desk: where it is, and the worker that takes in what is new and signs it."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from math import inf
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final, TypeAlias

from audit.evidence import CHECKPOINT, Folder
from audit.proving import Proving
from audit.sequencer import ROUND, Forked, Sequencer
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.note import Signer, read_key
from audit.tlog.policy import Policy, read_policy
from domain.desk import Desk as Named
from domain.instant import SECOND, Instant
from monitoring import metrics
from service.aside import put_aside
from service.cosigning import Cosigning
from service.key_files import signer_of
from service.settings import Misconfigured, Settings
from store.desk import Desk

CADENCE: Final = 10.0
"""Seconds between two signatures, at the least."""
LOOK: Final = 1.0
"""Seconds between two looks for something new."""
AGAIN: Final = 600.0
"""Seconds until a log that must not be signed is read again, all of it perhaps, although no file beside it changed."""

LOGGER: Final = logging.getLogger("glasno.evidence")

Leading: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Holds off whoever would sign in our place; raises `Superseded` if somebody does already."""


def folder_of(settings: Settings) -> Path:
    """Where the files are that the site publishes."""
    return settings.data_dir / "evidence"


def unsigned_of(settings: Settings) -> Path:
    """The file that is there while the log is not signed, and says why: every process of the desk sees it."""
    return settings.data_dir / "log.unsigned"


def log_of(desk: Desk) -> Named:
    """What the name of the log is, and with which key it is signed: as it was founded, or as it goes on since."""
    return desk.founding.load(desk.stream)[0]


def published(settings: Settings, desk: Desk) -> tuple[bytes, Checkpoint] | None:
    """The newest checkpoint, as a signed note and as what it says; `Unverified` if it is not of this log."""
    try:
        note = Folder(folder_of(settings)).read(CHECKPOINT)
    except FileNotFoundError:
        return None
    return note, opened(note, [read_key(log_of(desk).log_key)])[0]


def proving_of(settings: Settings, desk: Desk) -> Proving:
    """What receipts and proofs are made with. Without the key of the log it promises nothing, and says so."""
    key, read = read_key(log_of(desk).log_key), Folder(folder_of(settings)).read
    try:
        return Proving(key, _signer_of(settings, desk), read, unsigned_of(settings))
    except Misconfigured as fault:
        LOGGER.warning("no receipts are given: %s", fault)
        return Proving(key, None, read)


def sequencer_of(settings: Settings, desk: Desk, leading: Leading = nullcontext) -> Sequencer:
    """The sequencer of the log; `Misconfigured` if its key is not there any more. For whoever works alone."""
    put_aside(settings, desk, folder_of(settings))
    memory, signer = settings.data_dir / "log.signed", _signer_of(settings, desk)
    return Sequencer(desk.log, folder_of(settings), memory, signer, leading)


def _signer_of(settings: Settings, desk: Desk) -> Signer:
    known = log_of(desk)
    if not settings.log_key.exists():
        raise Misconfigured(f"{settings.log_key} is gone: restore the key of the log from its backup")
    signer = signer_of(known.origin, settings.log_key)
    if signer.key.text != known.log_key:
        raise Misconfigured(f"{settings.log_key} is not the key of this log, {known.log_key}: restore its backup")
    return signer


def advance(desk: Desk, sequencer: Sequencer, progress: Callable[[int], None] = lambda _: None) -> int:
    """Sign round by round, until a round was not a whole one; how many entries are signed, told after each round."""
    signed = sequencer.signed
    size, before = signed.checkpoint.size if signed else 0, -ROUND
    while size - before >= ROUND:
        before, known = size, sequencer.advance(desk.now())
        size = known.checkpoint.size if known else 0
        progress(size)
    return size


def _cosigning(settings: Settings, desk: Desk) -> Cosigning:
    """Without a file of witnesses nobody is asked."""
    policy = read_policy(settings.witnesses.read_text()) if settings.witnesses else Policy()
    key = read_key(log_of(desk).log_key)
    for name, witness in policy.witnesses.items():
        if witness.public == key.public:
            raise Misconfigured(f"GLASNO_WITNESSES: {name} has the key of this log, which is not its own witness")
    return Cosigning(Folder(folder_of(settings)), key, policy)


def sign(settings: Settings, desk: Desk, progress: Callable[[int], None]) -> int:
    """Sign what is new, for whoever works alone; how many entries are signed then.

    Raises `Forked` or `Misconfigured`.
    """
    size = advance(desk, sequencer_of(settings, desk), progress)
    unsigned_of(settings).unlink(missing_ok=True)
    return size


class Signing:
    """Signs whatever is new, while `leading`. What must not be signed is told once, loudly, and looked at again."""

    def __init__(self, settings: Settings, desk: Desk, leading: Leading = nullcontext) -> None:
        self._settings = settings
        self._leading = leading
        self._desk = desk
        self._cosigning = _cosigning(settings, desk)
        self._sequencer: Sequencer | None = None
        self._told = ""
        self._refused: tuple[float, Sequence[int]] = -inf, ()
        """When that was, and since when the files were as they are."""
        self._since = -inf
        self._oldest: Instant | None = None
        """When the oldest event was stored that is under no checkpoint."""
        metrics.INTEGRITY_UNSIGNED_AGE.set_function(self._age)

    def run(self, stopping: Event) -> None:
        """Until told to stop; what was stored until then is signed. Before the first look nothing is promised."""
        if self._sequencer is None:
            unsigned_of(self._settings).write_text("the log was not looked at yet\n")
        while not stopping.is_set():
            if monotonic() - self._since >= CADENCE:
                self.look()
            else:
                self.watch()
            stopping.wait(LOOK)
        self.look()

    def close(self) -> None:
        """Tell nothing any more: another process may sign from now on."""
        self._sequencer = self._oldest = None

    def look(self) -> None:
        """Sign if there is something new. The first time in any case: the log may have been replaced meanwhile."""
        if self._is_refused_still():
            return
        try:
            sequencer = self._sequencer or sequencer_of(self._settings, self._desk, self._leading)
            if self._sequencer is None or sequencer.is_behind:
                self._see(sequencer)
                advance(self._desk, sequencer, self._progress)
                self._see(sequencer)
                self._since = monotonic()
                unsigned_of(self._settings).unlink(missing_ok=True)
                self._cosigning.cosign()
        except (Forked, Misconfigured) as fault:
            self._refuse(str(fault))
        else:
            self._sequencer, self._told, self._refused = sequencer, "", (-inf, ())
            metrics.INTEGRITY_FORKED.set(0)

    def watch(self) -> None:
        """Between two signatures: notice since when something waits for the next one."""
        with suppress(Forked):
            if self._sequencer and self._oldest is None and self._sequencer.is_behind:
                self._see(self._sequencer)

    def _is_refused_still(self) -> bool:
        at, changed = self._refused
        return monotonic() - at < AGAIN and changed == self._changed()

    def _changed(self) -> Sequence[int]:
        """When each file was that decides whether the log may be signed."""
        folder, settings = folder_of(self._settings), self._settings
        files = settings.data_dir / "log.signed", settings.log_key, folder, folder / CHECKPOINT
        return [each.stat().st_mtime_ns if each.exists() else 0 for each in files]

    def _refuse(self, why: str) -> None:
        self._sequencer, self._since, self._refused = None, monotonic(), (monotonic(), self._changed())
        unsigned_of(self._settings).write_text(f"{why}\n")
        metrics.INTEGRITY_FORKED.set(1)
        if why != self._told:
            LOGGER.error("the log is not signed any more: %s", why)
        self._told = why

    def _progress(self, size: int) -> None:
        if size % ROUND == 0 and size:
            LOGGER.warning("%s entries of a long log are signed; it goes on", size)

    def _see(self, sequencer: Sequencer) -> None:
        """What the metrics tell: nothing is asked when they are read, for the database may be away then."""
        signed = sequencer.signed
        metrics.INTEGRITY_TREE_SIZE.set(signed.checkpoint.size if signed else 0)
        metrics.INTEGRITY_SIGNED_AT.set(signed.at / SECOND if signed else 0)
        unsigned = self._desk.log.read_all(after=signed.position if signed else 0, limit=1)
        self._oldest = unsigned[0].envelope.rec if unsigned else None

    def _age(self) -> float:
        return 0 if self._oldest is None else max(0, self._desk.now() - self._oldest) / SECOND
