from domain.instant import DAY
from domain.person import Absence, Grant, Person, Right, evolve
from domain.person.farewell import take_leave
from tests.cast import ACME, ANN, AT, BORIS, CY, DORA

AHEAD = Absence("01" * 16, ANN, AT - DAY, AT + DAY, DORA)
OVER = Absence("02" * 16, ANN, AT - DAY, AT, DORA)
DUTY = Absence("03" * 16, BORIS, AT, AT + DAY, ANN)
ROLES = frozenset({Grant(Right.LEAD), Grant(Right.SEES_ORGANISATION, ACME), Grant(Right.SERVES_ORGANISATION, CY)})
FULL = Person(
    id=ANN,
    addresses=frozenset({"a1", "a2"}),
    organisations=frozenset({ACME}),
    teams=frozenset({"front", "network"}),
    grants=ROLES,
    absences=frozenset({AHEAD, OVER}),
    duties=frozenset({DUTY}),
)


def left(person: Person) -> Person:
    for event in take_leave(person, at=AT, by=BORIS):
        assert (event.at, event.by) == (AT, BORIS)
        person = evolve(person, event)
    return person


def test_whoever_takes_leave_has_nothing_and_may_do_nothing_any_more() -> None:
    assert left(FULL) == Person(id=ANN, absences=frozenset({OVER}), deactivated=True)


def test_it_is_told_in_the_same_order_each_time() -> None:
    assert take_leave(FULL, at=AT) == take_leave(FULL, at=AT)


def test_whoever_took_leave_has_nothing_to_take() -> None:
    assert take_leave(left(FULL), at=AT) == []


def test_a_duplicate_takes_leave_of_what_it_still_has() -> None:
    duplicate = Person(id=ANN, addresses=frozenset({"a1"}), merged_into=BORIS)
    assert left(duplicate) == Person(id=ANN, merged_into=BORIS)
