"""A desk whose clock the test sets, and the job that fixes its months."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final

from sqlalchemy import Connection

from domain.attainment import freezes_at
from domain.clock import Exclusion
from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import ComponentDefined
from domain.configuration.label import Label
from domain.desk import DeskFounded, found
from domain.instant import MINUTE
from domain.month import SlaRow
from domain.policy import Clock
from domain.ticket.assignment import accept
from domain.ticket.outcome import Closing, close, resolve
from domain.ticket.promise import exclude
from projections import entries, months, positions, sla, status
from projections.engine import Projection
from projections.months import FixedMonth
from service.jobs import Job, Loop
from service.months import fixing
from service.settings import Settings
from store.streams import Command
from tests.cast import ANN, AT, CY
from tests.projections.story import Story, begin

VIEWS: Final[tuple[Projection, ...]] = (sla, status, months, entries, positions)
NOVEMBER: Final = "2026-11"
FOUNDED: Final = DeskFounded(
    at=AT, desk="d" * 32, origin="x", log_key="key", zone="Europe/Moscow", languages=("ru",), currency="RUB"
)
FREEZING: Final = freezes_at(NOVEMBER, FOUNDED.zone)
DOWN, UP = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.OPERATIONAL


@dataclass
class Office:
    """A desk, and whoever fixes its months."""

    story: Story
    job: Job[str] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """As a process begins."""
        self.job = fixing(self.story.desk, self.story.engine)

    def catch_up(self) -> None:
        """Let the views see what happened."""
        self.story.following(VIEWS).catch_up()

    @contextmanager
    def seen(self) -> Iterator[Connection]:
        """The views, up to date."""
        self.catch_up()
        with self.story.engine.connect() as connection:
            yield connection

    def work(self, at: int | None = None) -> None:
        """Do what is due, and let the views see it."""
        self.story.clock.now = self.story.clock.now if at is None else at
        self.catch_up()
        Loop([self.job], self.story.clock).round(Event())
        self.catch_up()

    def due(self) -> list[str]:
        self.catch_up()
        return [*self.job.due(self.story.clock.now, 100)]

    def told(self, month: str = NOVEMBER) -> list[Any]:
        """What the log says of a month."""
        return [each.event for each in self.story.desk.log.read(self.story.desk.name("month", month))]

    def fixed(self, month: str = NOVEMBER) -> FixedMonth:
        with self.seen() as connection:
            known = months.fixed(connection, month)
        assert known is not None
        return known

    def row(self, clock: Clock, kind: str = "", priority: str = "") -> SlaRow:
        return self.fixed().current.sla[clock, "gold", kind, priority]

    def closed(self, after: int = MINUTE, **changes: Any) -> str:
        """A ticket that was taken after a while, resolved and confirmed."""
        story = self.story
        stream = story.open(**changes)
        story.after(after)
        story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
        self.confirm(stream)
        return stream

    def confirm(self, stream: str) -> None:
        book = self.story.desk.configured.state().book()
        self.story.do(stream, resolve, message=f"done-{self.story.desk.log.head()}", by=ANN, body="Try again")
        self.story.do(stream, close, how=Closing.CONFIRMED, book=book, by=CY)

    def exclude(self, stream: str, reason: Exclusion = Exclusion.SPAM) -> None:
        """The verdict on its reaction."""
        self.story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=reason, by=ANN)

    def configure(self, *events: Any) -> None:
        self.story.tell("configuration", self.story.desk.name("configuration"), *events)

    def define(self, key: str = "web") -> None:
        self.configure(
            ComponentDefined(at=AT, key=key, group="servers", label=Label("Сайт", "Web"), place=1, uptime_target=0)
        )

    def set(self, status: ComponentStatus, at: int, key: str = "web") -> None:
        told = StatusSet(at=at, component=key, status=status, through=Through.PERSON)
        self.story.tell("components", self.story.desk.name("component", key), told)


@contextmanager
def open_office(settings: Settings) -> Iterator[Office]:
    """In Moscow."""
    story = begin(settings)
    story.desk.founding.act(Command("f" * 32), story.desk.stream, found, FOUNDED)
    yield Office(story)
    story.close()
