from collections.abc import Iterator
from functools import partial

import pytest

from domain.access import scope_of
from domain.event import Address, Id
from domain.instant import DAY
from domain.person import Absence, Grant, Person, Right
from domain.person.absence import deputy_at, stands_in_for
from domain.person.identity import AddressAttached, Registered, deactivate, register
from domain.person.membership import grant
from domain.refusal import Refused
from domain.token import TokenScope, revoke
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.people import (
    attach_address,
    caller_with,
    cancel_absence,
    detach_address,
    issue_token,
    merge,
    person_at,
    person_of,
    plan_absence,
)
from store.streams import Command

SECRET = "s" * 43


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    built = build_desk(settings)
    yield built
    built.close()


def fresh(desk: Desk) -> Command:
    return Command(desk.new_id())


def added(desk: Desk, name: str, *roles: Right) -> Id:
    person = desk.new_id()
    desk.people.act(fresh(desk), person, register, identity=person, name=name, at=1)
    for role in roles:
        desk.people.act(fresh(desk), person, grant, grant=Grant(role), at=1)
    return person


def attached(desk: Desk, person: Id, value: str) -> Person:
    return attach_address(desk, fresh(desk), person, channel="mail", value=value, at=1).state


def issued(desk: Desk, person: Id, *, expires_at: int | None = None, command: Command | None = None) -> str:
    scopes = frozenset({TokenScope.TICKETS_READ})
    issue = partial(issue_token, desk, command or fresh(desk), bearer=person, scopes=scopes, label="CI")
    return issue(secret=SECRET, expires_at=expires_at, at=1)


def test_a_person_is_found_by_an_address_however_it_is_written(desk: Desk) -> None:
    ann = added(desk, "Ann")
    attached(desk, ann, "Ann@Example.org")
    assert person_at(desk, "mail", "ann@EXAMPLE.org ") == ann
    assert person_at(desk, "mail", "ben@example.org") is None


def test_names_and_addresses_are_sealed_under_the_persons_key(desk: Desk) -> None:
    ann = added(desk, "Ann")
    attached(desk, ann, "ann@example.org")
    registered, with_address = (each.event for each in desk.log.read(ann))
    assert isinstance(registered, Registered)
    assert isinstance(with_address, AddressAttached)
    assert isinstance(registered.name, Address)
    assert isinstance(with_address.value, Address)
    assert (registered.name.owner, with_address.value.owner) == (ann, ann)
    assert desk.log.text(registered.name) == {"name": "Ann"}
    assert desk.log.text(with_address.value) == {"value": "ann@example.org"}


def test_an_address_is_one_persons_until_it_is_detached(desk: Desk) -> None:
    ann, ben = added(desk, "Ann"), added(desk, "Ben")
    (reserved,) = attached(desk, ann, "team@example.org").addresses
    with pytest.raises(Refused) as refused:
        attached(desk, ben, "team@example.org")
    assert refused.value.code == "name_taken"
    assert person_of(desk, ben).addresses == frozenset()
    detach_address(desk, fresh(desk), ann, reserved=reserved, at=2)
    attached(desk, ben, "team@example.org")
    assert person_at(desk, "mail", "team@example.org") == ben


def test_the_addresses_of_whoever_was_merged_lead_to_the_survivor(desk: Desk) -> None:
    ann, anna, annie = (added(desk, name) for name in ("Ann", "Anna", "Annie"))
    attached(desk, ann, "ann@example.org")
    merge(desk, fresh(desk), ann, into=anna, at=2)
    merge(desk, fresh(desk), anna, into=annie, at=3)
    assert person_at(desk, "mail", "ann@example.org") == annie
    assert person_of(desk, annie).identities == {ann, anna, annie}


def test_nobody_is_merged_in_a_circle(desk: Desk) -> None:
    ann, anna = added(desk, "Ann"), added(desk, "Anna")
    merge(desk, fresh(desk), ann, into=anna, at=2)
    with pytest.raises(Refused) as refused:
        merge(desk, fresh(desk), anna, into=ann, at=3)
    assert refused.value == Refused("person_merged", into=anna)
    assert person_of(desk, anna).is_active


