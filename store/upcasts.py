"""Every change ever made to a stored shape, oldest first, append only.

Stored bytes are never rewritten; a reader sees the current shape. A field with a default needs no line here. Each line
maps a name and version to the next ones and a function on the raw values, and says when and why.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Values: TypeAlias = Mapping[str, Any]
Steps: TypeAlias = Mapping[tuple[str, int], tuple[str, int, Callable[[Values], Values]]]

UPCASTS: Final[Steps] = {}


def upcast(name: str, version: int, values: Values, steps: Steps = UPCASTS) -> tuple[str, int, Values]:
    """The current name, version and values of a stored event."""
    while step := steps.get((name, version)):
        name, version, change = step
        values = change(values)
    return name, version, values


def shape_after(name: str, version: int, steps: Steps = UPCASTS) -> tuple[str, int]:
    """The current name and version of a stored event."""
    while step := steps.get((name, version)):
        name, version, _ = step
    return name, version
