"""Whether every erasure took what it says it took, and nothing else: counted again in the log itself."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.erasure import ErasureCompleted, ErasureKeysDestroyed, ErasureRequested
from domain.event import Id
from store.erasing import digest_of_all
from store.log import Stored


@dataclass(frozen=True)
class Gone:
    """Texts of an event that are erased, and the digests that are left of them."""

    position: int
    texts: int
    digests: frozenset[str]


@dataclass
class Erasures:
    """What is erased, by owner, and what the erasures say."""

    gone: dict[Id, list[Gone]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[Id, tuple[Id, ...]] = field(default_factory=dict)
    counted: list[tuple[Stored, ErasureKeysDestroyed | ErasureCompleted]] = field(default_factory=list)
    until: dict[Id, int] = field(default_factory=dict)

    def follow(self, stored: Stored, event: Any, erased: Collection[Id], left: Collection[str]) -> None:
        """Take in an event; `erased` are the owners of its erased texts, `left` the digests that stand alone."""
        for owner in set(erased):
            self.gone[owner].append(Gone(stored.position, list(erased).count(owner), frozenset(left)))
        match event:
            case ErasureRequested():
                self.owners[stored.stream] = event.identities
            case ErasureKeysDestroyed():
                self.until[stored.stream] = event.until
                self.counted.append((stored, event))
            case ErasureCompleted():
                self.counted.append((stored, event))
            case _:
                pass

    def wrong(self) -> Iterator[tuple[Stored, str]]:
        """Events that say something else than the log."""
        for stored, said in self.counted:
            until = self.until.get(stored.stream, 0)
            found = [
                each
                for owner in self.owners.get(stored.stream, ())
                for each in self.gone[owner]
                if each.position <= until
            ]
            texts = sum(each.texts for each in found)
            digest = digest_of_all([digest for each in found for digest in each.digests])
            if (said.sections, said.digest) != (texts, digest):
                yield stored, f"it says that {said.sections} texts were erased; the log is without {texts}, or others"
