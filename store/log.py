"""The log: the only door to the `eventsourcing` library, and the one order of everything that ever happened.

An event is stored as an envelope (canonical JSON, never rewritten) and sealed sections. What is appended while a commit
is under way shares the next commit.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, starmap
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from domain.event import Address, Id, Shape, Source
from domain.instant import Instant
from store.asking import Asking
from store.codec import Codec, Parts
from store.committing import Committing, Rows
from store.envelope import Envelope, sealed, unsealed
from store.keys import Key
from store.look import FEW, end_look, look_ahead, looked
from store.recorder import Recorder, Row
from store.sealing import FACTS, Sealer, Tampered, Unsealed
from store.section import Section
from store.turns import Turns

E_co = TypeVar("E_co", covariant=True)

KNOWN: Final = 4_096
"""Streams whose ids are remembered as they are stored."""
LATELY: Final = 1_000
"""Events that are asked for again and again, and opened once."""
PAGE: Final = 500
"""Events read at a time: memory stays flat however long the log is."""


class Conflict(Exception):
    """Another append was faster: nothing was stored."""


@dataclass(frozen=True)
class Recorded(Generic[E_co]):
    """An event as it stands in the log."""

    position: int
    stream: Id
    version: int
    event: E_co
    envelope: Envelope
    raw: bytes = field(default=b"", repr=False)
    """The envelope as it was stored: an entry of the transparency log."""


@dataclass(frozen=True)
class Stored:
    """An event as its bytes: for whoever checks rather than reads."""

    position: int
    stream: Id
    version: int
    topic: str
    envelope: bytes
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Change:
    """What one stream gets: events after its last known one."""

    stream: Id
    past: Sequence[Recorded[Any]]
    events: Sequence[Any]
    published: bool


Place: TypeAlias = tuple[UUID, int]


@dataclass(frozen=True)
class Writing:
    """One append on its way: whose it is, the keys of all its owners, and the rows so far."""

    command: Id
    source: Source
    keys: Mapping[Id, Key]
    rows: Rows


class Log:
    """Append and read. `now` gives the instant of storing; `random` gives bytes for pseudonyms."""

    def __init__(
        self,
        recorder: Recorder,
        codec: Codec,
        sealer: Sealer,
        now: Callable[[], Instant],
        random: Callable[[int], bytes],
    ) -> None:
        self._recorder = recorder
        self.codec = codec
        self.turns = Turns()
        self._sealer = sealer
        self._now = now
        self._random = random
        self._committing = Committing(recorder)
        self._asking = Asking(recorder)
        self._opened_lately = lru_cache(LATELY)(self._recorded)

    def append(self, changes: Sequence[Change], command: Id, source: Source) -> list[Recorded[Any]]:
        """Store the changes in one commit, or nothing and raise `Conflict`. Durable when it returns."""
        split = [[self.codec.split(event) for event in change.events] for change in changes]
        owners = {content.owner for each in split for _, parts in each for content in parts.contents.values()}
        writing = Writing(command, source, self._sealer.keys.of_all(owners), ([], []))
        recorded = [
            each
            for change, shapes in zip(changes, split, strict=True)
            for each in self._prepare(change, shapes, writing)
        ]
        try:
            positions = self._committing.ask(writing.rows)
        except IntegrityError as fault:
            raise Conflict(str(fault)) from None
        finally:
            end_look()
        return [
            Recorded(position, stream, version, event, envelope, raw)
            for position, (stream, version, event, envelope, raw) in zip(positions, recorded, strict=True)
        ]

    def read(self, stream: Id, *, after: int = 0) -> list[Recorded[Any]]:
        """One stream's events after a version, oldest first."""
        return self.tails({stream: after})[stream]

    def tails(self, after: Mapping[Id, int]) -> Mapping[Id, list[Recorded[Any]]]:
        """The events of several streams after a version of each, oldest first, asked for in one statement."""
        return looked(after, self._asked)

    async def look_ahead(self, after: Mapping[Id, int]) -> None:
        """Have this request, which is a coroutine, see these tails: `tails` need not ask for them then."""
        await look_ahead(after, self._asked_ahead)

    def look_again(self) -> None:
        """What this request has seen may be older than what others found meanwhile."""
        end_look()

    def read_all(self, *, after: int = 0, until: int | None = None, limit: int = PAGE) -> list[Recorded[Any]]:
        """Everything in commit order after a position, `limit` events at the most."""
        return [self._recorded(*row) for row in self._recorder.select_page(after, until, limit)]

    def erasures(self) -> list[Recorded[Any]]:
        """The requests for erasures, in commit order; found without reading all the other events."""
        return [self.read_all(after=each - 1, limit=1)[0] for each in self._recorder.positions_of_erasures()]

    def under(self, keys: Sequence[Id], until: int) -> Iterator[Stored]:
        """The events until a position that have sections under these keys, as their bytes."""
        for start in range(0, len(keys), PAGE):
            for position in self._recorder.positions_under(keys[start : start + PAGE], until):
                yield next(self.stored(after=position - 1, page=1))

    def delete_under(self, keys: Sequence[Id]) -> None:
        """Delete the sections under these keys, so that nobody finds them even in the files."""
        self._recorder.delete_sections(keys)

    def delete_texts(self, streams: Sequence[Id]) -> None:
        """Delete every content section of these streams as thoroughly; that there was one stays to be seen."""
        self._recorder.empty_contents([*map(UUID, streams)])

    def has_texts(self, streams: Sequence[Id]) -> bool:
        """Whether there is any content section left in these streams."""
        return self._recorder.have_contents([*map(UUID, streams)])

    def stored_of(self, stream: Id) -> list[Stored]:
        """One stream's events as their bytes with all their sections, oldest first."""
        key = UUID(stream)
        events = self._recorder.select_events(key)
        sections = _by_place(self._recorder.select_sections(key, after=0))
        positions = self._recorder.positions_of(key, after=0)
        return [_stored(*each, sections) for each in zip(positions, events, strict=False)]

    def stored(self, *, after: int = 0, page: int = PAGE) -> Iterator[Stored]:
        """Every event after a position as its bytes with all its sections, page by page."""
        while found := self._recorder.select_notifications(after, page, inclusive_of_start=False):
            sections = _by_place(self._recorder.select_sections_between(found[0].id, after := found[-1].id))
            yield from (_stored(each.id, each, sections) for each in found)

    def envelopes(self, *, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """Position and envelope of every event after a position, as its bytes, page by page."""
        while found := self._recorder.select_notifications(after, PAGE, inclusive_of_start=False):
            yield from ((each.id, each.state) for each in found)
            after = found[-1].id

    def first_sections(self) -> list[Section]:
        """The sections of the oldest event: whoever has their keys has the key store of this log."""
        first = self._recorder.select_notifications(None, 1)
        return self._recorder.select_sections_between(first[0].id, first[0].id) if first else []

    def has(self, name: str) -> bool:
        """Whether an event of that name was ever stored."""
        return bool(self._recorder.select_notifications(None, 1, topics=[name]))

    def unknown(self) -> list[tuple[str, int]]:
        """Names and versions of events that were stored by a newer version of the code; reads the whole log."""
        return sorted(each for each in self._recorder.shapes() if not self.codec.knows(*each))

    def head(self) -> int:
        """The position of the newest event; 0 while the log is empty."""
        return self._recorder.max_notification_id() or 0

    def text(self, address: Address) -> Unsealed:
        """What a content field says."""
        return self.texts([address])[0]

    def texts(self, addresses: Sequence[Address]) -> list[Unsealed]:
        """What content fields say, in their order; however many there are, the log is asked once and the keys, too."""
        places = [(_uuid(each.stream), each.version, each.section) for each in addresses]
        found = self._recorder.select_sections_at(places) if places else []
        return self._sealer.texts([*zip((each.owner for each in addresses), found, strict=True)])

    def close(self) -> None:
        """Let go of the connections."""
        self._recorder.close()

    def _prepare(
        self, change: Change, split: Sequence[tuple[Shape, Parts]], writing: Writing
    ) -> Iterator[tuple[Id, int, Any, Envelope, bytes]]:
        """Seal the events of one stream into rows, counting on from its past."""
        last = change.past[-1].envelope if change.past else None
        numbered = [each.envelope for each in change.past if each.envelope.number]
        pseudonym = (numbered and numbered[-1].pseudonym) or self._random(16).hex()
        number = numbered[-1].number if numbered else 0
        rec = max(self._now(), last.rec) if last else self._now()
        stream = UUID(change.stream)
        start = len(change.past) + 1
        for version, (event, (shape, parts)) in enumerate(zip(change.events, split, strict=True), start):
            clear = shape.is_clear(published=change.published)
            number += clear
            envelope = Envelope(shape.name, shape.version, parts.public["at"], rec, writing.source, writing.command)
            envelope = envelope.numbered(pseudonym, number) if clear else envelope
            raw, sections = sealed(envelope, parts, stream, version, sealer=self._sealer, keys=writing.keys)
            writing.rows[0].append(StoredEvent(stream, version, shape.name, raw))
            writing.rows[1].extend(sections)
            yield change.stream, version, event, envelope, raw

    def _asked(self, after: Mapping[Id, int]) -> Mapping[Id, list[Recorded[Any]]]:
        return self._opened(after, self._asking.rows(after))

    async def _asked_ahead(self, after: Mapping[Id, int]) -> Mapping[Id, list[Recorded[Any]]]:
        rows = await self._asking.rows_ahead(after)
        if sum(map(len, rows.values())) > FEW:
            return await asyncio.to_thread(self._opened, after, rows)
        return self._opened(after, rows)

    def _opened(self, after: Mapping[Id, int], rows: Mapping[Id, list[Row]]) -> Mapping[Id, list[Recorded[Any]]]:
        """Whoever goes on from what is known gets its last event again, see `store.remembered`."""
        again = {stream for stream, found in rows.items() if after[stream] or len(found) == 1}
        opened = {stream: self._opened_lately if stream in again else self._recorded for stream in after}
        return {stream: [*starmap(opened[stream], found)] for stream, found in rows.items()}

    def _recorded(self, position: int, stored: StoredEvent, facts: Section | None) -> Recorded[Any]:
        stream, version = _place(stored)
        if facts is None:
            raise Tampered(f"section {FACTS!r} of {stream.hex}:{version} is missing")
        envelope, values = unsealed(stored.state, self._sealer.facts(facts, stored.state))
        event = self.codec.join(envelope.name, envelope.shape, values, stream.hex, version)
        return Recorded(position, stream.hex, version, event, envelope, stored.state)


@lru_cache(KNOWN)
def _uuid(stream: Id) -> UUID:
    """To read one takes as long as to find its section, and pages are of the same streams again and again."""
    return UUID(stream)


def _place(stored: StoredEvent) -> Place:
    stream = stored.originator_id
    return stream if isinstance(stream, UUID) else UUID(stream), stored.originator_version


def _by_place(sections: Iterable[Section]) -> Mapping[Place, tuple[Section, ...]]:
    groups = groupby(sorted(sections), key=lambda row: (row.stream, row.version))
    return {place: tuple(group) for place, group in groups}


def _stored(position: int, event: StoredEvent, sections: Mapping[Place, tuple[Section, ...]]) -> Stored:
    stream, version = place = _place(event)
    return Stored(position, stream.hex, version, event.topic, event.state, sections.get(place, ()))
