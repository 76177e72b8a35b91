"""A desk that answers alerts: its clock stands still until it is set; what fires, ends and beats is for the test."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final

import pytest

from api.alerts.deciding import publishing, worded
from api.incident_templates import Opening
from domain import alert
from domain.alert import Alert
from domain.component import ComponentStatus, Through
from domain.configuration.alert_rules import AlertRule, AlertRulesSet
from domain.configuration.component import AlertIncidents, ComponentDefined, ComponentGroupDefined
from domain.configuration.label import Label
from domain.event import Content, Id
from domain.incident import Incident, IncidentStatus, IncidentUpdated, Update, post
from domain.instant import MINUTE, Duration, Instant
from domain.organisation import register as register_organisation
from domain.person.identity import register
from domain.person.membership import join_organisation
from monitoring import heartbeats
from projections import alerts, flow, incidents
from projections.engine import Projection, Projector
from service import build
from service.alerts.answering import answering
from service.alerts.case import Duty
from service.alerts.herald import Herald
from service.alerts.settling import settling
from service.settings import Settings
from store.streams import Command
from tests.cast import AT
from tests.projections.story import views_of
from tests.service.running import Running, SetClock

HEART: Final = "prometheus"
MARGIN: Final[Duration] = 2 * MINUTE
DOWN: Final = AlertRule("down", {"alertname": ("WebDown",)}, alert.AlertAction.INCIDENT)
SLOW: Final = AlertRule("slow", {"alertname": ("WebSlow",)}, alert.AlertAction.INCIDENT, says=ComponentStatus.DEGRADED)
VIEWS: Final[tuple[Projection, ...]] = (alerts, flow, incidents)
WEB: Final = {"component": "web"}


@dataclass
class Watch:
    """The desk, and whoever answers its alerts."""

    running: Running
    duty: Duty = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """As a process begins."""
        heartbeats.prepare(self.running.views)
        herald = Herald(self.running.desk, allow_private=True)
        self.duty = Duty(self.running.desk, self.running.views, herald, self.running.desk.log.head())

    @property
    def now(self) -> Instant:
        return self.running.clock.now

    def after(self, duration: Duration) -> None:
        self.running.clock.now += duration

    def configure(self, *rules: AlertRule, **settings: Any) -> None:
        """Rules name organisations by the keys that `contact` takes."""
        name, facts = self.running.desk.name, {"heartbeat": HEART, "margin": MARGIN, **settings}
        stored = (
            replace(each, organisation=name("organisation", each.organisation)) if each.organisation else each
            for each in rules
        )
        self.define(AlertRulesSet(at=AT, rules=tuple(stored), **facts))

    def define(self, *events: Any) -> None:
        desk = self.running.desk
        desk.configuration.act(Command(desk.new_id()), desk.name("configuration"), lambda _: list(events))

    def component(self, key: str, alerts: AlertIncidents = AlertIncidents.PUBLISH) -> None:
        label = Label("Сайт", "The web site")
        group = ComponentGroupDefined(at=AT, key="servers", label=label, place=1)
        facts: dict[str, Any] = {"key": key, "group": "servers", "label": label, "place": 1, "uptime_target": 0}
        self.define(group, ComponentDefined(at=AT, alerts=alerts, **facts))

    def contact(self, organisation: str = "own") -> Id:
        """Somebody of an organisation."""
        desk, person = self.running.desk, self.running.desk.new_id()
        stream = desk.name("organisation", organisation)
        name = Content(stream, {"name": "We ourselves"})
        desk.organisations.act(Command(desk.new_id()), stream, register_organisation, name=name, at=self.now)
        desk.people.act(Command(desk.new_id()), person, register, identity=person, name="Robot", at=self.now)
        desk.people.act(Command(desk.new_id()), person, join_organisation, organisation=stream, at=self.now)
        return person

    def fire(
        self, name: str = "WebDown", *, by: Id | None = None, started_at: Instant | None = None, **labels: str
    ) -> Id:
        """As it is taken in; told again it fires after all."""
        labels = {"alertname": name, **(labels or WEB)}
        started_at = AT if started_at is None else started_at
        fingerprint = sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16]
        stream = self.running.desk.name("alert", fingerprint, str(started_at))
        words = {"summary": f"{name} fires", "runbook_url": "https://runbooks.example/1"}
        self._act(
            stream, alert.fire,
            stream=stream, fingerprint=fingerprint, labels=labels, annotations=words, started_at=started_at,
            at=self.now, by=by,
        )  # fmt: skip
        return stream

    def end(self, stream: Id) -> None:
        self._act(stream, alert.end, ended_at=self.now)

    def beat(self) -> None:
        heartbeats.beat(self.running.views, HEART, self.now)

    def confirm(self) -> None:
        """The monitoring lives on for as long as it takes."""
        self.after(MARGIN)
        self.beat()
        self.work()

    def work(self) -> None:
        """Answer and settle, once each, and let the views see it."""
        self.running.work(answering(self.duty), settling(self.duty))

    def alert(self, stream: Id) -> Alert:
        return self.running.desk.alerts.load(stream)[0]

    def incident(self, stream: Id) -> Incident:
        """The one that the alert opened or joined."""
        incident = self.alert(stream).incident
        assert incident is not None
        return self.running.desk.incidents.load(incident)[0]

    def told(self, stream: Id) -> Sequence[IncidentUpdated]:
        """What was told in its incident."""
        events = [each.event for each in self.running.desk.log.read(self.alert(stream).incident or "")]
        return [each for each in events if isinstance(each, IncidentUpdated)]

    def say(self, stream: Id, state: IncidentStatus, through: Through = Through.PERSON) -> None:
        """A person tells more of its incident."""
        incident, desk = self.alert(stream).incident or "", self.running.desk
        update = Update(desk.new_id(), state, {"en": "We know why."})
        facts: dict[str, Any] = {"known": frozenset(), "through": through, "at": self.now}
        desk.incidents.act(Command(desk.new_id()), incident, post, stream=incident, update=update, **facts)

    def publish(self, stream: Id) -> None:
        """A person makes an incident of a draft."""
        self.running.projector.catch_up()
        with self.running.views.connect() as connection:
            [draft] = [each for each in alerts.standing(connection) if each.stream == stream]
        desk, incident, by = self.running.desk, self.running.desk.new_id(), self.contact()
        facts: dict[str, Any] = {"stream": incident, "by": by, "at": self.now, "since": self.now}
        decide, along = publishing(desk, draft, worded(desk, draft, Opening()), **facts)
        desk.incidents.act(Command(desk.new_id(), along=(along,)), incident, decide)

    def announced(self) -> list[str]:
        """How each incident of the page stands, the newest first."""
        self.running.projector.catch_up()
        with self.running.views.connect() as connection:
            return [each.status.value for each in incidents.page(connection).incidents]

    def shown(self, component: str = "web") -> ComponentStatus | None:
        """What the page says of a component."""
        desk = self.running.desk
        return desk.components.load(desk.name("component", component))[0].shown(self.now)

    def _act(self, stream: Id, decide: Any, /, **facts: Any) -> None:
        self.running.desk.alerts.act(Command(self.running.desk.new_id()), stream, decide, **facts)


@contextmanager
def watching(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """A component `web` whose incidents alerts publish, and rules that open them."""
    clock = SetClock()
    monkeypatch.setattr(build, "now", clock)
    desk, views = build.build_desk(settings), views_of(settings)
    watch = Watch(Running(desk, Projector(desk.log, desk.name("configuration"), views, VIEWS), clock))
    watch.component("web")
    watch.configure(DOWN, SLOW)
    yield watch
    views.dispose()
    desk.close()
