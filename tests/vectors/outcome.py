"""What came of running one vector."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Passed:
    """We answer what the vector expects."""


@dataclass(frozen=True)
class Failed:
    """We answer something else."""

    expected: Any
    got: Any


@dataclass(frozen=True)
class Excluded:
    """The vector follows a rule that is not ours; `rule` is the one of ours that differs."""

    rule: str


Outcome = Passed | Failed | Excluded
