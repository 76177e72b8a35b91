"""A desk with components, those who subscribed to its announcements, and the jobs that tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from threading import Event
from typing import Any, Final

from domain import incident, maintenance
from domain.component import ComponentStatus, Through, set_status
from domain.event import Id
from domain.incident import IncidentStatus
from domain.instant import HOUR
from domain.mailing import MailingDone
from domain.maintenance import WorksStatus
from domain.subscription import Proof, Subscription, SubscriptionChannel, SubscriptionEnd, confirm, end
from projections import incidents, status, subscribers, trail
from projections.engine import Projection
from service.jobs import Job, Loop
from service.mail import Post, Postman, Server
from service.subscribers import deliveries
from service.subscribers.by_mail import by_mail
from service.subscribers.by_webhook import by_webhook
from service.subscribers.keeping import keeping
from service.subscribers.telling import inviting, telling
from store.streams import Command
from store.subscriptions import subscribe
from tests.service.mailbox import Mailbox
from tests.service.running import Running

VIEWS: Final[tuple[Projection, ...]] = (incidents, status, trail, subscribers)
ADDRESS: Final = "https://status.example"
SENDER: Final = Address("Acme status", "status", "acme.example")
TITLE: Final = {"ru": "Сбой сети", "en": "Network outage"}
TEXT: Final = {"ru": "Разбираемся.", "en": "We look into it."}
DOWN: Final = {"api": ComponentStatus.MAJOR_OUTAGE}
COMPONENTS: Final = frozenset({"api", "web"})
SAID: Final[Mapping[str, Any]] = {"known": COMPONENTS, "through": Through.PERSON}


@dataclass(frozen=True)
class Town:
    """The desk, and what is usually done to it."""

    running: Running

    def subscribe(self, to: str, *components: str, language: str = "en", is_confirmed: bool = True) -> Id:
        desk, at, command = self.running.desk, self.running.clock.now, Command(self.running.desk.new_id())
        channel = SubscriptionChannel.EMAIL if "@" in to else SubscriptionChannel.WEBHOOK
        wish: dict[str, Any] = {"channel": channel, "to": to, "components": frozenset(components)}
        subscribe(desk, command, **wish, language=language, at=at)
        if is_confirmed:
            desk.subscriptions.act(Command(desk.new_id()), command.id, confirm, proof=Proof.STAFF, at=at)
        return command.id

    def open(self, components: Mapping[str, ComponentStatus] = DOWN, **changes: Any) -> Id:
        desk, stream = self.running.desk, self.running.desk.new_id()
        first = incident.Update(desk.new_id(), IncidentStatus.INVESTIGATING, changes.pop("text", TEXT), components)
        told = {"title": TITLE, "first": first, "at": self.running.clock.now, **SAID, **changes}
        desk.incidents.act(Command(desk.new_id()), stream, incident.open_incident, stream=stream, **told)
        return stream

    def post(self, stream: Id, status: IncidentStatus) -> None:
        desk = self.running.desk
        update = incident.Update(desk.new_id(), status, TEXT)
        told = {"update": update, "at": self.running.clock.now, **SAID}
        desk.incidents.act(Command(desk.new_id()), stream, incident.post, stream=stream, **told)

    def plan(self) -> Id:
        desk, stream, start = self.running.desk, self.running.desk.new_id(), self.running.clock.now + HOUR
        first = maintenance.Update(desk.new_id(), WorksStatus.SCHEDULED, TEXT)
        told: dict[str, Any] = {"title": TITLE, "first": first, "components": frozenset({"web"}), "known": COMPONENTS}
        told |= {"start": start, "end": start + HOUR, "at": self.running.clock.now}
        desk.maintenances.act(Command(desk.new_id()), stream, maintenance.announce, stream=stream, **told)
        return stream

    def put_off(self, stream: Id) -> None:
        desk, start = self.running.desk, self.running.clock.now + 2 * HOUR
        told: dict[str, Any] = {"start": start, "end": start + HOUR, "at": self.running.clock.now}
        desk.maintenances.act(Command(desk.new_id()), stream, maintenance.reschedule, **told)

    def call_off(self, stream: Id) -> None:
        desk = self.running.desk
        update = maintenance.Update(desk.new_id(), WorksStatus.CANCELLED, TEXT)
        told: dict[str, Any] = {"update": update, "at": self.running.clock.now}
        desk.maintenances.act(Command(desk.new_id()), stream, maintenance.post, stream=stream, **told)

    def begin(self, stream: Id) -> None:
        """Its time has come."""
        self.running.clock.now += HOUR
        desk, at = self.running.desk, self.running.clock.now
        command, update = Command(desk.new_id()), desk.new_id()
        desk.maintenances.act(command, stream, maintenance.tick, stream=stream, update=update, at=at)

    def set(self, status: ComponentStatus, key: str = "api") -> None:
        desk, at = self.running.desk, self.running.clock.now
        told: dict[str, Any] = {"key": key, "known": COMPONENTS, "status": status, "through": Through.PROBE}
        desk.components.act(Command(desk.new_id()), desk.name("component", key), set_status, **told, at=at)

    def end(self, stream: Id) -> None:
        desk, at = self.running.desk, self.running.clock.now
        desk.subscriptions.act(Command(desk.new_id()), stream, end, why=SubscriptionEnd.UNSUBSCRIBED, at=at)

    def state(self, stream: Id) -> Subscription:
        return self.running.desk.subscriptions.load(stream)[0]

    def done(self) -> list[tuple[int, int]]:
        """Of each mailing that is done, how many were told and given up."""
        told = [each.event for each in self.running.desk.log.read_all(limit=1_000)]
        return [(each.delivered, each.given_up) for each in told if isinstance(each, MailingDone)]

    def work(self, *jobs: Job[Any], **options: Any) -> None:
        """Let the views catch up, do what is due, and let the views catch up."""
        self.running.projector.catch_up()
        assert {state.error for state in self.running.projector.states()} == {None}
        Loop(jobs, self.running.clock, **options).round(Event())
        self.running.projector.catch_up()

    def mail(self, box: Mailbox) -> None:
        """What the loop of mails does."""
        postman = Postman(post_of(box), self.running.clock)
        self.work(*self.mailing(postman), ready=postman.is_ready)

    def mailing(self, postman: Postman) -> tuple[Job[Any], Job[Any]]:
        line = by_mail(self.running.desk, self.running.views, postman, ADDRESS)
        return inviting(line), telling(line)

    def call(self, **options: Any) -> None:
        """What the loop of webhooks does."""
        desk, views = self.running.desk, self.running.views
        line = by_webhook(desk, views, ADDRESS, allow_private=options.pop("allow_private", True))
        self.work(inviting(line), telling(line), **options)

    def keep(self) -> None:
        self.work(*keeping(self.running.desk, self.running.views))

    def forget_deliveries(self) -> None:
        """The memory is lost."""
        with self.running.views.begin() as connection:
            deliveries.METADATA.drop_all(connection)
        deliveries.prepare(self.running.views)


def post_of(box: Mailbox) -> Post:
    return Post(Server("127.0.0.1", box.port, is_implicit=False, user="", password=""), SENDER)
