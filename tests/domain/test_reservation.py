import pytest

from domain.refusal import Refused
from domain.reservation import NameReleased, NameReserved, Reservation, evolve, release, reserve, take_over

ANN, BEN, CY = "a" * 32, "b" * 32, "c" * 32
RESERVED, RELEASED = NameReserved(at=1, holder=ANN), NameReleased(at=2, holder=ANN)
ANNS = Reservation(ANN)


def test_a_free_name_is_reserved() -> None:
    assert reserve(Reservation(), holder=ANN, at=1) == [RESERVED]
    assert evolve(Reservation(), RESERVED) == ANNS


def test_whoever_has_the_name_needs_no_other_reservation() -> None:
    assert reserve(ANNS, holder=ANN, at=2) == []


def test_a_name_has_one_holder() -> None:
    with pytest.raises(Refused) as refused:
        reserve(ANNS, holder=BEN, at=2)
    assert refused.value == Refused("name_taken")


def test_a_released_name_is_free_for_anybody() -> None:
    assert release(ANNS, holder=ANN, at=2) == [RELEASED]
    assert evolve(ANNS, RELEASED) == Reservation()
    assert reserve(evolve(ANNS, RELEASED), holder=BEN, at=3) == [NameReserved(at=3, holder=BEN)]


def test_only_its_holder_releases_a_name() -> None:
    assert release(ANNS, holder=BEN, at=2) == []
    assert release(Reservation(), holder=BEN, at=2) == []


def test_a_name_is_taken_over_from_the_one_who_was_seen_to_have_it() -> None:
    assert take_over(ANNS, holder=BEN, seen=ANN, at=2) == [RELEASED, NameReserved(at=2, holder=BEN)]
    assert take_over(Reservation(), holder=ANN, seen=None, at=1) == [RESERVED]


def test_a_name_that_was_given_back_meanwhile_needs_no_release() -> None:
    assert take_over(Reservation(), holder=BEN, seen=ANN, at=2) == [NameReserved(at=2, holder=BEN)]


def test_whoever_has_the_name_takes_it_over_from_nobody() -> None:
    for seen in (None, ANN, BEN):
        assert take_over(ANNS, holder=ANN, seen=seen, at=2) == []


def test_a_name_that_another_one_has_by_now_is_not_taken_over() -> None:
    for seen in (None, BEN):
        with pytest.raises(Refused) as refused:
            take_over(ANNS, holder=BEN if seen is None else CY, seen=seen, at=2)
        assert refused.value == Refused("name_taken")
