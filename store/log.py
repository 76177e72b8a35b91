"""The log: the only door to the `eventsourcing` library, and the one order of everything that ever happened.

An event is stored as an envelope (canonical JSON, never rewritten) and sealed sections. What is appended while a commit
is under way shares the next commit.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from domain.event import Address, Id, Shape, Source
from domain.instant import Instant
from monitoring.metrics import APPEND_CONFLICTS, APPEND_DURATION
from store.codec import Codec, Parts
from store.envelope import Envelope, sealed, unsealed
from store.keys import Key
from store.recorder import Recorder
from store.sealing import FACTS, Sealer, Tampered, Unsealed
from store.section import Section
from store.turns import Turns

E_co = TypeVar("E_co", covariant=True)

PAGE: Final = 500
"""Events read at a time: memory stays flat however long the log is."""


class Conflict(Exception):  # noqa: N818
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


Rows: TypeAlias = tuple[list[StoredEvent], list[Section]]
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
        self._queue: deque[tuple[Rows, Future[list[int]]]] = deque()
        self._committing = Lock()

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
        positions = self._commit(writing.rows)
        return [
            Recorded(position, stream, version, event, envelope, raw)
            for position, (stream, version, event, envelope, raw) in zip(positions, recorded, strict=True)
        ]

    def read(self, stream: Id, *, after: int = 0) -> list[Recorded[Any]]:
        """One stream's events after a version, oldest first."""
        key = UUID(stream)
        stored = self._recorder.select_events(key, gt=after)
        sections = self._recorder.select_sections(key, after=after, name=FACTS)
        facts = {section[:2]: section for section in sections}
        positions = self._recorder.positions_of(key, after=after)
        # Each statement sees what the one before it saw, and perhaps more: the first one counts.
        return [self._recorded(position, each, facts) for position, each in zip(positions, stored, strict=False)]

    def read_all(self, *, after: int = 0, until: int | None = None, limit: int = PAGE) -> list[Recorded[Any]]:
        """Everything in commit order after a position, `limit` events at the most."""
        found = self._recorder.select_notifications(after, limit, until, inclusive_of_start=False)
        if not found:
            return []
        sections = self._recorder.select_sections_between(found[0].id, found[-1].id, FACTS)
        facts = {section[:2]: section for section in sections}
        return [self._recorded(each.id, each, facts) for each in found]

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

    def head(self) -> int:
        """The position of the newest event; 0 while the log is empty."""
        return self._recorder.max_notification_id() or 0

    def text(self, address: Address) -> Unsealed:
        """What a content field says."""
        stream, version = UUID(address.stream), address.version
        sections = self._recorder.select_sections(stream, after=version - 1, until=version, name=address.section)
        return self._sealer.text(address.owner, sections[0] if sections else None)

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

    def _recorded(self, position: int, stored: StoredEvent, facts: Mapping[Place, Section]) -> Recorded[Any]:
        stream, version = place = _place(stored)
        if place not in facts:
            raise Tampered(f"section {FACTS!r} of {stream.hex}:{version} is missing")
        envelope, values = unsealed(stored.state, self._sealer.facts(facts[place], stored.state))
        event = self.codec.join(envelope.name, envelope.shape, values, stream.hex, version)
        return Recorded(position, stream.hex, version, event, envelope, stored.state)

    def _commit(self, rows: Rows) -> list[int]:
        """Group commit: whoever gets the lock commits for all who wait."""
        mine: Future[list[int]] = Future()
        self._queue.append((rows, mine))
        with self._committing:
            if not mine.done():
                self._commit_batch([self._queue.popleft() for _ in range(len(self._queue))])
        return mine.result()

    def _commit_batch(self, batch: list[tuple[Rows, "Future[list[int]]"]]) -> None:
        """One transaction for the batch; on a conflict its halves, so that only the late ones fail."""
        try:
            events = [event for (events, _), _ in batch for event in events]
            sections = [section for (_, sections), _ in batch for section in sections]
            with APPEND_DURATION.time():
                positions = iter(self._recorder.insert_events(events, sections=sections) or ())
        except IntegrityError as fault:
            self._halve(batch, Conflict(str(fault)))
        except BaseException as fault:  # noqa: BLE001 -- whoever waits must hear of it, whatever it is
            for _, waiting in batch:
                waiting.set_exception(fault)
        else:
            for (events, _), waiting in batch:
                waiting.set_result([next(positions) for _ in events])

    def _halve(self, batch: list[tuple[Rows, "Future[list[int]]"]], conflict: Conflict) -> None:
        if len(batch) == 1:
            APPEND_CONFLICTS.inc()
            batch[0][1].set_exception(conflict)
            return
        middle = len(batch) // 2
        self._commit_batch(batch[:middle])
        self._commit_batch(batch[middle:])


def _place(stored: StoredEvent) -> Place:
    stream = stored.originator_id
    return stream if isinstance(stream, UUID) else UUID(stream), stored.originator_version


def _by_place(sections: Iterable[Section]) -> Mapping[Place, tuple[Section, ...]]:
    groups = groupby(sorted(sections), key=lambda row: (row.stream, row.version))
    return {place: tuple(group) for place, group in groups}


def _stored(position: int, event: StoredEvent, sections: Mapping[Place, tuple[Section, ...]]) -> Stored:
    stream, version = place = _place(event)
    return Stored(position, stream.hex, version, event.topic, event.state, sections.get(place, ()))
