"""A replay for programs: instants and durations in milliseconds, nothing rounded, nothing translated."""

import base64
from typing import Any

import msgspec

from audit.replay import Reckoned, Replay, Unknown
from audit.replay_proofs import Evidence, Logged
from audit.then import Then
from domain.deadline import Segment
from domain.event import Sealed
from domain.ticket import Event
from projections.ticket import CHOSEN, INTERNAL, PLAIN
from store.log import Recorded
from store.sealing import Erased, Unreadable


def values(replay: Replay, then: Then, evidence: Evidence) -> dict[str, Any]:
    """The replay as plain values; every text with its state: `readable`, `erased` or `unreadable`."""
    trail = zip(replay.past, evidence.entries, strict=True)
    shown = {
        "reference": replay.ticket.reference,
        "as_of": replay.as_of,
        "asserted": replay.asserted,
        "ticket": {
            name: getattr(replay.ticket, name) for name in (*PLAIN, *CHOSEN, "awaits_acceptance", "texts_expired_at")
        },
        "imported": replay.imported,
        "next_act": replay.next_act,
        "clocks": [_clock(each) for each in replay.clocks],
        "verdicts": [each._asdict() for each in replay.verdicts],
        "conversation": [_entry(number, each, then) for number, each in replay.said],
        "trail": [_event(number, each, logged) for number, (each, logged) in enumerate(trail, start=1)],
        "evidence": _evidence(evidence),
    }
    plain: dict[str, Any] = msgspec.to_builtins(shown, order="deterministic")
    return plain


def _clock(clock: Reckoned | Unknown) -> dict[str, Any]:
    reckoned = {"clock": clock.run.clock, "instance": clock.run.instance, "started": clock.run.started}
    reckoned |= {"stopped": clock.run.stopped}
    if isinstance(clock, Unknown):
        return {**reckoned, "unknown": clock.ended.facts}
    segments = [_segment(each) for each in clock.explanation.segments]
    return {**reckoned, "standing": clock.standing, **vars(clock.explanation), "segments": segments}


def _segment(segment: Segment) -> dict[str, Any]:
    return {**vars(segment), "calendar": segment.calendar._asdict() if segment.calendar else None}


def _entry(number: int, recorded: Recorded[Event], then: Then) -> dict[str, Any]:
    said = recorded.event
    entry = {"event": number, "what": recorded.envelope.name, "at": said.at, "by": getattr(said, "by", None)}
    return {**entry, "internal": isinstance(said, INTERNAL), "text": _text(getattr(said, "text", None), then)}


def _text(sealed: Sealed | None, then: Then) -> dict[str, Any] | None:
    match None if sealed is None else then.text(sealed):
        case None:
            return None
        case Erased():
            return {"state": "erased"}
        case Unreadable(why):
            return {"state": "unreadable", "why": why}
        case text:
            return {"state": "readable", "parts": dict(text)}


def _event(number: int, recorded: Recorded[Event], logged: Logged) -> dict[str, Any]:
    envelope = recorded.envelope
    told = {"event": number, "position": recorded.position, "name": envelope.name, "at": recorded.event.at}
    told |= {"rec": envelope.rec, "source": envelope.source, "by": getattr(recorded.event, "by", None)}
    return told | {"logged": vars(logged)}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    """`checkpoint` is None before the first one."""
    counted = {"key": evidence.key.text, "proven": evidence.proven, "altered": evidence.altered}
    if (signed := evidence.checkpoint) is None:
        return {**counted, "checkpoint": None}
    root = base64.b64encode(signed.root).decode()
    told = {"origin": signed.origin, "size": signed.size, "root": root, "signed_at": evidence.signed_at}
    return {**counted, "checkpoint": told}
