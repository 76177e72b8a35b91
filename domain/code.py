"""Codes: short public ids of twelve small letters and digits, as the Statuspage API has them."""

import hashlib
from string import ascii_lowercase, digits
from typing import Final

ALPHABET: Final = digits + ascii_lowercase
LENGTH: Final = 12


def code_of(noun: str, key: str) -> str:
    """The code of a thing: the same key always has the same one (SHA-256 of `noun|key`, base 36, twelve digits)."""
    number = int.from_bytes(hashlib.sha256(f"{noun}|{key}".encode()).digest())
    places = (number // len(ALPHABET) ** place % len(ALPHABET) for place in range(LENGTH))
    return "".join(ALPHABET[place] for place in places)
