"""The receipt of a request: asked again with the same key, it is answered and not done again."""

from dataclasses import dataclass
from typing import TypeAlias

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


@event(
    "request.received",
    visibility=Visibility.OPAQUE,
    en="A request was received and done",
    ru="Запрос принят и выполнен",
)
class RequestReceived:
    """Stored in the commit of what the request did."""

    at: Public[Instant]
    digest: str
    """SHA-256 of the request, in hexadecimal digits."""
    did: Id
    """The stream in which it was done."""


Event: TypeAlias = RequestReceived


@dataclass(frozen=True)
class Receipt:
    """What is known of an idempotency key."""

    digest: str = ""
    did: Id = ""


def evolve(_: Receipt, event: Event) -> Receipt:
    """The receipt after an event."""
    return Receipt(event.digest, event.did)


def receive(receipt: Receipt, *, digest: str, did: Id, at: Instant) -> list[Event]:
    """Note the request; the same key with another request is a mistake of the caller."""
    if receipt.digest and receipt.digest != digest:
        raise Refused("idempotency_key_reused")
    return [] if receipt.digest else [RequestReceived(at=at, digest=digest, did=did)]
