"""The language of an answer: Russian or English, as the caller's `Accept-Language` prefers (RFC 9110, 12.5.4)."""

import re
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "ru"]

SPOKEN: Final[tuple[Language, ...]] = ("en", "ru")
"""Whoever states no preference is answered in the first."""
RANGE: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


def preferred(accept_language: str) -> Language:
    """The language that the header likes best."""
    likes: dict[str, float] = {}
    for found in filter(None, (RANGE.fullmatch(part) for part in accept_language[:1_000].split(","))):
        name, quality = found[1].lower(), float(found[2] or 1)
        likes[name] = max(quality, likes.get(name, 0))
    best = max(SPOKEN, key=lambda language: likes.get(language, 0))
    return best if likes.get(best, 0) > 0 else SPOKEN[0]
