"""What a service level promises: targets by kind and priority, when to warn, when silence is consent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import Calendar
from domain.classification import Kind, Priority
from domain.instant import Duration


class Clock(StrEnum):
    """What is timed on a ticket."""

    REACTION = "reaction"
    """Until a person has taken the ticket."""
    FIRST_RESPONSE = "first_response"
    """Until the first public answer by a person."""
    NEXT_RESPONSE = "next_response"
    """From the oldest unanswered message of the client."""
    UPDATE = "update"
    """Between two public answers, while the ticket is open."""
    RESOLUTION = "resolution"


class CalendarRef(NamedTuple):
    """One version of a calendar: its open periods never change."""

    key: str
    version: int


@dataclass(frozen=True)
class Target:
    """A promise in business milliseconds of its calendar; `grace` is what a re-targeted clock has left at the least."""

    duration: Duration
    grace: Duration
    calendar: CalendarRef


class Action(StrEnum):
    """What a step of the escalation ladder does."""

    NOTIFY = "notify"
    TRANSFER = "transfer"
    RAISE_PRIORITY = "raise_priority"


@dataclass(frozen=True)
class Step:
    """An escalation at a share of the target used, per mille: 1000 is the due instant."""

    clock: Clock
    at_per_mille: int
    action: Action
    whom: str
    """The person, team or lead who is told or takes over."""


@dataclass(frozen=True)
class Policy:
    """One version of a service level; it pins calendar versions, so that a ticket keeps only (level, version)."""

    level: str
    version: int
    targets: Mapping[tuple[Kind, Priority], Mapping[Clock, Target]]
    """A clock that is missing has no target: nothing is promised, no verdict is given."""
    confirmation: Duration
    """Open time after which a resolved ticket closes without objection."""
    confirmation_calendar: CalendarRef
    at_risk_per_mille: int = 750
    ladder: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Book:
    """Every policy and calendar version that a ticket may refer to; an unknown one is a `KeyError`."""

    policies: Mapping[tuple[str, int], Policy]
    calendars: Mapping[CalendarRef, Calendar]

    __hash__ = object.__hash__
    """What is computed by a book is remembered under it, and for no other one that happens to be equal."""
