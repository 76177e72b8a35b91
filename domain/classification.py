"""How a ticket is classed: the axes of the table of targets."""

from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What a ticket asks for."""

    INCIDENT = "incident"
    REQUEST = "request"
    QUESTION = "question"


class Priority(StrEnum):
    """How soon it matters, most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


Class: TypeAlias = tuple[Kind, Priority]
"""What a target is promised for."""


class Impact(StrEnum):
    """How much of the client's work is hit."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Urgency(StrEnum):
    """How soon the client needs it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Complexity(StrEnum):
    """A few complex tickets take most of the time: they are counted, and may be routed, apart."""

    STANDARD = "standard"
    COMPLEX = "complex"
