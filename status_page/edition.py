"""An edition: all that the public documents are a function of, the desk as known at a position, at an instant."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, lru_cache, reduce
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from domain.component import ComponentStatus, worst
from domain.configuration import Configuration, evolve
from domain.configuration import Event as ConfigurationEvent
from domain.configuration.calendar import CalendarPublished
from domain.event import Address, Id
from domain.instant import MINUTE, Instant
from domain.maintenance import UNDER_WAY, WorksStatus
from domain.opening_hours import EPOCH, instant_at
from domain.policy import CalendarRef
from projections import incidents, status
from projections.announced import Kind
from projections.incidents import Incident
from projections.status import Component, Group
from status_page.opening import edges
from store.desk import Desk
from store.recalled import Recalled
from store.streams import Streams

T = TypeVar("T")

NEWEST: Final = 50
"""Incidents and works that are told in lists of the newest."""
OLDER: Final = 16
"""Configurations of the past in memory."""

Texts: TypeAlias = Mapping[str, str]
"""By language; empty if what was said was taken back."""


@dataclass(frozen=True)
class Configured:
    """The configuration, and where the open periods of its calendars come from in words."""

    state: Configuration = field(default_factory=Configuration)
    calendars: Mapping[CalendarRef, CalendarPublished] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class Mark:
    """Which edition it is."""

    position: int
    at: Instant
    is_behind: bool = False
    """The views do not follow the log: how things stand is not known."""
    is_past: bool = False
    """Somebody asked for what was published then."""
    is_copy: bool = False
    """Written to files, which may outlive what they say."""


@dataclass(frozen=True)
class Client:
    """Whose own view it is."""

    organisation: Id
    name: str
    """Empty if it was erased."""
    base: str
    """What stands before the addresses of its pages: `/client/TEXT`."""
    until: Instant
    """When its link expires."""


@dataclass(frozen=True)
class Edition:
    """What a document may read; a document that reads anything else is a mistake."""

    desk: Desk
    connection: Connection
    configured: Configured
    mark: Mark
    zone: str
    """IANA: days and months are counted in it."""
    address: str
    """Where it is published, without a slash at its end."""
    made: dict[Hashable, Any] = field(default_factory=dict)
    """What was made of it so far, see `once`."""
    lasting: dict[str, tuple[Hashable, Any]] = field(default_factory=dict)
    """What was made of editions before it, see `as_before`."""
    client: Client | None = None
    """None of what is for everybody."""

    @property
    def at(self) -> Instant:
        return self.mark.at

    @property
    def position(self) -> int:
        return self.mark.position

    @property
    def base(self) -> str:
        """What stands before the addresses of its pages, behind the language."""
        return self.client.base if self.client else ""

    @cached_property
    def components(self) -> Sequence[Component]:
        """As they are shown, in the order of the page."""
        return status.components(self.connection, self.position, self.at)

    @cached_property
    def groups(self) -> Sequence[Group]:
        """In the order of the page."""
        return status.groups(self.connection, self.position)

    @cached_property
    def going(self) -> Sequence[Incident]:
        """Incidents and works that are not over, newest first."""
        return incidents.going(self.connection, position=self.position)

    @property
    def unresolved(self) -> Sequence[Incident]:
        """Incidents that are not over, newest first."""
        return [each for each in self.going if each.kind is Kind.INCIDENT]

    @property
    def under_way(self) -> Sequence[Incident]:
        """Works that have begun and are not over, newest first."""
        return [each for each in self.going if each.status in UNDER_WAY]

    @property
    def ahead(self) -> Sequence[Incident]:
        """Works that are scheduled, the next ones first."""
        scheduled = [each for each in self.going if each.status == WorksStatus.SCHEDULED]
        return sorted(scheduled, key=attrgetter("scheduled_for", "stream"))

    @cached_property
    def newest(self) -> Sequence[Incident]:
        """The newest incidents and works, whatever became of them."""
        return incidents.page(self.connection, position=self.position, limit=NEWEST).incidents

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What a document is made of and other languages need as well, made once."""
        if name not in self.made:
            self.made[name] = make()
        found: T = self.made[name]
        return found

    def as_before(self, name: str, of: Hashable, make: Callable[[], T]) -> T:
        """What an edition before this one made, if it made it `of` the same; else made now."""
        if name not in self.lasting or self.lasting[name][0] != of:
            self.lasting[name] = of, make()
        found: T = self.lasting[name][1]
        return found

    def texts(self, said: Address) -> Texts:
        """What an announcement says."""
        return self.once(said, lambda: self._texts(said))

    def _texts(self, said: Address) -> Texts:
        text = self.desk.log.text(said)
        return text if isinstance(text, Mapping) else {}


@contextmanager
def edition(
    desk: Desk,
    views: Engine,
    mark: Mark,
    configured: Configured,
    address: str,
    *,
    lasting: dict[str, tuple[Hashable, Any]] | None = None,
) -> Iterator[Edition]:
    """Open for as long as documents are made of it; whoever makes one after the other keeps what is lasting."""
    zone = desk.founding.load(desk.stream)[0].zone
    with views.connect() as connection:
        yield Edition(desk, connection, configured, mark, zone, address, lasting={} if lasting is None else lasting)


def configured_at(desk: Desk, position: int, known: Configured | None = None) -> Configured:
    """The configuration as known at a position, going on from an older one if there is one."""
    known = known or Configured()
    news = desk.log.read(desk.name("configuration"), after=known.version)
    return reduce(configured_by, (each.event for each in news if each.position <= position), known)


class Configurations:
    """What was configured at any position: the newest and a few older ones are kept."""

    def __init__(self, desk: Desk) -> None:
        self._stream = desk.name("configuration")
        self._streams = Streams(desk.log, Configured(), configured_by)
        self._recalled = Recalled(desk.log)
        self._older = lru_cache(OLDER)(lambda change, _: configured_at(desk, change))

    def at(self, position: int) -> Configured:
        """The configuration as known at a position."""
        changes, newest = self._recalled.folded(self._streams, self._stream)
        version = bisect_right(changes, position, key=attrgetter("position"))
        if version in (0, newest.version):
            return newest if version else Configured()
        change = changes[version - 1]
        return self._older(change.position, change.envelope)  # another one may come to stand there


def configured_by(known: Configured, event: ConfigurationEvent) -> Configured:
    """The configuration after an event."""
    after = replace(known, state=evolve(known.state, event), version=known.version + 1)
    if not isinstance(event, CalendarPublished):
        return after
    return replace(after, calendars={**known.calendars, CalendarRef(event.key, event.version): event})


def next_change(edition: Edition) -> Instant:
    """When a document may change by time alone: at midnight, when works or hours say so, each minute of trouble."""
    midnight = _midnight_after(edition.at, edition.zone)
    works = incidents.next_edge(edition.connection, edition.at, position=edition.position)
    minute = edition.at - edition.at % MINUTE + MINUTE if _is_trouble(edition) else None
    hours = edges(edition.configured.state, edition.at)
    return min(each for each in (midnight, works, minute, *hours) if each is not None and each > edition.at)


def _midnight_after(at: Instant, zone: str) -> Instant:
    tomorrow = (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return instant_at(zone, tomorrow, 0)


def _is_trouble(edition: Edition) -> bool:
    shown = worst([each.status for each in edition.components])
    return shown is not ComponentStatus.OPERATIONAL or bool(edition.unresolved)
