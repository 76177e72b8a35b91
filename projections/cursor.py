"""Where a page ends, as an opaque word: it pins what was asked, so that pages neither skip nor repeat a row."""

import base64
import json
from typing import Any, Final

from domain.refusal import Refused

LIMIT: Final = 2**63
"""Databases hold integers of 64 bits."""


def written(*values: str | int) -> str:
    """The cursor that holds these values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


def read(cursor: str, *types: type) -> list[Any]:
    """The values of a cursor; Refused `cursor_invalid` if it holds no values of these types, or longer integers."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise Refused("cursor_invalid") from None
    if not isinstance(values, list) or [type(value) for value in values] != list(types):
        raise Refused("cursor_invalid")
    if any(isinstance(value, int) and not -LIMIT <= value < LIMIT for value in values):
        raise Refused("cursor_invalid")
    return values
