"""Keys for what another page calls by a name alone: `API Requests` is `api-requests`."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

LENGTH: Final = 64


def keys_of(names: Iterable[str]) -> Mapping[str, str]:
    """A key for each name; names that would get the same one are told apart by a part of their SHA-256."""
    slugs = {name: slug(name) for name in names}
    often = Counter(slugs.values())
    return {name: each if each and often[each] == 1 else _marked(each, name) for name, each in slugs.items()}


def slug(name: str) -> str:
    """The name in small Latin letters, digits and hyphens; empty if it has letters of another alphabet."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    if any(each.isalnum() and not each.isascii() for each in plain):
        return ""
    return re.sub("[^a-z0-9]+", "-", plain.lower()).strip("-")[:LENGTH].rstrip("-")


def _marked(known: str, name: str) -> str:
    mark = sha256(name.encode()).hexdigest()[:8]
    return f"{known[: LENGTH - 9] or 'component'}-{mark}"
