"""What proves that the events of a replay stand in the transparency log: the entry of each, and where it stands."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audit.proving import Published
from audit.replay_told import at
from audit.replay_words import say
from audit.then import Then
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import NotProved, leaf_hash
from audit.tlog.note import VerifierKey
from audit.tlog.proof import verify_proof
from audit.tlog.tiles import BrokenTile
from domain.instant import Instant
from store.log import Recorded


@dataclass(frozen=True)
class Logged:
    """The entry of one event."""

    index: int
    """In the transparency log, from 0 on."""
    entry: str
    """As it was logged: one line (`domain.canonical`)."""
    leaf: str
    """Its leaf hash (RFC 6962), in base64."""
    proof: str | None
    """C2SP tlog-proof; None while no checkpoint covers it."""
    altered: bool = False
    """A checkpoint covers it and does not prove it: entry or evidence is not what was signed."""


@dataclass(frozen=True)
class Evidence:
    """The entries of a ticket's events, in their order, and the checkpoint that they are proved by."""

    key: VerifierKey
    checkpoint: Checkpoint | None
    """None before the first."""
    signed_at: Instant | None
    """By the clock of the desk, as far as it is known; no checkpoint says it."""
    entries: Sequence[Logged]

    @property
    def proven(self) -> int:
        """How many stand in the log under the checkpoint."""
        return sum(each.proof is not None for each in self.entries)

    @property
    def altered(self) -> Sequence[int]:
        """The numbers of the events, from 1 on, that are not what was signed."""
        return [number for number, each in enumerate(self.entries, start=1) if each.altered]


def evidence(
    past: Sequence[Recorded[Any]],
    indexes: Sequence[int],
    key: VerifierKey,
    published: Published | None,
    signed_at: Instant | None,
) -> Evidence:
    """Of these events, which stand at these indexes of the log. What does not prove them is not handed out."""
    entries = [_logged(each, index, key, published) for each, index in zip(past, indexes, strict=True)]
    return Evidence(key, published.checkpoint if published else None, signed_at, entries)


@dataclass(frozen=True)
class ToldEntry:
    """An entry in words; `state` is `proven`, `waiting` or `altered`."""

    state: str
    heading: str
    facts: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    """What is to be copied to check it by hand: `entry` and `tlog-proof`."""


def told_evidence(known: Evidence, then: Then) -> list[str]:
    """How much is proved, and what contradicts what was signed."""
    events, altered = len(known.entries), known.altered
    if known.checkpoint is None:
        return [say(then.language, "nothing_signed", events=events)]
    signed = say(then.language, "signed_at", at=at(known.signed_at, then)) if known.signed_at else ""
    counted = {"proven": known.proven, "events": events, "size": known.checkpoint.size}
    wrong = [say(then.language, "altered", numbers=", ".join(map(str, altered)))] if altered else []
    return [say(then.language, "proven", signed=signed, **counted), *wrong]


def told_logged(logged: Logged, known: Evidence, then: Then) -> ToldEntry:
    """One entry."""
    state = "altered" if logged.altered else "proven" if logged.proof else "waiting"
    heading = say(then.language, "logged", index=logged.index, state=say(then.language, f"entry_{state}"))
    texts = [("entry", logged.entry), *([("tlog-proof", logged.proof)] if logged.proof else [])]
    return ToldEntry(state, heading, list(_facts(logged, known, then)), texts)


def _facts(logged: Logged, known: Evidence, then: Then) -> Iterator[tuple[str, str]]:
    yield say(then.language, "leaf"), logged.leaf
    if logged.proof and known.checkpoint:
        checkpoint = known.checkpoint
        root = base64.b64encode(checkpoint.root).decode()
        yield say(then.language, "checkpoint"), f"{checkpoint.origin}, {checkpoint.size}, {root}"
        if known.signed_at:
            yield say(then.language, "signed"), at(known.signed_at, then)


def _logged(recorded: Recorded[Any], index: int, key: VerifierKey, published: Published | None) -> Logged:
    known = index, recorded.raw.decode(), base64.b64encode(leaf_hash(recorded.raw)).decode()
    try:
        proof = published.proof(index) if published else None
        if proof is not None:
            verify_proof(proof, recorded.raw, [key])
    except (NotProved, BrokenTile, FileNotFoundError):
        return Logged(*known, None, altered=True)
    return Logged(*known, proof.decode() if proof else None)
