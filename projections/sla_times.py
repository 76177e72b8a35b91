"""The times that the decided clocks of a month took, in ascending order and without reading them all.

Counts by bucket tell in which bucket a rank lies; only what lies in that one is sorted.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, overload

from sqlalchemy import Connection, Select, select, tuple_

from domain.classification import Class
from domain.instant import Duration
from domain.policy import Clock
from projections.buckets import bounds
from projections.sla import CLOCKS, is_decided
from projections.span import spanning


class Place(NamedTuple):
    """Where the times are read."""

    connection: Connection
    position: int
    month: str
    clock: Clock
    level: str


@dataclass(frozen=True, eq=False)
class Times(Sequence[Duration]):
    """Those of some classes; as a sequence it is ascending."""

    place: Place
    counts: Mapping[Class, Mapping[int, int]]
    """How many of each class lie in each bucket."""

    def __len__(self) -> int:
        return sum(self._buckets.values())

    def __iter__(self) -> Iterator[Duration]:
        return iter(self.place.connection.execute(self._ascending).scalars().all())

    @overload
    def __getitem__(self, rank: int) -> Duration: ...

    @overload
    def __getitem__(self, rank: slice) -> Sequence[Duration]: ...

    def __getitem__(self, rank: int | slice) -> Duration | Sequence[Duration]:
        if isinstance(rank, slice):
            return tuple(self)[rank]
        left = range(len(self))[rank]
        for bucket, count in sorted(self._buckets.items()):
            if left < count:
                return self._within(bucket, left)
            left -= count
        raise IndexError(rank)

    def _within(self, bucket: int, rank: int) -> Duration:
        shortest, beyond = bounds(bucket)
        inside = self._ascending.where(CLOCKS.c.used >= shortest, CLOCKS.c.used < beyond)
        return int(self.place.connection.execute(inside.offset(rank).limit(1)).scalar_one())

    @cached_property
    def _buckets(self) -> Mapping[int, int]:
        """How many of all classes lie in each bucket."""
        together = Counter[int]()
        for counts in self.counts.values():
            together.update(counts)
        return together

    @cached_property
    def _ascending(self) -> Select[Any]:
        classes = sorted((kind.value, priority.value) for kind, priority in self.counts)
        counted = (
            *(CLOCKS.c.month == self.place.month, CLOCKS.c.published, spanning(CLOCKS, self.place.position)),
            *(CLOCKS.c.clock == self.place.clock.value, CLOCKS.c.level == self.place.level),
            *(is_decided(), CLOCKS.c.used.is_not(None), tuple_(CLOCKS.c.kind, CLOCKS.c.priority).in_(classes)),
        )
        return select(CLOCKS.c.used).where(*counted).order_by(CLOCKS.c.used)


def together(parts: Collection[Sequence[Duration]]) -> Sequence[Duration]:
    """The times of several classes; those that are read lazily are of one clock and level."""
    lazy = [part for part in parts if isinstance(part, Times)]
    if len(lazy) < len(parts) or len({part.place for part in lazy}) != 1:
        return tuple(sorted(chain.from_iterable(parts)))
    return Times(lazy[0].place, {each: counts for part in lazy for each, counts in part.counts.items()})
