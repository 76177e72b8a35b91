"""Who is erased has no words, no access and no address any more; everybody else has what they had."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.alert import fire
from domain.component import Through
from domain.configuration.contract import Consent, ContractSigned
from domain.erasure import ErasedKind, ErasureStep, Ground
from domain.event import Content, Id
from domain.incident import IncidentStatus, Update, open_incident
from domain.instant import DAY
from domain.organisation import register as register_organisation
from domain.organisation import set_webhook
from domain.person import Absence, Right
from domain.person.membership import join_organisation
from domain.refusal import Refused
from domain.ticket.conversation import write
from store.desk import Desk
from store.erased import sealed_under
from store.erasing import (
    Demand,
    Whom,
    alert,
    announcement,
    erasure_at,
    erasure_of,
    organisation,
    request,
    whole_person,
)
from store.people import merge, person_at, person_of, plan_absence
from store.sealing import Erased
from store.streams import Command
from tests.cast import ACME, AT
from tests.store.lives import DEMAND, WORDS, act, erase, first_text, person, ticket


def test_who_is_erased_has_no_words_any_more_and_everybody_else_has(desk: Desk) -> None:
    cy, eve = person(desk), person(desk)
    mine, hers = ticket(desk, cy), ticket(desk, eve)
    done = erasure_at(desk, erase(desk, whole_person(desk, cy)))
    assert (done.step, done.keys, done.sections) == (ErasureStep.COMPLETED, 1, 2)
    assert first_text(desk, mine, "text", cy) == first_text(desk, cy, "name", cy) == Erased()
    assert first_text(desk, hers, "text", eve) == {"subject": WORDS, "body": WORDS}


def test_the_sealed_texts_themselves_are_deleted_and_nothing_else(desk: Desk) -> None:
    cy = person(desk)
    ticket(desk, cy)
    keys, before = desk.keys.ids_of([cy]), list(desk.log.stored())
    assert len(list(desk.log.under(keys, desk.log.head()))) == 2
    erase(desk, whole_person(desk, cy))
    after = {each.position: each for each in desk.log.stored()}
    assert list(desk.log.under(keys, desk.log.head())) == []
    for each in before:
        assert after[each.position].envelope == each.envelope
        assert set(after[each.position].sections) == {row for row in each.sections if row.key_id not in keys}


def test_the_counts_are_those_of_the_texts(desk: Desk) -> None:
    cy = person(desk, mail="cy@example.org")
    act(desk, "tickets", ticket(desk, cy), write, message="m", by=cy, channel="mail", body=WORDS)
    found = sealed_under(desk, desk.keys.ids_of([cy]), desk.log.head())
    names = ("person.registered", "person.address_attached", "ticket.opened", "ticket.client_wrote")
    assert found.counts == dict.fromkeys(names, 1)
    stream = erase(desk, whole_person(desk, cy))
    assert erasure_at(desk, stream).digest == found.digest


def test_a_person_is_erased_with_all_duplicates_whichever_is_named(desk: Desk) -> None:
    cy, twin = person(desk), person(desk, mail="cy@example.org")
    merge(desk, Command(desk.new_id()), twin, into=cy, at=AT)
    assert whole_person(desk, twin) == whole_person(desk, cy) == Whom(ErasedKind.PERSON, cy, frozenset({cy, twin}))
    assert erasure_at(desk, erase(desk, whole_person(desk, twin))).keys == 2
    assert first_text(desk, twin, "name", twin) == Erased()
    assert person_at(desk, "mail", "cy@example.org") is None


def test_whoever_is_erased_has_left(desk: Desk) -> None:
    cy, dora = person(desk, Right.AGENT, mail="cy@example.org"), person(desk, Right.AGENT)
    for start in (AT, AT + 2 * DAY):
        planned = Absence(desk.new_id(), cy, start, start + DAY, dora)
        plan_absence(desk, Command(desk.new_id()), planned, at=AT)
    erase(desk, whole_person(desk, cy))
    left = person_of(desk, cy)
    assert (left.deactivated, left.addresses, left.grants, left.absences) == (True, *(frozenset[Any](),) * 3)
    assert person_of(desk, dora).duties == frozenset()
    other = person(desk, mail="cy@example.org")
    assert person_at(desk, "mail", "cy@example.org") == other


def test_nothing_more_is_sealed_for_whoever_is_erased(desk: Desk) -> None:
    cy = person(desk)
    erase(desk, whole_person(desk, cy))
    with pytest.raises(Refused, match="person_erased"):
        ticket(desk, cy)


def test_asked_for_twice_it_is_the_same_erasure(desk: Desk) -> None:
    whom = whole_person(desk, person(desk))
    stream = erase(desk, whom)
    assert not request(desk, Command(desk.new_id()), whom, DEMAND).events
    assert erasure_of(desk, whom) == stream


def test_what_the_domain_refuses_is_not_requested(desk: Desk) -> None:
    whom = whole_person(desk, person(desk, Right.ADMINISTRATOR))
    with pytest.raises(Refused, match="last_administrator"):
        request(desk, Command(desk.new_id()), whom, Demand(Ground.RETENTION, AT, administrators=whom.identities))
    assert erasure_of(desk, whom) is None
    assert person_of(desk, whom.subject).is_active


def test_an_organisation_is_erased_without_its_contacts(desk: Desk) -> None:
    act(desk, "organisations", ACME, register_organisation, name=Content(ACME, {"name": WORDS}))
    act(desk, "organisations", ACME, set_webhook, url=Content(ACME, {"url": "https://example.org"}))
    cy = person(desk)
    act(desk, "people", cy, join_organisation, organisation=ACME)
    assert erasure_at(desk, erase(desk, organisation(desk, ACME))).sections == 2
    assert desk.organisations.load(ACME)[0].webhook is None
    assert first_text(desk, ACME, "name", ACME) == Erased()
    assert first_text(desk, cy, "name", cy) == {"name": WORDS}


def test_an_organisation_whose_contract_is_in_force_stays(desk: Desk) -> None:
    act(desk, "organisations", ACME, register_organisation, name=Content(ACME, {"name": WORDS}))
    signed = ContractSigned(at=AT, key=ACME, organisation=ACME, level="standard", since=AT, consent=Consent.GIVEN)
    configure(desk, signed)
    with pytest.raises(Refused, match="organisation_has_contract"):
        organisation(desk, ACME)
    configure(desk, replace(signed, until=AT))
    assert organisation(desk, ACME).subject == ACME


def configure(desk: Desk, contract: ContractSigned) -> None:
    desk.configuration.act(Command(desk.new_id()), desk.name("configuration"), lambda _: [contract])


def test_an_announcement_that_should_not_have_been_made_is_erased(desk: Desk) -> None:
    stream, text = desk.new_id(), {"en": WORDS}
    first = Update(desk.new_id(), IncidentStatus.RESOLVED, text)
    act(
        desk, "incidents", stream, open_incident,
        stream=stream, title=text, first=first, known=frozenset(), through=Through.PERSON,
    )  # fmt: skip
    assert erasure_at(desk, erase(desk, announcement(desk, stream))).sections == 2
    assert first_text(desk, stream, "title", stream) == Erased()


def test_what_an_alert_says_of_somebody_is_erased(desk: Desk) -> None:
    stream = desk.new_id()
    act(
        desk, "alerts", stream, fire,
        stream=stream, fingerprint="f" * 16, labels={"alertname": "X"}, annotations={"summary": WORDS}, started_at=AT,
    )  # fmt: skip
    assert erasure_at(desk, erase(desk, alert(desk, stream))).sections == 1
    assert first_text(desk, stream, "text", stream) == Erased()
    assert desk.alerts.load(stream)[0].labels == {"alertname": "X"}


@pytest.mark.parametrize(
    ("find", "code"),
    [
        (whole_person, "person_unknown"),
        (organisation, "organisation_not_registered"),
        (announcement, "incident_unknown"),
        (alert, "alert_unknown"),
        (erasure_at, "erasure_unknown"),
    ],
)
def test_what_is_not_there_is_not_erased(desk: Desk, find: Callable[[Desk, Id], Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        find(desk, desk.stream)
