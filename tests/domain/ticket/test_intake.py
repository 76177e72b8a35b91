from dataclasses import replace
from typing import Any

import pytest

from domain.classification import Impact, Kind, Priority, Urgency
from domain.configuration import Configuration
from domain.configuration.category import CategoryDefined
from domain.configuration.contract import Consent
from domain.configuration.level import Levels
from domain.refusal import Refused
from domain.routing import DEFAULT, Fact, Rule
from domain.ticket.intake import Request, opening
from domain.ticket.opening import Publicity, TicketOpened, asked
from tests.cast import ACME, ANN, CY
from tests.domain.configuration.wishes import LABEL, NOW, after, contract, routing, wanted

REQUEST = Request(
    channel="phone",
    by=ANN,
    requester=CY,
    organisation=ACME,
    kind=Kind.INCIDENT,
    impact=Impact.HIGH,
    urgency=Urgency.LOW,
    subject="No dial tone",
    body="Since this morning.",
)
URGENT = Rule("urgent", {Fact.CHANNEL: ("phone",)}, "first", "desk", Priority.CRITICAL, "voip")
BILLS = Rule("bills", {Fact.CATEGORY: ("bill",)}, "first", "desk")


def routed_by(rule: Rule) -> Configuration:
    categories = (CategoryDefined(at=NOW, key=key, label=LABEL) for key in ("bill", "voip"))
    return after(wanted(*categories, rules=routing(rule)))


def opened_by(configuration: Configuration, **changes: Any) -> TicketOpened:
    return opening(replace(REQUEST, **changes), configuration, reference="123456788", at=NOW)


def test_what_is_asked_is_opened_where_the_configuration_sends_it() -> None:
    opened = opened_by(after(wanted()))
    assert (opened.rule, opened.line, opened.team, opened.priority) == (DEFAULT, "first", "desk", Priority.NORMAL)
    assert (opened.level, opened.policy, opened.reference, opened.at) == ("gold", 1, "123456788", NOW)
    assert (opened.by, opened.requester, opened.organisation) == (ANN, CY, ACME)
    assert opened.text == asked(CY, "No dial tone", "Since this morning.")


def test_a_rule_tells_the_priority_and_the_category() -> None:
    opened = opened_by(routed_by(URGENT))
    assert (opened.rule, opened.priority, opened.category) == ("urgent", Priority.CRITICAL, "voip")


def test_a_category_that_is_told_stays() -> None:
    assert opened_by(routed_by(URGENT), category="fax").category == "fax"


def test_a_rule_may_look_at_the_category() -> None:
    configuration = routed_by(BILLS)
    assert opened_by(configuration, category="bill").rule == "bills"
    assert opened_by(configuration).rule == DEFAULT


@pytest.mark.parametrize(
    ("consent", "publicity"), [(Consent.GIVEN, Publicity.PUBLISHED), (Consent.NOT_GIVEN, Publicity.OPAQUE)]
)
def test_a_ticket_is_published_as_its_level_is(consent: Consent, publicity: Publicity) -> None:
    assert opened_by(after(wanted(contract("c", ACME, consent)))).publicity is publicity


def test_a_level_that_was_withdrawn_promises_nothing_new() -> None:
    configuration = replace(after(wanted()), levels=Levels())
    with pytest.raises(Refused, match="level_withdrawn"):
        opened_by(configuration)
