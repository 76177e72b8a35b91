"""What the log needs of an `eventsourcing` recorder, whichever database is behind it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

from domain.event import Id
from store.section import Section

Place: TypeAlias = tuple[UUID, int, str]
"""Of a section: the stream, the version, and the name."""


class Row(NamedTuple):
    """An event with its position and its facts, which are None if somebody took them away."""

    position: int
    event: StoredEvent
    facts: Section | None

    @property
    def stream(self) -> Id:
        """As the rest of the desk writes it."""
        stream = self.event.originator_id
        return stream.hex if isinstance(stream, UUID) else UUID(stream).hex


class Recorder(Protocol):
    """The two recorders beside this file are ones."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None: ...
    def select_events(self, originator_id: UUID | str, *, gt: int | None = None) -> Sequence[StoredEvent]: ...
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]: ...
    def max_notification_id(self) -> int | None: ...
    def select_page(self, after: int, until: int | None, limit: int) -> list[Row]: ...
    def select_tails(self, after: Mapping[UUID, int]) -> list[Row]: ...
    def select_sections_at(self, places: Sequence[Place]) -> list[Section | None]: ...
    def select_sections(
        self, stream: UUID, *, after: int, name: str | None = None, until: int | None = None
    ) -> list[Section]: ...
    def select_sections_between(self, first: int, last: int, name: str | None = None) -> list[Section]: ...
    def positions_of(self, stream: UUID, *, after: int) -> list[int]: ...
    def positions_under(self, keys: Sequence[str], until: int) -> list[int]: ...
    def delete_sections(self, keys: Sequence[str]) -> None: ...
    def empty_contents(self, streams: Sequence[UUID]) -> None: ...
    def have_contents(self, streams: Sequence[UUID]) -> bool: ...
    def positions_of_erasures(self) -> list[int]: ...
    def shapes(self) -> set[tuple[str, int]]: ...
    def close(self) -> None: ...
