"""Disclosures (RFC 9901): what a digest in an entry stands for, told to whoever may know it.

A disclosure is the base64url of `[salt, name, value]`; its digest is the base64url of the SHA-256 of that text. The
standard allows any JSON; here it is canonical, or else two readers could read two things that were logged as one.
"""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any, Final

from domain.canonical import parse

SALT: Final = 16
"""Bytes, at the least: with fewer a guess could be tried against the digest (RFC 9901, section 9.3)."""
FACTS: Final = "facts"


class Undisclosed(Exception):
    """It discloses nothing of this entry, and why."""


def sections(entry: bytes, lines: Iterable[bytes]) -> dict[str, Any]:
    """What the disclosures say of the entry, by name; `Undisclosed` if one of them is none of it."""
    digests, found = set(digests_of(entry)), dict[str, Any]()
    for line in lines:
        if digest_of(line) not in digests:
            raise Undisclosed("a disclosure does not have the digest that was logged: it is of another event, or new")
        name, value = _disclosed(line)
        if name in found:
            raise Undisclosed(f"two disclosures tell of {name}")
        found[name] = value
    return found


def digests_of(entry: bytes) -> list[str]:
    """Of all its sections; `NotCanonical`, `KeyError` or `TypeError` if it is no entry."""
    digests: list[str] = parse(entry)["_sd"]
    return digests


def digest_of(line: bytes) -> str:
    """What stands in the entry."""
    return base64.urlsafe_b64encode(hashlib.sha256(line).digest()).rstrip(b"=").decode()


def _disclosed(line: bytes) -> tuple[str, Any]:
    try:
        salt, name, value = parse(_decoded(line))
        length = len(_decoded(salt.encode()))
    except (ValueError, AttributeError, TypeError):
        raise Undisclosed("a disclosure is no list of salt, name and value in canonical form") from None
    if length < SALT or not isinstance(name, str):
        raise Undisclosed("a disclosure has no salt that hides what it says, or no name")
    return name, value


def _decoded(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
