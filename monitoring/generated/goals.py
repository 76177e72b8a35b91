"""What levels in force promise for each clock, and which alerts that leaves possible."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from domain.attainment import ALL, allowed
from domain.configuration import Configuration
from domain.configuration.component import ComponentDefined
from domain.instant import SECOND
from domain.policy import Clock

IMMINENT: Final = 300
"""Seconds before a deadline at which the generic rules tell of it."""
IMMINENT_SHARE: Final = 5
LOOKS: Final = 30
"""Seconds between two looks and evaluations: what is shorter passes between them."""
HOURS: Final = 720
"""Of a month of 30 days."""


@dataclass(frozen=True)
class Speed:
    """A rate of breaches to alert at: a multiple of the one that the goal allows, over two windows."""

    factor: float
    window: str
    hours: int
    short: str
    severity: str


SPEEDS: Final = (Speed(14.4, "1h", 1, "5m", "critical"), Speed(6, "6h", 6, "30m", "warning"))


@dataclass(frozen=True)
class Promised:
    """A clock of a level in force."""

    clock: Clock
    level: str
    version: int
    shortest: int
    """The shortest target in seconds of open time, of all kinds and priorities."""
    goal: int | None
    """Thousandths of a percent of the verdicts of each month; None: there is none."""
    decided: int
    """Verdicts in the fuller one of this month and the last."""

    @property
    def imminent(self) -> int:
        """Seconds before a deadline at which to tell of it: a fifth of the shortest target, at most five minutes."""
        return max(LOOKS, min(IMMINENT, self.shortest // IMMINENT_SHARE))

    @property
    def may_breach(self) -> float:
        """The share of verdicts that the goal leaves."""
        return (ALL - (ALL if self.goal is None else self.goal)) / ALL


def promised(state: Configuration, decided: Mapping[tuple[str, str], int]) -> Sequence[Promised]:
    """Every clock of every level in force, in order; `decided` are verdicts by clock and level."""
    found: list[Promised] = []
    for level, version in sorted(state.levels.in_force.items()):
        published = state.levels.published[level, version]
        goals = {each.clock: each.share for each in published.goals}
        for clock in Clock:
            targets = [each.duration for each in published.targets if each.clock is clock]
            if targets:
                number = decided.get((clock.value, level), 0)
                found.append(Promised(clock, level, version, min(targets) // SECOND, goals.get(clock), number))
    return found


def can_fire(of: Promised, speed: Speed) -> bool:
    return refusal(of, speed) is None


def refusal(of: Promised, speed: Speed) -> str | None:
    """Why a rate of breaches cannot be alerted at, in words; None if it can."""
    if of.goal is None:
        return "there is no goal: GlasnoSLABreached tells of each breach"
    if of.may_breach == 0:
        return "no breach is allowed: GlasnoSLABudgetBurn tells of the first"
    threshold = speed.factor * of.may_breach
    if threshold >= 1:
        return _beyond(speed, of.goal)
    enough = ceil(HOURS / (speed.hours * threshold))
    if of.decided < enough:
        return (
            f"{of.decided} verdicts a month are fewer than {enough}: one breach in {speed.window} would be over the "
            "threshold; GlasnoSLABudgetBurn counts breaches"
        )
    return None


def notes(found: Sequence[Promised]) -> Iterator[str]:
    """What is not made, and what will not do what one might expect of it; each with its reason."""
    for each in found:
        yield from (f"{each.clock.value} of {each.level}: {reason}" for reason in _reasons(each))


def _reasons(of: Promised) -> Iterator[str]:
    if of.shortest < LOOKS * IMMINENT_SHARE:
        yield (
            f"its shortest target is {of.shortest} s, and Prometheus looks every {LOOKS} s or so: it may learn of a "
            "deadline too late to warn of it"
        )
    if of.goal is None:
        return
    if of.goal < ALL and not allowed(of.decided, of.goal):
        yield (
            f"{of.decided} verdicts a month are fewer than the {ceil(ALL / (ALL - of.goal))} of which one may be "
            "breached: the first breach misses the goal, only what warns before it helps"
        )
    for speed in SPEEDS:
        if reason := refusal(of, speed):
            yield f"no burn rate of {speed.factor:g} over {speed.window}: {reason}"


def uptime_notes(state: Configuration) -> Iterator[str]:
    """Of components whose target leaves so much that the fast windows of the generic rules can never fire."""
    for key, each in sorted(state.of(ComponentDefined).items()):
        for speed in SPEEDS:
            if each.uptime_target and speed.factor * (ALL - each.uptime_target) >= ALL:
                yield f"component {key}: nothing over {speed.window} can fire: {_beyond(speed, each.uptime_target)}"


def _beyond(speed: Speed, share: int) -> str:
    threshold = speed.factor * (ALL - share) / ALL
    return f"{speed.factor:g} * (1 - {share / ALL:g}) = {threshold:.4g}, and no share of what is bad is above 1"
