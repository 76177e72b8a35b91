"""Histories told in minutes since the opening."""

from collections.abc import Mapping
from typing import Final

from domain.event import Id
from domain.instant import MINUTE
from domain.policy import Book
from service.imports.history import History, history
from service.imports.names import Names
from service.imports.servicenow import Incident, Row, incident_of
from tests.cast import AT, LEVEL, WITH_LADDER, opened
from tests.service.imports.logs import row

FIRST: Final = opened(line="imported", team="group-1", level=LEVEL)
"""Around the clock: reaction 20 min, first response 40 min, resolution 4 h."""


def name(kind: str, *parts: str) -> Id:
    return ":".join((kind, *parts))


NAMES: Final = Names(name, "acme")


def told(*rows: tuple[int, str, Mapping[str, str]], until: int = 0, book: Book = WITH_LADDER) -> History:
    """The history of rows, each some minutes after the opening, as known some minutes after the last one."""
    found = [at_minute(line, *each) for line, each in enumerate(rows, start=2)]
    incident = incident_of(found)
    assert isinstance(incident, Incident)
    end = rows[-1][0] + until
    return history(FIRST, incident.rows, NAMES, book, AT + end * MINUTE)


def at_minute(line: int, minute: int, state: str, changes: Mapping[str, str]) -> Row:
    values = row(state=state, sys_mod_count=str(line), **changes)
    return Row(line, AT + minute * MINUTE, AT, values)


def step(minute: int, state: str, **changes: str) -> tuple[int, str, Mapping[str, str]]:
    return minute, state, changes
