"""Whether every erasure took what it says it took, and nothing else: counted again in the log itself."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.erasure import ErasureCompleted, ErasureKeysDestroyed, ErasureRequested, ErasureTextsChosen
from domain.event import Address, Id
from store.erased import NEVER, digest_of_all
from store.log import Stored


class Gone(NamedTuple):
    """A text that is erased, and the digests that are left of its event."""

    position: int
    stream: Id
    section: str
    owner: Id
    digests: frozenset[str]


@dataclass
class Erasures:
    """What is erased and belongs to no erasure yet, and what the erasures say; see `store.erased` for what is whose."""

    by_owner: dict[Id, set[Gone]] = field(default_factory=lambda: defaultdict(set))
    by_ticket: dict[Id, set[Gone]] = field(default_factory=lambda: defaultdict(set))
    requested: dict[Id, tuple[int, ErasureRequested]] = field(default_factory=dict)
    expired: dict[Id, int] = field(default_factory=dict)
    """Tickets without texts, each with the position at which that was requested."""
    emptied: dict[Id, list[Stored]] = field(default_factory=lambda: defaultdict(list))
    """Events with texts that were deleted, by their stream."""
    found: dict[Id, tuple[int, str]] = field(default_factory=dict)
    """By erasure: how many texts are gone, and the digest of their digests."""
    told: list[tuple[Stored, ErasureKeysDestroyed | ErasureTextsChosen | ErasureCompleted]] = field(
        default_factory=list
    )

    def follow(self, stored: Stored, event: Any, erased: Collection[Address], left: Collection[str]) -> None:
        """Take in an event; `erased` are its erased texts, `left` the digests that stand alone."""
        for each in erased:
            self._keep(Gone(stored.position, stored.stream, each.section, each.owner, frozenset(left)))
        if any(section.is_deleted for section in stored.sections):
            self.emptied[stored.stream].append(stored)
        match event:
            case ErasureRequested():
                self.requested[stored.stream] = stored.position, event
                self.expired |= dict.fromkeys(event.tickets, stored.position)
            case ErasureKeysDestroyed() | ErasureTextsChosen():
                self._count(stored.stream, event)
                self.told.append((stored, event))
            case ErasureCompleted():
                self.told.append((stored, event))
            case _:
                pass

    def wrong(self, head: int) -> Iterator[tuple[Stored, str]]:
        """Events that say something else than the log up to a position, at which it was looked at first."""
        told = [(stored, said) for stored, said in self.told if stored.position <= head]
        completed = {stored.stream for stored, said in told if isinstance(said, ErasureCompleted)}
        for stored, said in told:
            is_over = stored.stream in completed or isinstance(said, ErasureKeysDestroyed)
            texts, digest = self.found.get(stored.stream, (0, digest_of_all([])))
            if is_over and (said.sections, said.digest) != (texts, digest):
                yield stored, f"it says that {said.sections} texts were erased; the log is without {texts}, or others"
        for stream in self.emptied.keys() - self.expired.keys():
            yield from ((each, "its text was deleted, and no erasure says so") for each in self.emptied[stream])

    def _count(self, stream: Id, said: ErasureKeysDestroyed | ErasureTextsChosen) -> None:
        """What is counted now no later erasure counts."""
        position, asked = self.requested[stream]
        if isinstance(said, ErasureTextsChosen):
            found = [each for ticket in asked.tickets for each in self.by_ticket[ticket] if each.position <= position]
        else:
            theirs = [each for owner in asked.identities for each in self.by_owner[owner]]
            found = [each for each in theirs if each.position <= said.until < self.expired.get(each.stream, NEVER)]
        self.found[stream] = len(found), digest_of_all(frozenset().union(*(each.digests for each in found)))
        for each in found:
            self._drop(each)

    def _keep(self, gone: Gone) -> None:
        self.by_owner[gone.owner].add(gone)
        self.by_ticket[gone.stream].add(gone)

    def _drop(self, gone: Gone) -> None:
        self.by_owner[gone.owner].discard(gone)
        self.by_ticket[gone.stream].discard(gone)
