import pytest

from domain.refusal import Refused
from domain.reservation import NameReleased, NameReserved, Reservation, evolve, release, reserve

ANN, BEN = "a" * 32, "b" * 32
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
