from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instant import DAY
from domain.person import Absence, Person, Right
from domain.person.absence import (
    cancel_absence,
    deputy_at,
    is_absent,
    name_deputy,
    plan_absence,
    release_deputy,
    responsible_at,
    stands_in_for,
)
from domain.refusal import Refused
from tests.domain.person.people import ANN, BEN, CAT, after, registered

AGENT = registered(ANN, Right.AGENT)
DEPUTY = registered(BEN, Right.AGENT)
HOLIDAY = Absence("8" * 32, ANN, 10 * DAY, 20 * DAY, BEN)
AWAY = after(AGENT, plan_absence(AGENT, absence=HOLIDAY, at=1))
STANDING_IN = after(DEPUTY, name_deputy(DEPUTY, absence=HOLIDAY, at=1))


def refusal(absence: Absence, *, person: Person = AGENT, at: int = 1) -> Refused:
    with pytest.raises(Refused) as refused:
        plan_absence(person, absence=absence, at=at)
    return refused.value


@pytest.mark.parametrize(
    ("at", "away"), [(10 * DAY - 1, False), (10 * DAY, True), (20 * DAY - 1, True), (20 * DAY, False)]
)
def test_an_absence_holds_from_its_start_until_just_before_its_end(at: int, away: bool) -> None:
    assert is_absent(AWAY, at) is away
    assert deputy_at(AWAY, at) == (BEN if away else None)
    assert stands_in_for(STANDING_IN, at) == ({ANN} if away else set())


def test_an_absence_is_planned_once_for_both() -> None:
    assert plan_absence(AWAY, absence=HOLIDAY, at=2) == []
    assert name_deputy(STANDING_IN, absence=HOLIDAY, at=2) == []


def test_an_absence_ends_after_it_starts_and_not_in_the_past() -> None:
    over = Refused("absence_is_over_already", start=10 * DAY, end=20 * DAY)
    assert refusal(HOLIDAY, at=20 * DAY) == over
    assert refusal(replace(HOLIDAY, start=20 * DAY)) == Refused(over.code, start=20 * DAY, end=20 * DAY)


def test_nobody_stands_in_for_themselves() -> None:
    assert refusal(replace(HOLIDAY, deputy=ANN)) == Refused("deputy_is_the_absent_person")


def test_absences_of_one_person_do_not_overlap() -> None:
    later = replace(HOLIDAY, absence="9" * 32, start=20 * DAY - 1, end=30 * DAY)
    assert refusal(later, person=AWAY) == Refused("absence_overlaps_another", start=20 * DAY - 1, end=30 * DAY)
    touching = replace(later, start=20 * DAY)
    assert len(after(AWAY, plan_absence(AWAY, absence=touching, at=1)).absences) == 2


def test_only_those_who_work_on_tickets_are_away_or_stand_in() -> None:
    contact = registered(CAT)
    works_not = Refused("person_works_on_no_tickets", person=CAT)
    assert refusal(replace(HOLIDAY, person=CAT), person=contact) == works_not
    with pytest.raises(Refused) as refused:
        name_deputy(contact, absence=HOLIDAY, at=1)
    assert refused.value == works_not


def test_a_deputy_is_there() -> None:
    other = Absence("9" * 32, CAT, 19 * DAY, 21 * DAY, ANN)
    with pytest.raises(Refused) as refused:
        name_deputy(AWAY, absence=other, at=1)
    assert refused.value == Refused("deputy_is_absent_too", deputy=ANN)


def test_a_cancelled_absence_holds_no_longer_for_either() -> None:
    assert after(AWAY, cancel_absence(AWAY, absence=HOLIDAY.absence, at=15 * DAY)) == AGENT
    released = after(STANDING_IN, release_deputy(STANDING_IN, absence=HOLIDAY.absence, at=15 * DAY))
    assert released == DEPUTY
    assert release_deputy(released, absence=HOLIDAY.absence, at=15 * DAY) == []


def test_what_is_over_or_was_never_planned_cannot_be_cancelled() -> None:
    with pytest.raises(Refused) as refused:
        cancel_absence(AWAY, absence=HOLIDAY.absence, at=20 * DAY)
    assert refused.value == Refused("absence_is_over_already", start=10 * DAY, end=20 * DAY)
    with pytest.raises(Refused) as refused:
        cancel_absence(AGENT, absence=HOLIDAY.absence, at=1)
    assert refused.value == Refused("absence_unknown", absence=HOLIDAY.absence)


def test_the_deputy_of_an_absent_deputy_is_responsible() -> None:
    ill = Absence("9" * 32, BEN, 12 * DAY, 13 * DAY, CAT)
    people = {ANN: AWAY, BEN: after(DEPUTY, plan_absence(DEPUTY, absence=ill, at=1)), CAT: registered(CAT)}
    found = [responsible_at(ANN, day * DAY, people.__getitem__) for day in (9, 11, 12, 13)]
    assert found == [ANN, BEN, CAT, BEN]


def test_nobody_who_has_left_is_responsible() -> None:
    left = {BEN: replace(DEPUTY, deactivated=True), CAT: registered(CAT)}
    assert responsible_at(BEN, 1, left.__getitem__) is None
    assert responsible_at(ANN, 15 * DAY, ({ANN: AWAY} | left).__getitem__) is None
    assert responsible_at(ANN, 15 * DAY, {ANN: replace(AWAY, deactivated=True), BEN: DEPUTY}.__getitem__) == BEN


PEOPLE = (ANN, BEN, CAT, "d" * 32)
ABSENCES = st.builds(
    lambda number, person, start, length, deputy: Absence(f"{number:032x}", person, start, start + length, deputy),
    st.integers(0, 999),
    st.sampled_from(PEOPLE),
    st.integers(1, 6),
    st.integers(1, 4),
    st.sampled_from(PEOPLE),
)


@given(st.lists(ABSENCES, max_size=12), st.sampled_from(PEOPLE), st.integers(1, 10))
def test_whoever_is_responsible_is_there(absences: list[Absence], person: str, at: int) -> None:
    people = {each: registered(each, Right.AGENT) for each in PEOPLE}
    for each in absences:
        absent, deputy = people[each.person], people[each.deputy]
        try:
            events = plan_absence(absent, absence=each, at=0), name_deputy(deputy, absence=each, at=0)
        except Refused:
            continue
        people |= {each.person: after(absent, events[0]), each.deputy: after(deputy, events[1])}
    found = responsible_at(person, at, people.__getitem__)
    assert found is not None
    assert not is_absent(people[found], at)
