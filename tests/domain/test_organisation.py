import pytest

from domain.event import Content
from domain.organisation import (
    Organisation,
    OrganisationRegistered,
    OrganisationRenamed,
    WebhookRemoved,
    WebhookSet,
    evolve,
    register,
    remove_webhook,
    rename,
    set_webhook,
)
from domain.refusal import Refused

ACME = Content("acme", {"name": "Acme"})
ACME_PLC = Content("acme", {"name": "Acme plc"})
URL = Content("acme", {"url": "https://acme.example/notices"})
REGISTERED = evolve(Organisation(), OrganisationRegistered(at=1, name=ACME))


def test_an_organisation_is_registered_with_its_name() -> None:
    assert register(Organisation(), name=ACME, at=1) == [OrganisationRegistered(at=1, name=ACME)]


def test_an_organisation_is_registered_once() -> None:
    assert register(REGISTERED, name=ACME_PLC, at=2) == []


def test_a_registered_organisation_can_be_renamed() -> None:
    [renamed] = rename(REGISTERED, name=ACME_PLC, at=2)
    assert renamed == OrganisationRenamed(at=2, name=ACME_PLC)
    assert evolve(REGISTERED, renamed).name == ACME_PLC


def test_an_organisation_that_is_not_registered_has_no_name_to_change() -> None:
    with pytest.raises(Refused) as refused:
        rename(Organisation(), name=ACME, at=1)
    assert refused.value == Refused("organisation_not_registered")


def test_notices_go_to_the_address_that_was_set_until_it_is_removed() -> None:
    [was_set] = set_webhook(REGISTERED, url=URL, at=2)
    assert was_set == WebhookSet(at=2, url=URL)
    reached = evolve(REGISTERED, was_set)
    assert reached.webhook == URL
    [removed] = remove_webhook(reached, at=3)
    assert removed == WebhookRemoved(at=3)
    assert evolve(reached, removed) == REGISTERED


def test_an_organisation_that_is_not_registered_gets_no_notices() -> None:
    with pytest.raises(Refused) as refused:
        set_webhook(Organisation(), url=URL, at=1)
    assert refused.value == Refused("organisation_not_registered")


def test_where_no_notices_go_none_are_stopped() -> None:
    assert remove_webhook(REGISTERED, at=2) == []
