"""Every class of events that may stand in the log: one line a kind of stream."""

from typing import Any, Final, get_args

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

KINDS: Final[tuple[Any, ...]] = (
    desk.Event,
    component.Event,
    incident.Event,
    maintenance.Event,
    alert.Event,
    month.Event,
    configuration.Event,
    organisation.Event,
    page_link.Event,
    person.Event,
    token.Event,
    reservation.Event,
    receipt.Event,
    subscription.Event,
    mailing.Event,
    ticket.Event,
    erasure.Event,
)


def event_classes() -> tuple[type, ...]:
    """The classes, in the order of the lines above."""
    return tuple(each for kind in KINDS for each in get_args(kind) or (kind,))
