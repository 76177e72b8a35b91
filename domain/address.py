"""How an address of a person is written, so that it is found however somebody wrote it."""

import re
import unicodedata
from typing import Final

from domain.refusal import Refused

MAIL: Final = re.compile(r"([^\s@<>,;]+)@([^\s@<>,;]+)")
PHONE: Final = re.compile(r"\+[0-9]{7,15}")
"""An international number: 15 digits at the most (ITU-T E.164); fewer than 7 are no whole number."""
SPACING: Final = str.maketrans("", "", " -‐–()./")


def normalised(channel: str, value: str) -> str:
    """The one way to write an address; `Refused` if it is none.

    Everywhere without regard to case or compatibility forms (Unicode, definition D146).
    Mail: the domain in its ASCII form (RFC 3490). Phone: `+` and digits (E.164).
    """
    written = _folded(_folded(unicodedata.normalize("NFD", value))).strip()
    match channel:
        case "mail":
            found = _mail(written)
        case "phone":
            found = _phone(written)
        case _:
            found = written
    if not found:
        raise Refused("address_invalid", channel=channel)
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.casefold())


def _mail(written: str) -> str:
    parts = MAIL.fullmatch(written)
    try:
        return f"{parts[1]}@{parts[2].encode('idna').decode()}" if parts else ""
    except UnicodeError:
        return ""


def _phone(written: str) -> str:
    number = written.translate(SPACING)
    return number if PHONE.fullmatch(number) else ""
