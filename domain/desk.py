"""The desk itself: founded once, at the first start, as the first entry of the log."""

from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


@event(
    "desk.founded",
    visibility=Visibility.CLEAR,
    en="The desk was founded; its log is {origin}",
    ru="Служба поддержки основана; её журнал: {origin}",
)
class DeskFounded:
    """What a verifier must know before it reads on; the origin is fixed for ever."""

    at: Public[Instant]
    desk: Public[Id]
    origin: Public[str]
    """The name of the transparency log (C2SP tlog-checkpoint: a URL without its scheme)."""
    log_key: Public[str]
    """The log's verifier key (C2SP signed-note vkey)."""
    zone: Public[str]
    """IANA name: months and days of published figures are counted in it."""
    languages: Public[tuple[str, ...]]
    currency: Public[str]
    """ISO 4217."""


@event(
    "desk.set_up",
    visibility=Visibility.CLEAR,
    en="The desk counts its days in {zone}, speaks {languages} and charges in {currency}",
    ru="Служба поддержки считает дни по времени {zone}, языки: {languages}, валюта: {currency}",
)
class DeskSetUp:
    """What may still change before the first ticket."""

    at: Public[Instant]
    zone: Public[str]
    languages: Public[tuple[str, ...]]
    currency: Public[str]


@event(
    "desk.webhook_set",
    visibility=Visibility.OPAQUE,
    en="Notices to the staff go to another address",
    ru="Задан адрес уведомлений сотрудников",
)
class DeskWebhookSet:
    """From now on what the escalation ladder tells the staff is delivered to this address of the provider's own."""

    at: Public[Instant]
    url: str


@event(
    "desk.webhook_removed",
    visibility=Visibility.OPAQUE,
    en="The staff gets no more notices",
    ru="Уведомления сотрудников отключены",
)
class DeskWebhookRemoved:
    """Notices to the staff have nowhere to go."""

    at: Public[Instant]


Event: TypeAlias = DeskFounded | DeskSetUp | DeskWebhookSet | DeskWebhookRemoved


@dataclass(frozen=True)
class Desk:
    """What decisions read of the desk."""

    origin: str = ""
    zone: str = "Etc/UTC"
    languages: tuple[str, ...] = ()
    currency: str = ""
    webhook: str | None = None
    """Where notices to the staff go."""
    webhooks: int = 0
    """How often an address was set: each time it has another secret."""


def evolve(desk: Desk, event: Event) -> Desk:
    """The desk after an event."""
    match event:
        case DeskFounded():
            return Desk(event.origin, event.zone, event.languages, event.currency)
        case DeskSetUp():
            return replace(desk, zone=event.zone, languages=event.languages, currency=event.currency)
        case DeskWebhookSet():
            return replace(desk, webhook=event.url, webhooks=desk.webhooks + 1)
        case DeskWebhookRemoved():
            return replace(desk, webhook=None)
        case _:
            assert_never(event)


def found(desk: Desk, founding: DeskFounded) -> list[Event]:
    """Found the desk; it stays as it was founded."""
    return [] if desk.origin else [founding]


def set_up(
    desk: Desk, *, zone: str, languages: tuple[str, ...], currency: str, tickets: bool, at: Instant
) -> list[Event]:
    """Change what figures are counted in; refused once there are tickets or figures, whose months would move."""
    if (zone, languages, currency) == (desk.zone, desk.languages, desk.currency):
        return []
    if zone != desk.zone and tickets:
        raise Refused("zone_is_fixed", zone=desk.zone)
    return [DeskSetUp(at=at, zone=zone, languages=languages, currency=currency)]


def set_webhook(desk: Desk, *, url: str, at: Instant) -> list[Event]:
    """Deliver notices to the staff there; the caller knows that it is an address."""
    return [] if desk.webhook == url else [DeskWebhookSet(at=at, url=url)]


def remove_webhook(desk: Desk, *, at: Instant) -> list[Event]:
    """Deliver no more notices to the staff."""
    return [] if desk.webhook is None else [DeskWebhookRemoved(at=at)]
