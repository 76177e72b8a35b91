"""The priority matrix: impact and urgency give the priority."""

from collections.abc import Mapping
from typing import ClassVar

from domain.classification import Impact, Priority, Urgency
from domain.event import Public, Visibility, event
from domain.instant import Instant


@event(
    "priorities.set",
    visibility=Visibility.CLEAR,
    en="The matrix of priorities was set",
    ru="Задана матрица приоритетов",
)
class PrioritiesSet:
    """Complete: every impact with every urgency."""

    key: ClassVar[str] = ""

    at: Public[Instant]
    matrix: Public[Mapping[Impact, Mapping[Urgency, Priority]]]
