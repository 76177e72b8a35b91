"""What an erasure takes, counted before it is deleted; and which of two erasures a text belongs to.

A text is deleted with its author, or with the ticket that it stands on. It belongs to the erasure that was first in the
log: to its ticket's, if that was requested by the position up to which the author's texts were counted; else to the
author's. So every text is counted once, however the steps of the two fall together.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from domain.canonical import parse
from domain.erasure import ErasureRequested, ErasureStep
from domain.event import Address, Id
from domain.ticket.retention import TextsExpired
from store.desk import Desk
from store.log import Stored
from store.sealing import FACTS, digest_of
from store.section import Section

NEVER: Final = 2**62
"""A position that no log reaches."""


@dataclass(frozen=True)
class Sealed:
    """Texts: how many by event, and the digests by which the envelopes know them."""

    counts: Mapping[str, int]
    digest: str


class Undecided(Exception):
    """The keys of an author are being destroyed: it will soon be known which texts go with them."""


def sealed_under(desk: Desk, keys: Sequence[Id], until: int) -> Sealed:
    """What is sealed under these keys in the log up to a position, without what went with its ticket before."""
    counts: Counter[str] = Counter()
    digests: list[str] = []
    expired = cache(lambda stream: _expired_at(desk, stream))
    for stored in desk.log.under(keys, until):
        if expired(stored.stream) > until:
            counts[stored.topic] += sum(section.key_id in keys for section in stored.sections)
            digests += _alone(desk, stored, [each for each in stored.sections if each.key_id not in keys])
    return Sealed(dict(counts), digest_of_all(digests))


def sealed_on(desk: Desk, tickets: Sequence[Id], asked: int) -> Sealed:
    """What is sealed on tickets whose texts expired with the request at that position.

    Without what went with its author before. Raises `Undecided`.
    """
    found = [each for ticket in tickets for each in _with_texts(desk, ticket)]
    counted = _counted(desk, {owner for _, owners in found for owner in owners})
    counts: Counter[str] = Counter()
    digests: list[str] = []
    for stored, owners in found:
        if mine := sum(counted.get(owner, NEVER) > asked for owner in owners):
            counts[stored.topic] += mine
            digests += _alone(desk, stored, [each for each in stored.sections if each.name == FACTS])
    return Sealed(dict(counts), digest_of_all(digests))


def digest_of_all(digests: Collection[str]) -> str:
    """One digest of many, see `domain.erasure.ErasureKeysDestroyed`."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(digests)).encode()).hexdigest()


def addresses(event: Any) -> list[Address]:
    """The texts of an event."""
    return [each for each in vars(event).values() if isinstance(each, Address)]


def _expired_at(desk: Desk, stream: Id) -> int:
    """The position at which the texts of this ticket expired; far away of anything else."""
    past = desk.log.read(stream)
    return next((each.position for each in past if isinstance(each.event, TextsExpired)), NEVER)


def _with_texts(desk: Desk, ticket: Id) -> Iterator[tuple[Stored, list[Id]]]:
    """The events of a ticket with texts, as bytes, each with the owners of its texts."""
    for recorded, stored in zip(desk.log.read(ticket), desk.log.stored_of(ticket), strict=True):
        if texts := addresses(recorded.event):
            yield stored, [each.owner for each in texts]


def _counted(desk: Desk, owners: set[Id]) -> dict[Id, int]:
    """Of those whose keys are destroyed, the positions up to which their texts were counted."""
    erased = owners - set(desk.keys.not_erased(owners))
    counted: dict[Id, int] = {}
    for each in desk.log.erasures() if erased else ():
        assert isinstance(each.event, ErasureRequested)  # noqa: S101 -- so they were looked for
        if hit := erased.intersection(each.event.identities):
            state = desk.erasures.load(each.stream)[0]
            if state.step is ErasureStep.REQUESTED:
                raise Undecided(each.stream)
            counted |= {owner: min(state.until, counted.get(owner, NEVER)) for owner in hit}
    return counted


def _alone(desk: Desk, stored: Stored, others: Sequence[Section]) -> set[str]:
    """The digests in an envelope that nothing discloses but what is erased, whether it exists or not."""
    disclosed = [desk.sealer.disclosure(section, stored.envelope) for section in others]
    return set(parse(stored.envelope)["_sd"]) - {digest_of(each) for each in disclosed if each is not None}
