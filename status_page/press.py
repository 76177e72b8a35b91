"""The press: makes the documents of the newest edition, keeps them in memory, and makes those of the past.

What most people ask for is made at every change; everything else when somebody asks for it first.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, TypeVar, get_args

from domain import component, configuration, desk, erasure, incident, maintenance, month
from domain.event import shape_of
from domain.instant import MINUTE, Duration, Instant
from projections import entries, incidents, months, positions, sla, status, ticket, trail
from projections.batch import checkpoint
from projections.database import at_once
from projections.engine import Projector
from status_page.edition import Configurations, Configured, Edition, Mark, edition, next_change
from status_page.ready import Ready, lost, packed
from status_page.site import HOT, Found, find
from status_page.words import LANGUAGES, Language
from store.desk import Desk
from store.turns import Turns

VIEWS: Final = (
    status.NAME, incidents.NAME, sla.NAME, months.NAME, ticket.NAME, trail.NAME, positions.NAME, entries.NAME,
)  # fmt: skip
ANNOUNCED: Final = frozenset(
    shape_of(each).name
    for kind in (component, configuration, desk, erasure, incident, maintenance, month)
    for each in get_args(kind.Event)
)
"""Events that nobody is to wait for; any other one changes a figure at the most."""
TOLERATED: Final[Duration] = MINUTE
"""How far the views may be behind the log before the page says that it does not know."""
KEPT: Final = 2_000
"""Documents of one edition in memory."""
KEPT_OF_THE_PAST: Final = 200

K = TypeVar("K")


@dataclass(frozen=True)
class Printed:
    """An edition, and what was made of it so far."""

    mark: Mark
    until: Instant
    """The next instant at which it changes by time alone."""
    configured: Configured
    zone: str = "Etc/UTC"
    """IANA: what an instant without an offset is told in."""
    ready: dict[tuple[str, Language], Ready] = field(default_factory=dict)
    past: dict[tuple[str, Language, Instant], Ready] = field(default_factory=dict)
    """What was made of the past meanwhile: until the next edition nothing can be taken back from it."""
    is_lost: bool = False
    """The desk cannot be rendered any more: what is in memory says so, and whatever else is made says it, too."""


class Press:
    """Makes what the desk publishes at `address`; whoever is `told` hears of each new edition."""

    def __init__(
        self, desk: Desk, views: Projector, address: str, told: Callable[[Mark], None] = lambda _: None
    ) -> None:
        self.printed = Printed(Mark(0, 0), 0, Configured())
        """The newest edition; position 0: the views are not built yet, and there is none."""
        self._desk = desk
        self._views = views
        self._address = address.rstrip("/")
        self._told = told
        self._configurations = Configurations(desk)
        self._lasting: dict[str, tuple[Hashable, Any]] = {}
        """For the newest edition alone: what it is made of changes least."""
        self._turns = Turns()

    def refresh(self) -> None:
        """A new edition if something changed since the last one."""
        at, known = self._desk.now(), self.printed
        states = [state for state in self._views.states() if state.name in VIEWS]
        slowest = min(states, key=lambda state: state.position)
        lag, position = self._views.lag(slowest, at).milliseconds, slowest.position
        is_behind = lag > TOLERATED or any(state.error for state in states)
        is_news = (position, is_behind) != (known.mark.position, known.mark.is_behind)
        if position and (is_news or at >= known.until):
            self._print(Mark(position, at, is_behind))

    def is_due(self, *, tickets: bool) -> bool:
        """Whether there may be something new: by time alone, announced, or of tickets, if they count."""
        known = self.printed
        if self._desk.now() >= known.until:
            return True
        with at_once(self._views.engine).connect() as connection:
            if checkpoint(connection, trail.NAME) == known.mark.position:
                return False
            return tickets or trail.has_any(connection, ANNOUNCED, after=known.mark.position)

    def lose(self) -> None:
        """Pages in memory say that they cannot be renewed; the next refresh that can read the desk makes them anew."""
        if not self.printed.is_lost:
            ready = [*self.printed.ready.items()]  # whoever asks for something meanwhile adds to it
            pages = {key: told for key, each in ready if (told := lost(each, key[1]))}
            self.printed = replace(self.printed, until=0, ready=pages, is_lost=True)

    def configured(self, position: int) -> Configured:
        """The configuration as known at a position."""
        return self._configurations.at(position)

    def make(self, printed: Printed, found: Found, language: Language) -> Ready | None:
        """The document of an edition, made once, however many ask for it at the same time; None if there is none."""
        mark = replace(printed.mark, is_behind=printed.mark.is_behind or printed.is_lost)
        making = partial(self._made, mark, printed.configured, found, language)
        return self._once(printed.ready, (found.path, language), KEPT, making)

    def make_past(self, at: Instant, found: Found, language: Language) -> Ready | None:
        """The document as it was published at an instant, kept until the next edition; None if there was none."""
        making = partial(self._made_past, at, found, language)
        return self._once(self.printed.past, (found.path, language, at), KEPT_OF_THE_PAST, making)

    def _once(self, kept: dict[K, Ready], key: K, most: int, making: Callable[[], Ready | None]) -> Ready | None:
        """Whoever comes second waits for the first."""
        with self._turns.on(repr(key)):
            if key in kept:
                return kept[key]
            made = making()
            if made and len(kept) < most:
                kept[key] = made
            return made

    def _made_past(self, at: Instant, found: Found, language: Language) -> Ready | None:
        with self._views.engine.connect() as connection:
            position = positions.position_at(connection, at)
        mark = Mark(position, at, is_past=True)
        return self._made(mark, self.configured(position), found, language) if position else None

    def _print(self, mark: Mark) -> None:
        configured = self.configured(mark.position)
        with edition(self._desk, self._views.engine, mark, configured, self._address, lasting=self._lasting) as opened:
            printed = Printed(mark, next_change(opened), configured, opened.zone, dict(_hot(opened)))
        self.printed = printed
        self._told(mark)

    def _made(self, mark: Mark, configured: Configured, found: Found, language: Language) -> Ready | None:
        with edition(self._desk, self._views.engine, mark, configured, self._address) as opened:
            return _document(opened, found, language)


def _hot(opened: Edition) -> Iterator[tuple[tuple[str, Language], Ready]]:
    """What most people ask for; a file has one language."""
    for found in filter(None, map(find, HOT)):
        for language in [found.language] if found.language else LANGUAGES:
            if document := _document(opened, found, language):
                yield (found.path, language), document


def _document(opened: Edition, found: Found, language: Language) -> Ready | None:
    body = found.route.make(opened, language, found.names)
    spoken = language if found.route.is_page else None
    return packed(body, found.route.media_type, spoken) if body is not None else None
