from dataclasses import replace
from functools import reduce

import pytest

from domain.desk import (
    Desk,
    DeskFounded,
    DeskLogSucceeded,
    DeskSetUp,
    DeskWebhookRemoved,
    DeskWebhookSet,
    Ending,
    Event,
    evolve,
    found,
    remove_webhook,
    set_up,
    set_webhook,
    succeed,
)
from domain.event import Visibility, shape_of
from domain.refusal import Refused

FOUNDED = DeskFounded(
    at=1,
    desk="d" * 32,
    origin="desk.example/log",
    log_key="key",
    zone="Etc/UTC",
    languages=("ru", "en"),
    currency="RUB",
)
MOVED = DeskSetUp(at=2, zone="Europe/Moscow", languages=("ru", "en"), currency="RUB")
HERE = DeskWebhookSet(at=3, url="https://desk.example/")
THERE = DeskWebhookSet(at=4, url="https://desk.example/elsewhere")
REMOVED = DeskWebhookRemoved(at=4)
SUCCEEDED = DeskLogSucceeded(
    at=5,
    number=2,
    because=Ending.LOSS,
    former_origin="desk.example/log",
    former_key="key",
    former_size=10,
    former_root="root",
    kept=3,
    proof=("hash",),
    origin="desk.example/log/2",
    log_key="other key",
    endorsement="signature",
)


def desk(*events: Event) -> Desk:
    return reduce(evolve, events, Desk())


def test_a_desk_is_founded_once() -> None:
    assert found(desk(), FOUNDED) == [FOUNDED]
    assert found(desk(FOUNDED), FOUNDED) == []


def test_a_founded_desk_knows_what_figures_are_counted_in() -> None:
    assert desk(FOUNDED) == Desk("desk.example/log", "Etc/UTC", ("ru", "en"), "RUB", log_key="key")


def test_before_the_first_ticket_everything_but_the_origin_may_change() -> None:
    set_up_anew = set_up(desk(FOUNDED), zone="Europe/Moscow", languages=("en",), currency="EUR", tickets=False, at=2)
    assert desk(FOUNDED, *set_up_anew) == Desk("desk.example/log", "Europe/Moscow", ("en",), "EUR", log_key="key")


def test_a_desk_that_is_already_so_stays_as_it_is() -> None:
    again = set_up(desk(FOUNDED, MOVED), zone=MOVED.zone, languages=("ru", "en"), currency="RUB", tickets=True, at=3)
    assert again == []


def test_the_zone_is_fixed_once_there_are_tickets() -> None:
    with pytest.raises(Refused) as refused:
        set_up(desk(FOUNDED), zone="Europe/Moscow", languages=("ru",), currency="RUB", tickets=True, at=2)
    assert refused.value == Refused("zone_is_fixed", zone="Etc/UTC")


def test_languages_may_change_while_there_are_tickets() -> None:
    changed = set_up(desk(FOUNDED), zone="Etc/UTC", languages=("ru",), currency="RUB", tickets=True, at=2)
    assert changed == [DeskSetUp(at=2, zone="Etc/UTC", languages=("ru",), currency="RUB")]


def test_what_a_verifier_must_know_is_for_anybody_to_read() -> None:
    assert {shape_of(each).visibility for each in (DeskFounded, DeskSetUp, DeskLogSucceeded)} == {Visibility.CLEAR}


def test_the_staff_has_one_address() -> None:
    assert set_webhook(desk(FOUNDED), url="https://desk.example/", at=3) == [HERE]
    assert set_webhook(desk(FOUNDED, HERE), url="https://desk.example/", at=3) == []
    assert set_webhook(desk(FOUNDED, HERE), url=THERE.url, at=4) == [THERE]
    assert desk(FOUNDED, HERE, THERE).webhook == THERE.url


def test_an_address_is_removed_once() -> None:
    assert remove_webhook(desk(FOUNDED, HERE), at=4) == [REMOVED]
    assert remove_webhook(desk(FOUNDED, HERE, REMOVED), at=4) == []


def test_each_setting_of_an_address_is_counted() -> None:
    assert [desk(*past).webhooks for past in ((FOUNDED,), (HERE, THERE), (HERE, REMOVED, HERE))] == [0, 2, 2]


def test_the_address_of_the_staff_is_for_nobody_else_to_read() -> None:
    assert {shape_of(each).visibility for each in (DeskWebhookSet, DeskWebhookRemoved)} == {Visibility.OPAQUE}


def test_a_log_goes_on_under_another_name_and_key() -> None:
    assert desk(FOUNDED).next_origin == SUCCEEDED.origin
    assert succeed(desk(FOUNDED), SUCCEEDED) == [SUCCEEDED]
    now = desk(FOUNDED, SUCCEEDED)
    assert (now.origin, now.log_key, now.logs) == ("desk.example/log/2", "other key", 2)
    assert now.next_origin == "desk.example/log/3"


def test_a_log_has_one_successor() -> None:
    assert succeed(desk(FOUNDED, SUCCEEDED), SUCCEEDED) == []
    assert succeed(desk(FOUNDED, SUCCEEDED), replace(SUCCEEDED, log_key="a third key")) == []


def test_a_refusal_is_a_value() -> None:
    assert Refused("closed", stage="new") == Refused("closed", stage="new")
    assert hash(Refused("closed", stage="new")) == hash(Refused("closed", stage="new"))
    assert Refused("closed", stage="new") != Refused("closed", stage="old")
    assert Refused("closed") != ValueError("closed")
