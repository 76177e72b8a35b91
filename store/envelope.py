"""The envelope: the small canonical JSON that stands in the log for ever, and what is sealed beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.canonical import canonical
from domain.event import Id, Source
from domain.instant import Instant
from store.codec import Parts
from store.keys import Key
from store.sealing import FACTS, Sealer
from store.section import Section

SIZE_LIMIT: Final = 65_535
"""Bytes: an entry of a C2SP tlog-tiles bundle has a length of 16 bits."""


class TooLarge(ValueError):
    """An envelope beyond 65,535 bytes cannot be logged: split the event."""


@dataclass(frozen=True)
class Envelope:
    """What every event carries beside its own fields.

    `rec` is when it was stored and never decreases within a stream; `number` counts the stream's clear events without
    gaps and `pseudonym` stands for the stream in public (both absent when the event is opaque).
    """

    name: str
    shape: int
    at: Instant
    rec: Instant
    source: Source
    command: Id
    pseudonym: str | None = None
    number: int = 0

    def numbered(self, pseudonym: str, number: int) -> "Envelope":
        """The same in clear."""
        return replace(self, pseudonym=pseudonym, number=number)


def sealed(
    envelope: Envelope, parts: Parts, stream: UUID, version: int, *, sealer: Sealer, keys: Mapping[Id, Key]
) -> tuple[bytes, list[Section]]:
    """The envelope's bytes and the sections they commit to; `keys` has the key of every owner of content."""
    clear = [
        sealer.disclose(stream, version, FACTS, sealer.keys.desk, _facts(envelope, parts, stream)),
        *(
            sealer.disclose(stream, version, name, keys[content.owner], dict(content.text))
            for name, content in parts.contents.items()
        ),
    ]
    raw = canonical(_public(envelope, parts, sorted(each.digest for each in clear)))
    if len(raw) > SIZE_LIMIT:
        raise TooLarge(f"{envelope.name}: an envelope of {len(raw)} bytes; {SIZE_LIMIT} at the most")
    return raw, [sealer.seal(each, raw) for each in clear]


def unsealed(raw: bytes, facts: Mapping[str, Any]) -> tuple[Envelope, dict[str, Any]]:
    """The envelope and all plain values of the event, whose seal says that nobody altered these bytes."""
    public = msgspec.json.decode(raw)
    told = public if "ty" in public else facts
    envelope = Envelope(
        told["ty"], public["v"], told["at"], told["rec"], Source(told["src"]), facts["cmd"], public.get("tk"),
        public.get("sv", 0),
    )  # fmt: skip
    return envelope, {**facts, **public}


def _public(envelope: Envelope, parts: Parts, digests: list[str]) -> dict[str, Any]:
    """Opaque: digests only. Clear: who reads it learns what the formulas read."""
    opaque = {"_sd": digests, "v": envelope.shape}
    if not envelope.number:
        return opaque
    counted = {"tk": envelope.pseudonym, "sv": envelope.number}
    return {**opaque, **parts.public, **_told(envelope), **counted}


def _facts(envelope: Envelope, parts: Parts, stream: UUID) -> dict[str, Any]:
    known = {**parts.facts, "cmd": envelope.command}
    return known if envelope.number else {**known, **parts.public, **_told(envelope), "id": stream.hex}


def _told(envelope: Envelope) -> dict[str, Any]:
    return {"ty": envelope.name, "at": envelope.at, "rec": envelope.rec, "src": envelope.source.value}
