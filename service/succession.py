"""The successor of a log that cannot be signed any more: the same events under another name, with another key.

What is known of the former log is stated in the log itself, by the entry that gives it its new name.
"""

import base64
import json
from dataclasses import dataclass
from typing import Final

from audit.evidence import CHECKPOINT, Folder
from audit.kept import Kept, kept_of
from audit.sequencer import Forked, Sequencer
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import EMPTY
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key
from audit.tlog.succession import endorsed
from domain import desk as decisions
from domain.desk import DeskLogSucceeded, Ending
from service.aside import next_key, put_aside
from service.evidence import advance, folder_of, log_of, sequencer_of
from service.key_files import signer_of
from service.settings import Misconfigured, Settings
from store.desk import Desk
from store.streams import Command

UNREADABLE: Final = (
    "no checkpoint of {origin} can be read: put the newest one that anybody has at {path}; what was signed has to be "
    "known before the log goes on under another name"
)
NOTHING_LOST: Final = "nothing is lost: the log holds all {size} entries that were signed"


class NotNeeded(Exception):
    """The log need not go on under another name, or not yet; and why."""


@dataclass(frozen=True)
class Plan:
    """What is about to be stated."""

    because: Ending
    why: str
    """What hinders the log from going on as it is."""
    former: Checkpoint
    """The newest one of the former log that is known."""
    kept: Kept
    origin: str
    """Of the log to come."""

    @property
    def lost(self) -> int:
        """Entries of the former log that the log does not hold any more."""
        return self.former.size - self.kept.count


def plan(settings: Settings, desk: Desk, because: Ending) -> Plan:
    """What there is to be stated. `NotNeeded` if the log can go on, or if the reason does not hold."""
    why, state = _hindrance(settings, desk, because), log_of(desk)
    known, read = _known(settings, read_key(state.log_key)), Folder(folder_of(settings)).read
    found = [(each, kept_of(desk.log, read, each, known)) for each in known]
    former, kept = max(found, key=lambda each: (each[1].count < each[0].size, each[0].size))
    if because is Ending.KEY_COMPROMISED and state.logs > 1 and not former.size:
        raise NotNeeded(f"nothing is signed as {state.origin} yet: run `glasno audit sign`")
    if because is Ending.LOSS and kept.count == former.size:
        raise NotNeeded(f"{NOTHING_LOST.format(size=former.size)}; what hinders it: {why}")
    return Plan(because, why, former, kept, state.next_origin)


def succeed(settings: Settings, desk: Desk, planned: Plan) -> DeskLogSucceeded:
    """State it, and put aside what is former. From the entry on the new key is in force, and no other one."""
    state, former = log_of(desk), planned.former
    said = DeskLogSucceeded(
        at=desk.now(),
        number=state.logs + 1,
        because=planned.because,
        former_origin=state.origin,
        former_key=state.log_key,
        former_size=former.size,
        former_root=base64.b64encode(former.root).decode(),
        kept=planned.kept.count,
        proof=tuple(base64.b64encode(each).decode() for each in planned.kept.proof),
        origin=planned.origin,
        log_key=signer_of(planned.origin, next_key(settings)).key.text,
        endorsement="",
    )
    if planned.because is Ending.LOSS:
        said = endorsed(said, signer_of(state.origin, settings.log_key))
    desk.founding.act(Command(desk.new_id()), desk.stream, decisions.succeed, said)
    put_aside(settings, desk, folder_of(settings))
    return said


def _hindrance(settings: Settings, desk: Desk, because: Ending) -> str:
    """Why the log cannot be signed; `NotNeeded` if it can be, or if it is for another reason."""
    try:
        sequencer = sequencer_of(settings, desk)
    except Misconfigured as fault:
        if because is Ending.LOSS:
            raise NotNeeded(f"{fault}; if nobody has it any more: --because key_lost") from None
        return str(fault)
    if because is Ending.KEY_LOST:
        raise NotNeeded(f"{settings.log_key} is there, and it is the key of this log")
    return _refusal(desk, sequencer) if because is Ending.LOSS else "its key is not to be trusted any more"


def _refusal(desk: Desk, sequencer: Sequencer) -> str:
    try:
        size = advance(desk, sequencer)
    except Forked as fault:
        return str(fault)
    raise NotNeeded(f"{NOTHING_LOST.format(size=size)}, and it was signed just now")


def _known(settings: Settings, key: VerifierKey) -> list[Checkpoint]:
    """What is known to have been signed: what the desk remembers, and what is published."""
    evidence, memory = folder_of(settings) / CHECKPOINT, settings.data_dir / "log.signed"
    there = [path for path in (memory, evidence) if path.exists()]
    known = []
    for path in there:
        try:
            note = json.loads(path.read_bytes())["note"].encode() if path == memory else path.read_bytes()
            known.append(opened(note, [key])[0])
        except (AttributeError, KeyError, Malformed, TypeError, Unverified, ValueError):
            continue
    if there and not known:
        raise NotNeeded(UNREADABLE.format(origin=key.name, path=evidence))
    return known or [Checkpoint(key.name, 0, EMPTY)]
