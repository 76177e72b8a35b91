import pytest

from domain.event import Address, Content
from domain.person import Person, evolve, in_turn
from domain.person.identity import (
    AddressAttached,
    Registered,
    attach_address,
    deactivate,
    detach_address,
    join_duplicates,
    merge,
    register,
    rename,
)
from domain.refusal import Refused
from tests.domain.person.people import ANN, BEN, CAT, after, registered

MAIL = "5" * 32


def test_a_name_is_content_under_the_persons_own_key() -> None:
    (event,) = register(Person(), identity=ANN, name=" Ann ", at=1)
    assert event == Registered(at=1, name=Content(ANN, {"name": "Ann"}))
    assert evolve(Person(), event) == Person(id=ANN)


def test_a_person_read_from_the_log_has_the_same_id() -> None:
    stored = Registered(at=1, name=Address(owner=ANN, stream=ANN, version=1, section="name"))
    assert evolve(Person(), stored).id == ANN


def test_a_person_is_registered_once() -> None:
    assert register(registered(ANN), identity=ANN, name="Another", at=2) == []


def test_a_person_has_a_name() -> None:
    with pytest.raises(Refused) as refused:
        register(Person(), identity=ANN, name=" ", at=1)
    assert refused.value == Refused("name_empty")


def test_a_renamed_person_is_the_same_person() -> None:
    person = registered(ANN)
    assert after(person, rename(person, name="Anna", at=2)) == person


def test_an_address_is_attached_once() -> None:
    person = registered(ANN)
    attached = attach_address(person, address=MAIL, channel="mail", value="ann@example.org", at=2)
    assert attached == [
        AddressAttached(at=2, address=MAIL, channel="mail", value=Content(ANN, {"value": "ann@example.org"}))
    ]
    assert attach_address(after(person, attached), address=MAIL, channel="mail", value="ann@example.org", at=3) == []


def test_an_address_is_detached_once() -> None:
    person = Person(id=ANN, addresses=frozenset({MAIL}))
    without = after(person, detach_address(person, address=MAIL, at=2))
    assert without.addresses == frozenset()
    assert detach_address(without, address=MAIL, at=3) == []


def test_whoever_was_merged_leads_to_the_other() -> None:
    person = registered(ANN)
    merged = after(person, merge(person, into=BEN, at=2))
    assert merged.merged_into == BEN
    assert not merged.is_active
    assert merge(merged, into=BEN, at=3) == []


def test_nobody_is_merged_twice_or_into_themselves() -> None:
    with pytest.raises(Refused) as refused:
        merge(Person(id=ANN, merged_into=BEN), into=CAT, at=2)
    assert refused.value == Refused("person_merged", into=BEN)
    with pytest.raises(Refused) as refused:
        merge(registered(ANN), into=ANN, at=2)
    assert refused.value == Refused("person_merged_into_itself", person=ANN)


def test_a_merge_brings_all_identities_of_the_duplicate() -> None:
    survivor = registered(CAT)
    joined = after(survivor, join_duplicates(survivor, duplicates=frozenset({BEN, ANN}), at=2))
    assert joined.identities == {ANN, BEN, CAT}
    assert join_duplicates(joined, duplicates=frozenset({ANN}), at=3) == []


def test_a_deactivated_person_cannot_be_changed() -> None:
    person = registered(ANN)
    gone = after(person, deactivate(person, at=2))
    assert deactivate(gone, at=3) == []
    with pytest.raises(Refused) as refused:
        rename(gone, name="Anna", at=3)
    assert refused.value == Refused("person_deactivated", person=ANN)


def test_a_person_nobody_knows_cannot_be_changed() -> None:
    with pytest.raises(Refused) as refused:
        deactivate(Person(), at=1)
    assert refused.value == Refused("person_unknown")


def test_decisions_in_turn_see_what_the_ones_before_them_did() -> None:
    events = in_turn(
        Person(),
        lambda person: register(person, identity=ANN, name="Ann", at=1),
        lambda person: rename(person, name="Anna", at=2),
    )
    assert [event.at for event in events] == [1, 2]
