"""The demonstration on a desk of its own, as a desk would show it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pytest

from domain.clock import Verdict
from domain.event import Id
from domain.instant import Instant
from domain.policy import Book
from domain.ticket import Ticket, folded
from domain.ticket.opening import TicketOpened
from service.build import build_desk
from service.demo import demonstrate
from service.settings import Settings
from store.desk import Desk
from store.log import Recorded

NOW: Final[Instant] = 1_794_996_000_000
"""Wednesday, 18 November 2026, 13:00 in Moscow."""


@dataclass(frozen=True)
class Shown:
    """A desk with the demonstration on it."""

    desk: Desk
    folder: Path

    @cached_property
    def streams(self) -> dict[Id, list[Recorded[Any]]]:
        """Everything in the log, by stream."""
        streams: dict[Id, list[Recorded[Any]]] = {}
        for recorded in self.desk.log.read_all(limit=1_000_000):
            streams.setdefault(recorded.stream, []).append(recorded)
        return streams

    @cached_property
    def histories(self) -> list[list[Any]]:
        """The events of each ticket."""
        opened = (each for each in self.streams.values() if isinstance(each[0].event, TicketOpened))
        return [[each.event for each in history] for history in opened]

    @cached_property
    def tickets(self) -> list[Ticket]:
        return [folded(history) for history in self.histories]

    @property
    def verdicts(self) -> list[Verdict]:
        """Those that count."""
        return [each for ticket in self.tickets for each in ticket.clocks.verdicts if each.excluded is None]

    @property
    def book(self) -> Book:
        return self.desk.configured.state().book()

    def events(self, kind: type) -> list[Any]:
        """What happened of one kind."""
        return [each for history in self.histories for each in history if isinstance(each, kind)]


@contextmanager
def shown(folder: Path) -> Iterator[Shown]:
    """Demonstrated in that data directory."""
    desk = build_desk(Settings(data_dir=folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASNO_DATA_DIR", str(folder))
        demonstrate(desk, now=NOW, progress=lambda _: None)
    yield Shown(desk, folder)
    desk.close()
