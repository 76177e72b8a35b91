"""A client organisation: a stream of its own; its name is content under the organisation's own key."""

from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from domain.event import Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


@event(
    "organisation.registered",
    visibility=Visibility.OPAQUE,
    en="The organisation was registered",
    ru="Организация зарегистрирована",
)
class OrganisationRegistered:
    at: Public[Instant]
    name: Sealed


@event(
    "organisation.renamed",
    visibility=Visibility.OPAQUE,
    en="The organisation has a new name",
    ru="Организация переименована",
)
class OrganisationRenamed:
    at: Public[Instant]
    name: Sealed


@event(
    "organisation.webhook_set",
    visibility=Visibility.OPAQUE,
    en="Notices to the organisation go to another address",
    ru="Задан адрес уведомлений организации",
)
class WebhookSet:
    """From now on notices about the organisation's tickets are delivered to this address."""

    at: Public[Instant]
    url: Sealed


@event(
    "organisation.webhook_removed",
    visibility=Visibility.OPAQUE,
    en="The organisation gets no more notices",
    ru="Уведомления организации отключены",
)
class WebhookRemoved:
    """Notices have nowhere to go."""

    at: Public[Instant]


Event: TypeAlias = OrganisationRegistered | OrganisationRenamed | WebhookSet | WebhookRemoved


@dataclass(frozen=True)
class Organisation:
    """What decisions read of an organisation; without a name it is not registered."""

    name: Sealed | None = None
    webhook: Sealed | None = None
    """Where notices go."""


def evolve(organisation: Organisation, event: Event) -> Organisation:
    """The organisation after an event."""
    match event:
        case OrganisationRegistered() | OrganisationRenamed():
            return replace(organisation, name=event.name)
        case WebhookSet():
            return replace(organisation, webhook=event.url)
        case WebhookRemoved():
            return replace(organisation, webhook=None)
        case _:
            assert_never(event)


def register(organisation: Organisation, *, name: Sealed, at: Instant) -> list[Event]:
    """Register the organisation; it is registered once."""
    return [] if organisation.name else [OrganisationRegistered(at=at, name=name)]


def rename(organisation: Organisation, *, name: Sealed, at: Instant) -> list[Event]:
    """Give it another name. Sealed names cannot be compared here: the caller knows that they differ."""
    if organisation.name is None:
        raise Refused("organisation_not_registered")
    return [OrganisationRenamed(at=at, name=name)]


def set_webhook(organisation: Organisation, *, url: Sealed, at: Instant) -> list[Event]:
    """Deliver notices there. Sealed addresses cannot be compared here: the caller knows that they differ."""
    if organisation.name is None:
        raise Refused("organisation_not_registered")
    return [WebhookSet(at=at, url=url)]


def remove_webhook(organisation: Organisation, *, at: Instant) -> list[Event]:
    """Deliver no more notices."""
    return [] if organisation.webhook is None else [WebhookRemoved(at=at)]
