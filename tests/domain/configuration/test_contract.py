from domain.configuration.contract import Consent
from domain.instant import DAY
from tests.domain.configuration.wishes import NOW, after, contract, level, routing, wanted

LEVELS = (level(), level("standard"))
STANDARD = routing(standard="standard")


def test_an_organisation_has_the_level_of_its_contract_while_that_is_in_force() -> None:
    state = after(wanted(contract("c", "acme", since=NOW, until=NOW + DAY), levels=LEVELS, rules=STANDARD))
    levels = [state.level_of("acme", at) for at in (NOW - 1, NOW, NOW + DAY - 1, NOW + DAY)]
    assert levels == ["standard", "gold", "gold", "standard"]


def test_who_has_no_contract_has_the_level_of_the_routing_default() -> None:
    state = after(wanted(contract("c", "acme"), levels=LEVELS, rules=STANDARD))
    assert (state.level_of("other", NOW), state.level_of(None, NOW)) == ("standard", "standard")


def test_of_two_contracts_in_force_the_newer_counts() -> None:
    old, new = contract("old", "acme", since=NOW - DAY), contract("new", "acme", since=NOW)
    state = after(wanted(new, old, levels=LEVELS, rules=STANDARD))
    assert state.level_of("acme", NOW) == "gold"


def test_a_level_of_three_organisations_is_published() -> None:
    state = after(wanted(*(contract(each, each) for each in "abc")))
    assert state.is_published("gold", NOW)


def test_a_level_of_two_organisations_is_not_published() -> None:
    state = after(wanted(contract("a", "a"), contract("b", "b"), contract("c", "b")))
    assert not state.is_published("gold", NOW)


def test_a_level_nobody_has_is_not_published() -> None:
    assert not after(wanted()).is_published("gold", NOW)


def test_a_contract_that_is_not_in_force_does_not_count() -> None:
    past = contract("c", "c", since=0, until=NOW)
    assert not after(wanted(contract("a", "a"), contract("b", "b"), past)).is_published("gold", NOW)


def test_a_level_is_published_when_all_who_have_it_consent() -> None:
    given = contract("a", "a", Consent.GIVEN)
    assert after(wanted(given)).is_published("gold", NOW)
    assert not after(wanted(given, contract("b", "b"))).is_published("gold", NOW)
