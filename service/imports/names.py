"""The ids of what a log names: the same name leads to the same stream, however often it is imported."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Final

from domain.event import Id
from domain.reference import COUNT, reference
from store.names import Naming

SOURCE: Final = "servicenow"
LINE: Final = "imported"
"""The line of all imported teams: the log knows groups, but no lines."""
NO_GROUP: Final = "no-group"
KEY_LENGTH: Final = 64


@dataclass(frozen=True)
class Names:
    """Ids for one organisation: another one may have incidents of the same numbers, and other people."""

    name: Naming
    key: str

    @property
    def organisation(self) -> Id:
        return self.name("organisation", self.key)

    @property
    def contract(self) -> Id:
        return self.name("contract", SOURCE, self.key)

    def person(self, said: str) -> Id:
        return self.name("person", SOURCE, self.key, written(said))

    def ticket(self, number: str) -> Id:
        return self.name("ticket", SOURCE, self.key, number)

    def message(self, number: str, row: int) -> Id:
        return self.name("message", SOURCE, self.key, number, str(row))

    def references(self, number: str) -> Iterator[str]:
        """References to try for a ticket, in the same order each time."""
        drawn = (self.name("reference of", SOURCE, self.key, number, str(attempt)) for attempt in count())
        return (reference(int(each, 16) % COUNT) for each in drawn)


def written(said: str) -> str:
    """A name without what only looks different."""
    return " ".join(said.split())


def team_of(group: str | None) -> str:
    """The key of the team that stands for a group: `Group 56` is `group-56`."""
    if group is None:
        return NO_GROUP
    key = re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-")
    # Whatever a key cannot hold tells groups apart all the same.
    is_whole = group.isascii() and len(key) <= KEY_LENGTH and key not in ("", NO_GROUP)
    return key if is_whole else f"group-{sha256(group.encode()).hexdigest()[:16]}"
