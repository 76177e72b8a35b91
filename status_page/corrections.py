"""What was corrected of a fixed month: each figure as it was published, as it is since then, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.instant import Instant
from domain.month import TOLD_LATE, MonthCorrected, SlaRow
from projections.months import FixedMonth

COUNTED: Final = ("attainment", "decided", "breached", "excluded", "refused", "reopened", "promised", "p50", "p90")
MEASURED: Final = ("share", "coverage", "weighed", "accountable", "excused", "unknown")


@dataclass(frozen=True)
class Difference:
    """A number; None is none."""

    part: str
    was: int | None
    now: int | None


@dataclass(frozen=True)
class Corrected:
    """A row of tickets, a component, or else the number of opaque tickets."""

    differences: Sequence[Difference]
    why: Sequence[str]
    row: SlaRow | None = None
    component: str = ""


@dataclass(frozen=True)
class Correction:
    """All that was corrected at an instant, by the log up to a position."""

    at: Instant
    position: int
    figures: Sequence[Corrected]


def corrections(month: FixedMonth | None) -> Sequence[Correction]:
    """The oldest first."""
    return [Correction(each.at, each.position, [*_figures(each)]) for each in (month.corrections if month else ())]


def _figures(told: MonthCorrected) -> Iterator[Corrected]:
    for row in told.sla:
        yield Corrected([*_differences(COUNTED, row.was, row.now)], row.why, row=row.now)
    for each in told.uptime:
        differences = _differences(MEASURED, each.was.uptime, each.now.uptime)
        yield Corrected([*differences], each.why, component=each.now.component)
    if told.opaque != told.opaque_was:
        yield Corrected([Difference("opaque", told.opaque_was, told.opaque)], [TOLD_LATE])


def _differences(parts: Sequence[str], was: Any, now: Any) -> Iterator[Difference]:
    for part in parts:
        before, after = getattr(was, part), getattr(now, part)
        if before != after:
            yield Difference(part, before, after)
