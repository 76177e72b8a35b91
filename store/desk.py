"""The write side as one value: the log, the names, and the streams of every kind."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from domain import (
    alert,
    component,
    configuration,
    desk,
    erasure,
    incident,
    mailing,
    maintenance,
    month,
    organisation,
    page_link,
    person,
    receipt,
    reservation,
    subscription,
    ticket,
    token,
)
from domain.alert import Alert
from domain.component import Component
from domain.configuration import Configuration
from domain.configuration import Event as ConfigurationEvent
from domain.erasure import Erasure
from domain.event import Id
from domain.incident import Incident
from domain.instant import Instant
from domain.mailing import Mailing
from domain.maintenance import Works
from domain.month import Month
from domain.organisation import Organisation
from domain.page_link import PageLink
from domain.person import Person
from domain.policy import Book
from domain.receipt import Receipt
from domain.reservation import Reservation
from domain.shapes import event_classes
from domain.subscription import Subscription
from domain.ticket import Ticket
from domain.ticket.consequences import consequences
from domain.token import Token
from store.announcing import Announcing
from store.codec import Codec
from store.followed import Followed
from store.keys import Keys
from store.log import Log, Recorded
from store.names import Naming, naming
from store.recalled import Recalled
from store.recorder import Recorder
from store.sealing import Sealer
from store.streams import Streams
from store.subscribing import Subscribing


@dataclass(frozen=True)
class Desk:
    """What whoever acts needs: where to act, and what time it is."""

    log: Log
    keys: Keys
    sealer: Sealer
    name: Naming
    now: Callable[[], Instant]
    new_id: Callable[[], Id]
    founding: Streams[desk.Desk, desk.Event]
    configuration: Streams[Configuration, ConfigurationEvent]
    components: Streams[Component, component.Event]
    incidents: Streams[Incident, incident.Event]
    maintenances: Streams[Works, maintenance.Event]
    alerts: Streams[Alert, alert.Event]
    months: Streams[Month, month.Event]
    organisations: Streams[Organisation, organisation.Event]
    page_links: Streams[PageLink, page_link.Event]
    people: Streams[Person, person.Event]
    tokens: Streams[Token, token.Event]
    reservations: Streams[Reservation, reservation.Event]
    receipts: Streams[Receipt, receipt.Event]
    subscriptions: Streams[Subscription, subscription.Event]
    mailings: Streams[Mailing, mailing.Event]
    tickets: Streams[Ticket, ticket.Event]
    erasures: Streams[Erasure, erasure.Event]
    configured: Followed[Configuration, ConfigurationEvent]
    """The configuration in force."""
    recalled: Recalled
    """What is asked for by nearly every request."""

    @property
    def stream(self) -> Id:
        """The stream of the desk itself."""
        return self.name("desk")

    @property
    def successions(self) -> list[Recorded[desk.DeskLogSucceeded]]:
        """Each time that the log went on under another name, the first one first."""
        return [each for each in self.log.read(self.stream) if isinstance(each.event, desk.DeskLogSucceeded)]

    def close(self) -> None:
        """Let go of the connections."""
        self.log.close()
        self.keys.close()


def desk_over(
    recorder: Recorder, keys_engine: Engine, master: bytes, now: Callable[[], Instant], random: Callable[[int], bytes]
) -> Desk:
    """The desk over a log and a key store; `KeyMissing` if the two do not belong together."""
    keys = Keys(keys_engine, master, random)
    sealer = Sealer(keys, random)
    log = Log(recorder, Codec(event_classes()), sealer, now, random)
    for section in log.first_sections():
        keys.opened(section.key_id)  # before a key is made that an existing log would not know
    name = naming(keys.desk)
    configurations = Streams(log, Configuration(), configuration.evolve)
    configured = Followed(configurations, name("configuration"))
    components = Streams(log, Component(), component.evolve)
    reservations = Streams(log, Reservation(), reservation.evolve)
    recalled = Recalled(log)
    announcing = Announcing(components, reservations, name, lambda: configured.state().uptime_rule.notice)
    subscribing = Subscribing(log, reservations, name, lambda: subscriptions)
    subscriptions = Streams(log, Subscription(), subscription.evolve, elsewhere=subscribing.elsewhere)
    return Desk(
        log=log,
        keys=keys,
        sealer=sealer,
        name=name,
        now=now,
        new_id=lambda: random(16).hex(),
        founding=Streams(log, desk.Desk(), desk.evolve),
        configuration=configurations,
        components=components,
        incidents=Streams(log, Incident(), incident.evolve, elsewhere=announcing.of_incident),
        maintenances=Streams(log, Works(), maintenance.evolve, elsewhere=announcing.of_works),
        alerts=Streams(log, Alert(), alert.evolve),
        months=Streams(log, Month(), month.evolve),
        organisations=Streams(log, Organisation(), organisation.evolve),
        page_links=Streams(log, PageLink(), page_link.evolve),
        people=Streams(log, Person(), person.evolve),
        tokens=Streams(log, Token(), token.evolve),
        reservations=reservations,
        receipts=Streams(log, Receipt(), receipt.evolve),
        subscriptions=subscriptions,
        mailings=Streams(log, Mailing(), mailing.evolve),
        tickets=_tickets(log, recalled, lambda: configured.state().book()),
        erasures=Streams(log, Erasure(), erasure.evolve),
        configured=configured,
        recalled=recalled,
    )


def _tickets(log: Log, recalled: Recalled, book: Callable[[], Book]) -> Streams[Ticket, ticket.Event]:
    return Streams(
        log,
        Ticket(),
        ticket.evolve,
        published=lambda state: state.published,
        consequences=lambda state, events: consequences(state, events, book=book()),
        memory=recalled,
    )
