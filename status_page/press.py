"""The press: makes the documents of the newest edition, keeps them in memory, and makes those of the past.

What most people ask for is made at every change; everything else when somebody asks for it first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Final

from domain.instant import MINUTE, Duration, Instant
from projections import incidents, months, positions, sla, status, ticket, trail
from projections.engine import Projector
from status_page.edition import Configured, Edition, Mark, configured_at, edition, next_change
from status_page.ready import Ready, lost, packed
from status_page.site import HOT, Found, find
from status_page.words import LANGUAGES, Language
from store.desk import Desk

VIEWS: Final = (status.NAME, incidents.NAME, sla.NAME, months.NAME, ticket.NAME, trail.NAME, positions.NAME)
TOLERATED: Final[Duration] = MINUTE
"""How far the views may be behind the log before the page says that it does not know."""
KEPT: Final = 2_000
"""Documents of one edition in memory."""


@dataclass(frozen=True)
class Printed:
    """An edition, and what was made of it so far."""

    mark: Mark
    until: Instant
    """The next instant at which it changes by time alone."""
    configured: Configured
    ready: dict[tuple[str, Language], Ready] = field(default_factory=dict)
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

    @property
    def zone(self) -> str:
        """IANA: what an instant without an offset is told in."""
        return self._desk.founding.load(self._desk.stream)[0].zone

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

    def lose(self) -> None:
        """Pages in memory say that they cannot be renewed; the next refresh that can read the desk makes them anew."""
        if not self.printed.is_lost:
            pages = {key: told for key, ready in self.printed.ready.items() if (told := lost(ready, key[1]))}
            self.printed = replace(self.printed, until=0, ready=pages, is_lost=True)

    def make(self, printed: Printed, found: Found, language: Language) -> Ready | None:
        """The document of an edition, made once, whoever asks; None if there is no such thing."""
        key = found.path, language
        if key in printed.ready:
            return printed.ready[key]
        mark = replace(printed.mark, is_behind=printed.mark.is_behind or printed.is_lost)
        made = self._made(mark, printed.configured, found, language)
        if made and len(printed.ready) < KEPT:
            printed.ready[key] = made
        return made

    def make_past(self, at: Instant, found: Found, language: Language) -> Ready | None:
        """The document as it was published at an instant; None if there was no such thing."""
        with self._views.engine.connect() as connection:
            position = positions.position_at(connection, at)
        mark = Mark(position, at, is_past=True)
        return self._made(mark, configured_at(self._desk, position), found, language) if position else None

    def _print(self, mark: Mark) -> None:
        configured = configured_at(self._desk, mark.position, self.printed.configured)
        with edition(self._desk, self._views.engine, mark, configured, self._address) as opened:
            printed = Printed(mark, next_change(opened), configured, dict(_hot(opened)))
        self.printed = printed
        self._told(mark)

    def _made(self, mark: Mark, configured: Configured, found: Found, language: Language) -> Ready | None:
        with edition(self._desk, self._views.engine, mark, configured, self._address) as opened:
            return _document(opened, found, language)


def _hot(opened: Edition) -> Iterator[tuple[tuple[str, Language], Ready]]:
    """What most people ask for."""
    for path, language in product(HOT, LANGUAGES):
        if (found := find(path)) and (document := _document(opened, found, language)):
            yield (found.path, language), document


def _document(opened: Edition, found: Found, language: Language) -> Ready | None:
    body = found.route.make(opened, language, found.names)
    spoken = language if found.route.is_page else None
    return packed(body, found.route.media_type, spoken) if body is not None else None
