"""A ticket's reference: nine digits, the last one a check digit, easy to say over a telephone."""

import re
from typing import Final

DIGITS: Final = 8
COUNT: Final = 9 * 10 ** (DIGITS - 1)
"""How many references there are: the first digit is never zero."""

REFERENCE: Final = re.compile("[1-9][0-9]{8}")


def reference(number: int) -> str:
    """The reference of a number from 0 to `COUNT` - 1, for example `123 456 788` without the spaces."""
    if not 0 <= number < COUNT:
        raise ValueError(f"there are {COUNT} references; {number} is none of them")
    digits = str(10 ** (DIGITS - 1) + number)
    return digits + _check_digit(digits)


def is_reference(text: str) -> bool:
    """Whether the nine digits are a reference, as far as its check digit tells."""
    return REFERENCE.fullmatch(text) is not None and _check_digit(text[:-1]) == text[-1]


def _check_digit(digits: str) -> str:
    """ISO/IEC 7064, MOD 11,10: every wrong digit and nearly every transposition shows."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
