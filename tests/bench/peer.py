"""What is measured beside the desk that others have made: a whole product, opening tickets as its own users do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from tests.bench.office import Call, Side


@dataclass(frozen=True)
class Peer:
    """Where it answers, how a ticket is opened there, and how many of them its database holds."""

    side: Side
    opening: Call
    tickets: Callable[[], int]


def rows(url: str, count: LiteralString) -> int:
    """What a statement counts."""
    with psycopg.connect(url) as connection:
        found = connection.execute(count).fetchone()
        return int(found[0]) if found else 0
