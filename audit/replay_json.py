"""A replay for programs: instants and durations in milliseconds, nothing rounded, nothing translated."""

from typing import Any

import msgspec

from audit.replay import Reckoned, Replay, Unknown
from audit.then import Then
from domain.event import Sealed
from domain.ticket import Event
from projections.ticket import INTERNAL, STATE
from store.log import Recorded
from store.sealing import Erased, Unreadable


def values(replay: Replay, then: Then) -> dict[str, Any]:
    """The replay as plain values; every text with its state: `readable`, `erased` or `unreadable`."""
    shown = {
        "reference": replay.ticket.reference,
        "as_of": replay.as_of,
        "asserted": replay.asserted,
        "ticket": {name: getattr(replay.ticket, name) for name in (*STATE, "awaits_acceptance")},
        "imported": replay.imported,
        "next_act": replay.next_act,
        "clocks": [_clock(each) for each in replay.clocks],
        "verdicts": replay.verdicts,
        "conversation": [_entry(number, each, then) for number, each in replay.said],
        "trail": [_event(number, each) for number, each in enumerate(replay.past, start=1)],
    }
    plain: dict[str, Any] = msgspec.to_builtins(shown, order="deterministic")
    return plain


def _clock(clock: Reckoned | Unknown) -> dict[str, Any]:
    reckoned = {"clock": clock.run.clock, "instance": clock.run.instance, "started": clock.run.started}
    reckoned |= {"stopped": clock.run.stopped}
    if isinstance(clock, Unknown):
        return {**reckoned, "unknown": clock.ended.facts}
    return {**reckoned, "standing": clock.standing, **vars(clock.explanation)}


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


def _event(number: int, recorded: Recorded[Event]) -> dict[str, Any]:
    envelope = recorded.envelope
    told = {"event": number, "position": recorded.position, "name": envelope.name, "at": recorded.event.at}
    return {**told, "rec": envelope.rec, "source": envelope.source, "by": getattr(recorded.event, "by", None)}
