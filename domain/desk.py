"""The desk itself: founded once, at the first start, as the first entry of the log; and what the log is called."""

from dataclasses import dataclass, replace
from enum import StrEnum
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
    """What a verifier must know before it reads on; the origin is fixed until the log has a successor."""

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


class Ending(StrEnum):
    """Why a log cannot be signed under its name any more."""

    LOSS = "loss"
    """Events that were signed are lost for good."""
    KEY_COMPROMISED = "key_compromised"
    """Somebody else may sign with its key."""
    KEY_LOST = "key_lost"
    """Nobody can sign with its key."""


@event(
    "desk.log_succeeded",
    visibility=Visibility.CLEAR,
    en="The log {former_origin} is not signed any more ({because}): it goes on as {origin}; of {former_size} entries "
    "the first {kept} are in it",
    ru="Журнал {former_origin} больше не подписывается ({because}): он продолжен как {origin}; записей было "
    "{former_size}, из них в нём первые {kept}",
)
class DeskLogSucceeded:
    """The same log under another name and another key: from its first entry on it is a tree of its own."""

    at: Public[Instant]
    number: Public[int]
    """How many logs there are with this one: 2 is the first successor."""
    because: Public[Ending]
    former_origin: Public[str]
    former_key: Public[str]
    former_size: Public[int]
    """Entries under the newest checkpoint of the former log that is known."""
    former_root: Public[str]
    """Its root, in base64."""
    kept: Public[int]
    """How many of the first entries of the former log are the first ones of this one."""
    proof: Public[tuple[str, ...]]
    """That they are: from their tree to the former root (RFC 6962, 2.1.2), in base64; empty if it cannot be shown."""
    origin: Public[str]
    log_key: Public[str]
    endorsement: Public[str]
    """Signature of the former key over all of this, in base64; empty if that key is not to be trusted, or gone."""


Event: TypeAlias = DeskFounded | DeskSetUp | DeskWebhookSet | DeskWebhookRemoved | DeskLogSucceeded


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
    log_key: str = ""
    """The verifier key of the log (C2SP signed-note vkey)."""
    logs: int = 1
    """How many names the log has had."""

    @property
    def next_origin(self) -> str:
        """The name of the log if this one cannot go on."""
        return f"{self.origin.removesuffix(f'/{self.logs}')}/{self.logs + 1}"


def evolve(desk: Desk, event: Event) -> Desk:
    """The desk after an event."""
    match event:
        case DeskFounded():
            return Desk(event.origin, event.zone, event.languages, event.currency, log_key=event.log_key)
        case DeskSetUp():
            return replace(desk, zone=event.zone, languages=event.languages, currency=event.currency)
        case DeskWebhookSet():
            return replace(desk, webhook=event.url, webhooks=desk.webhooks + 1)
        case DeskWebhookRemoved():
            return replace(desk, webhook=None)
        case DeskLogSucceeded():
            return replace(desk, origin=event.origin, log_key=event.log_key, logs=event.number)
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


def succeed(desk: Desk, succession: DeskLogSucceeded) -> list[Event]:
    """Go on under another name; a log has one successor."""
    return [succession] if succession.former_key == desk.log_key else []
