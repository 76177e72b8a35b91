"""A desk whose clock the test sets, one service level, and views that follow the log."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, select

from domain.access import Scope
from domain.calendar import Calendar
from domain.configuration.calendar import CalendarPublished
from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, OpenTickets, Promise
from domain.event import Id, Source
from domain.instant import Duration, Instant
from domain.policy import CalendarRef
from domain.refusal import Refused
from domain.ticket import Event
from domain.ticket.consequences import tick
from domain.ticket.opening import open_ticket
from projections import ALL
from projections.database import postgres_views, sqlite_views
from projections.engine import Projection, Projector
from service import build
from service.key_files import key_of
from service.settings import Settings
from store.desk import Desk, desk_over
from store.log import Change
from store.streams import Acted, Command
from tests.cast import ALWAYS, AROUND_THE_CLOCK, AT, CONFIRMATION, LEVEL, LINES, opened

EVERYTHING: Final = Scope(everything=True)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now: Instant = AT

    def __call__(self) -> Instant:
        return self.now


@dataclass
class Story:
    """What happens, and what is seen of it."""

    desk: Desk
    clock: Clock
    engine: Engine
    folder: Path

    @property
    def projector(self) -> Projector:
        return self.following(ALL)

    def following(self, projections: Sequence[Projection], urgent: Sequence[Projection] = ()) -> Projector:
        return Projector(self.desk.log, self.desk.name("configuration"), self.engine, projections, urgent=urgent)

    def after(self, duration: Duration) -> Instant:
        self.clock.now += duration
        return self.clock.now

    def open(self, **changes: Any) -> Id:
        stream = uuid4().hex
        opening = replace(opened(**changes), at=self.clock.now, reference=str(100_000_000 + self.desk.log.head()))
        self.act(stream, lambda state: open_ticket(state, opening))
        return stream

    def act(self, stream: Id, decide: Callable[..., Any], **facts: Any) -> Acted[Any, Event]:
        return self.desk.tickets.act(Command(uuid4().hex), stream, decide, **facts)

    def append(self, stream: Id, *events: Any, source: Source = Source.IMPORT) -> None:
        """Without a decision."""
        past = self.desk.log.read(stream)
        self.desk.log.append([Change(stream, past, events, published=True)], uuid4().hex, source)

    def do(self, stream: Id, decide: Callable[..., Any], **facts: Any) -> None:
        """Now; what is refused is not done."""
        with suppress(Refused):
            self.act(stream, decide, at=self.clock.now, **facts)

    def tick(self, stream: Id) -> None:
        book = self.desk.configured.state().book()
        self.act(stream, lambda state: tick(state, book=book, lines=LINES, at=self.clock.now))

    def tell(self, kind: str, stream: Id, *events: Any) -> int:
        """Events of another kind; the position of the last one."""
        streams = getattr(self.desk, kind)
        return int(streams.act(Command(uuid4().hex), stream, lambda _: list(events)).position)

    @contextmanager
    def seen(self) -> Iterator[Connection]:
        """The views, up to date."""
        self.projector.catch_up()
        assert [state.error for state in self.projector.states()] == [None] * len(ALL)
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()
        self.desk.close()


def begin(settings: Settings) -> Story:
    """A desk that promises what the cast promises, around the clock."""
    clock = Clock()
    recorder, keys = build.recorder_of(settings), build.keys_engine(settings)
    desk = desk_over(recorder, keys, key_of(settings.master_key), clock, os.urandom)
    story = Story(desk, clock, views_of(settings), settings.data_dir)
    story.tell("configuration", desk.name("configuration"), published(ALWAYS), level())
    return story


def views_of(settings: Settings) -> Engine:
    if settings.database_url:
        return postgres_views(settings.database_url)
    return sqlite_views(settings.data_dir / "views.db")


def published(calendar: Calendar) -> CalendarPublished:
    return CalendarPublished(
        at=AT,
        key=calendar.key,
        version=calendar.version,
        zone="Etc/UTC",
        tz_data="2026a",
        hours=("24x7",),
        span_start=calendar.span.start,
        span_end=calendar.span.end,
        periods=calendar.periods,
    )


def level(**changes: Any) -> LevelPublished:
    ref = CalendarRef(ALWAYS.key, ALWAYS.version)
    policy = AROUND_THE_CLOCK.policies[LEVEL, 1]
    promises = tuple(
        Promise(kind, priority, clock, target.duration, target.grace, ref.key, ref.version)
        for (kind, priority), row in policy.targets.items()
        for clock, target in row.items()
    )
    promised = LevelPublished(
        at=AT,
        level=LEVEL,
        version=1,
        label=Label("Золотой", "Gold"),
        targets=promises,
        at_risk_per_mille=750,
        confirmation=CONFIRMATION,
        confirmation_calendar=ref.key,
        confirmation_calendar_version=ref.version,
        ladder=(),
        open_tickets=OpenTickets.STAY,
    )
    return replace(promised, **changes)


def rows(engine: Engine, projections: Sequence[Projection] = ALL) -> Mapping[str, set[tuple[Any, ...]]]:
    """Everything that the views hold."""
    with engine.connect() as connection:
        tables = [table for each in projections for table in each.METADATA.sorted_tables]
        return {table.name: {tuple(row) for row in connection.execute(select(table))} for table in tables}


def bulk(story: Story, count: int) -> None:
    """Many tickets in few commits."""
    for first in range(0, count, 2_000):
        numbers = range(first, min(first + 2_000, count))
        changes = [
            Change(uuid4().hex, [], [opened(reference=str(100_000_000 + number))], published=True) for number in numbers
        ]
        story.desk.log.append(changes, uuid4().hex, Source.LIVE)
