"""Probes in a scripted world: what each would see, and how the time goes by, is said by the test."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from domain.component import ComponentStatus, Event, State, release, set_status
from domain.component import Through as By
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.label import Label
from domain.configuration.probe import ProbeDefined, ProbeWithdrawn
from domain.instant import MINUTE, SECOND, Duration, Instant
from domain.probe_kind import HeartbeatCheck, HttpCheck
from monitoring import heartbeats
from monitoring.probes import Look, Why, reports, watches
from monitoring.probes.reports import Report
from monitoring.probes.watches import Watched
from service.looks import Begin
from service.probing import Probing
from store.streams import Command
from tests.service.running import Running

GOOD: Final = Look(ComponentStatus.OPERATIONAL, took=0.02)
FAILED: Final = Look(ComponentStatus.MAJOR_OUTAGE, Why.REFUSED)
NOTHING: Final = Look(None, Why.SERIES_MISSING)
UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE
LABEL: Final = Label("Сайт", "Web")
HTTP: Final = {"http": HttpCheck("http://127.0.0.1/")}


def heartbeat(within: Duration) -> dict[str, Any]:
    """The check, and when it is believed."""
    return {"heartbeat": HeartbeatCheck(within), "fails_after": 1, "recovers_after": 1}


@dataclass
class World:
    """A desk, its probes, and what they would see."""

    running: Running
    sees: dict[str, Look | Exception] = field(default_factory=dict)
    """All is well where nothing is said."""
    hanging: set[str] = field(default_factory=set)
    looked: list[tuple[str, Instant]] = field(default_factory=list)
    clocks_agree: Callable[[], bool] = lambda: True
    seconds: float = 0.0
    probing: Probing = field(init=False)

    def __post_init__(self) -> None:
        label = ComponentGroupDefined(at=0, key="servers", label=LABEL, place=1)
        self.configure(label, *(self._component(key) for key in ("web", "db")))
        self.start()

    def start(self) -> None:
        """As a process begins: nothing but what was stored is known."""
        self.probing = Probing(
            self.running.desk, self.running.views, looks=self._looks, clock=lambda: self.seconds, ready=self._ready
        )  # fmt: skip

    def configure(self, *events: Any) -> None:
        desk = self.running.desk
        desk.configuration.act(Command(desk.new_id()), desk.name("configuration"), lambda _: events)

    def probe(self, key: str = "https", component: str = "web", **facts: Any) -> None:
        """A probe that looks once a minute."""
        usual = {"every": MINUTE, "timeout": 10 * SECOND, "fails_after": 2, "recovers_after": 2, "says": DOWN}
        given = facts if {"heartbeat", "statuspage", "prometheus"} & facts.keys() else HTTP | facts
        self.configure(ProbeDefined(at=1, key=key, component=component, **(usual | given)))

    def withdraw(self, key: str = "https") -> None:
        self.configure(ProbeWithdrawn(at=1, key=key))

    def pass_by(self, duration: Duration, *, step: Duration = SECOND) -> None:
        """Time in which the desk is at work."""
        for _ in range(duration // step):
            self.away(step)
            self.round()

    def away(self, duration: Duration) -> None:
        """Time in which it is not."""
        self.seconds += duration / SECOND
        self.running.clock.now += duration

    def round(self) -> None:
        self.probing.round(self._begin)

    def told(self, component: str = "web") -> Sequence[Event]:
        """What the component's stream holds."""
        desk = self.running.desk
        return [each.event for each in desk.log.read(desk.name("component", component))]

    def status(self, component: str = "web") -> State:
        desk = self.running.desk
        return desk.components.load(desk.name("component", component))[0].status

    def hold(self, status: ComponentStatus, component: str = "web") -> None:
        """A person's word."""
        self._act(component, set_status, known={component}, status=status, through=By.PERSON)

    def release(self, component: str = "web") -> None:
        self._act(component, release, by="a" * 32)

    def beat(self, key: str) -> None:
        heartbeats.beat(self.running.views, key, self.running.clock.now)

    def report(self, prober: str, look: Look, *, probe: str = "https", ago: Duration = 0) -> None:
        """What a prober elsewhere saw, as it was taken in."""
        at = self.running.clock.now - ago
        reports.report(self.running.views, Report(probe, prober, at, look))

    def watched(self, key: str = "https") -> Watched:
        """As it is remembered."""
        with self.running.views.connect() as connection:
            return watches.watched(connection)[key]

    def _ready(self) -> bool:
        return self.clocks_agree()

    def _act(self, component: str, decide: Any, **facts: Any) -> None:
        desk = self.running.desk
        stream, at = desk.name("component", component), self.running.clock.now
        desk.components.act(Command(desk.new_id()), stream, decide, key=component, at=at, **facts)

    def _component(self, key: str) -> ComponentDefined:
        return ComponentDefined(at=0, key=key, group="servers", label=LABEL, place=1, uptime_target=0)

    @contextmanager
    def _looks(self) -> Iterator[Begin]:
        yield self._begin

    def _begin(self, probe: ProbeDefined, at: Instant) -> "Future[Look]":
        seen, looking = self.sees.get(probe.key, GOOD), Future[Look]()
        self.looked.append((probe.key, at))
        if probe.key in self.hanging:
            return looking
        if isinstance(seen, Exception):
            looking.set_exception(seen)
        else:
            looking.set_result(seen)
        return looking
