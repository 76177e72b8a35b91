"""When works are to be done, and what of that time was announced early enough to be excused."""

from collections.abc import Collection
from typing import NamedTuple

from domain.component.events import WorksPlanned
from domain.instant import Duration, Instant


class Window(NamedTuple):
    """When works are to be done."""

    start: Instant
    end: Instant


def promised(announced: Collection[WorksPlanned], notice: Duration) -> Window | None:
    """The time that was announced at least `notice` before its start, and whose start was not moved since.

    With less notice than that: moved, none of it is; made longer, what was added is not; made shorter, only what is
    left is, even if it is made longer again.
    """
    window: Window | None = None
    for plan in announced:
        if plan.at + notice <= plan.start:
            window = Window(plan.start, plan.end)
        elif window is not None and plan.start == window.start:
            window = left(window, plan)
        else:
            window = None
    return window


def left(window: Window, plan: WorksPlanned) -> Window:
    """What is left of the excused time after an announcement that comes too late to excuse more."""
    return Window(window.start, min(window.end, plan.end))
