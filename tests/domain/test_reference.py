import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reference import COUNT, is_reference, reference

NUMBERS = st.integers(0, COUNT - 1)


def test_a_reference_has_nine_digits() -> None:
    assert reference(2_345_678) == "123456788"
    assert (reference(0), reference(COUNT - 1)) == ("100000008", "999999995")


@pytest.mark.parametrize("number", [-1, COUNT])
def test_there_are_no_more_references(number: int) -> None:
    with pytest.raises(ValueError, match="none of them"):
        reference(number)


@given(NUMBERS)
def test_every_number_has_a_reference_of_its_own(number: int) -> None:
    assert is_reference(reference(number))
    assert int(reference(number)[:-1]) - int(reference(0)[:-1]) == number


@given(NUMBERS, st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(number: int, place: int, by: int) -> None:
    digits = list(reference(number))
    digits[place] = str((int(digits[place]) + by) % 10)
    assert not is_reference("".join(digits))


def test_nearly_every_transposition_is_noticed() -> None:
    said = [reference(number * 7919) for number in range(1000)]
    swapped = [text[:3] + text[4] + text[3] + text[5:] for text in said if text[3] != text[4]]
    assert sum(map(is_reference, swapped)) * 40 < len(swapped)


@pytest.mark.parametrize(
    "text", ["", "12345678", "1234567880", "123 456 788", "12345678x", "١٢٣٤٥٦٧٨٨", "012345674", "123456788\n"]
)
def test_anything_else_is_no_reference(text: str) -> None:
    assert not is_reference(text)