def test_an_absence_stands_on_both_people_or_on_none(desk: Desk) -> None:
    ann, ben, contact = added(desk, "Ann", Right.AGENT), added(desk, "Ben", Right.AGENT), added(desk, "Carl")
    planned = Absence(desk.new_id(), ann, 10 * DAY, 20 * DAY, ben)
    plan_absence(desk, fresh(desk), planned, at=1)
    assert deputy_at(person_of(desk, ann), 15 * DAY) == ben
    assert stands_in_for(person_of(desk, ben), 15 * DAY) == {ann}
    with pytest.raises(Refused, match="person_works_on_no_tickets"):
        plan_absence(desk, fresh(desk), Absence(desk.new_id(), ben, 30 * DAY, 31 * DAY, contact), at=1)
    assert person_of(desk, ben).absences == frozenset()


def test_a_cancelled_absence_frees_the_deputy(desk: Desk) -> None:
    ann, ben = added(desk, "Ann", Right.AGENT), added(desk, "Ben", Right.AGENT)
    planned = Absence(desk.new_id(), ann, 10 * DAY, 20 * DAY, ben)
    plan_absence(desk, fresh(desk), planned, at=1)
    cancel_absence(desk, fresh(desk), ann, planned=planned.absence, at=2)
    assert person_of(desk, ann).absences == person_of(desk, ben).duties == frozenset()


def test_an_id_of_something_else_is_that_of_no_person(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        person_of(desk, desk.stream)
    assert refused.value == Refused("person_unknown")
    with pytest.raises(Refused, match="person_unknown"):
        merge(desk, fresh(desk), added(desk, "Ann"), into=desk.stream, at=1)


def test_a_token_acts_for_its_person(desk: Desk) -> None:
    auditor = added(desk, "Ann", Right.AUDITOR)
    caller = caller_with(desk, issued(desk, auditor), lambda _: {}, 2)
    assert caller is not None
    assert (caller.person, caller.scopes) == (auditor, frozenset({TokenScope.TICKETS_READ}))
    assert scope_of(caller).everything


def test_a_token_that_expired_or_was_revoked_is_nobody(desk: Desk) -> None:
    ann = added(desk, "Ann")
    assert caller_with(desk, issued(desk, ann, expires_at=5), lambda _: {}, 5) is None
    command = fresh(desk)
    text = issued(desk, ann, command=command)
    desk.tokens.act(fresh(desk), command.id, revoke, at=2)
    assert caller_with(desk, text, lambda _: {}, 3) is None


def test_the_token_of_a_deactivated_person_is_nobody(desk: Desk) -> None:
    ann = added(desk, "Ann")
    text = issued(desk, ann)
    desk.people.act(fresh(desk), ann, deactivate, at=2)
    assert caller_with(desk, text, lambda _: {}, 3) is None


def test_what_is_no_token_is_nobody(desk: Desk) -> None:
    text = issued(desk, added(desk, "Ann"))
    for wrong in ("", text[:-1] + "t", f"glasno_{desk.stream}_{SECRET}", f"glasno_{desk.new_id()}_{SECRET}"):
        assert caller_with(desk, wrong, lambda _: {}, 2) is None


def test_a_token_is_for_somebody_with_access(desk: Desk) -> None:
    ann = added(desk, "Ann")
    desk.people.act(fresh(desk), ann, deactivate, at=2)
    with pytest.raises(Refused, match="person_deactivated"):
        issued(desk, ann)


def test_the_same_request_shows_no_token_twice(desk: Desk) -> None:
    ann, command = added(desk, "Ann"), fresh(desk)
    issued(desk, ann, command=command)
    with pytest.raises(Refused, match="token_was_shown"):
        issue_token(
            desk, command, bearer=ann, secret="t" * 43, scopes=frozenset(TokenScope), label="", expires_at=None, at=2
        )
