"""Uptime (`uptime/1`): the share of the accountable time in which a component was available, partial outages weighed.

uptime = (accountable - unavailable) / accountable, floored to thousandths of a percent, never rounded up. Each
millisecond is weighed by the worst that is said of it, in thousandths. Works that were announced in time leave both
sides, and so does the time in which nothing was known; how much was known is told beside it as coverage.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final, NamedTuple

from domain.component import ComponentStatus, State, worst
from domain.instant import HOUR, Duration, Instant

FORMULA: Final = "uptime/1"
WHOLE: Final = 1_000
"""Thousandths: the weight of time that is not available at all."""
PERCENT: Final = 100_000
"""Thousandths of a percent in the whole."""


@dataclass(frozen=True)
class Rule:
    """The parameters of the formula: data of the desk, published with every figure."""

    weights: Mapping[ComponentStatus, int] = field(
        default_factory=lambda: {
            ComponentStatus.OPERATIONAL: 0,
            ComponentStatus.DEGRADED: 0,
            ComponentStatus.PARTIAL_OUTAGE: 300,
            ComponentStatus.MAJOR_OUTAGE: WHOLE,
            ComponentStatus.UNDER_MAINTENANCE: WHOLE,
        }
    )
    """In thousandths. Works that were announced too late are an outage to whoever meets them."""
    notice: Duration = 24 * HOUR
    """How long before their start works have to be announced."""


class Spell(NamedTuple):
    """Somebody says something of a component for a while; an excused one is works that were announced in time."""

    start: Instant
    end: Instant | None
    """None: it goes on."""
    status: ComponentStatus
    excused: bool = False


class Stretch(NamedTuple):
    """A stretch of time in which nothing changes; of components together, what is said of any of them."""

    start: Instant
    end: Instant
    said: frozenset[State]
    """None among them: nothing is known of one."""
    excused: bool

    @property
    def state(self) -> State:
        """How it is shown."""
        return worst([*self.said, *([ComponentStatus.UNDER_MAINTENANCE] if self.excused else [])])


@dataclass(frozen=True)
class Uptime:
    """What came of a time, in milliseconds; sums of several times are sums of these."""

    accountable: Duration = 0
    weighed: int = 0
    """Thousandths of milliseconds that were not available."""
    excused: Duration = 0
    unknown: Duration = 0

    def __add__(self, other: "Uptime") -> "Uptime":
        return Uptime(
            self.accountable + other.accountable,
            self.weighed + other.weighed,
            self.excused + other.excused,
            self.unknown + other.unknown,
        )

    @property
    def share(self) -> int | None:
        """Thousandths of a percent, floored; none if there is nothing to account for."""
        whole = self.accountable * WHOLE
        return PERCENT * (whole - self.weighed) // whole if whole else None

    @property
    def coverage(self) -> int | None:
        """The share of the time beside the excused works of which something is known, floored likewise."""
        whole = self.accountable + self.unknown
        return PERCENT * self.accountable // whole if whole else None


def stretches(spells: Iterable[Spell], since: Instant, until: Instant) -> list[Stretch]:
    """The time from `since` to `until` of one component, without holes; excused works win over anything else."""
    spells = [each for each in spells if each.start < until and (each.end is None or each.end > since)]
    edges = {edge for each in spells for edge in (each.start, each.end) if edge is not None and since < edge < until}
    return [_stretch(spells, *ends) for ends in pairwise(sorted({since, until, *edges}))]


def together(members: Sequence[Sequence[Stretch]]) -> list[Stretch]:
    """The same time of several components: at each instant what is said of any of them."""
    edges = sorted({edge for member in members for each in member for edge in (each.start, each.end)})
    going = [iter(member) for member in members]
    now, joined = [each for rest in going for each in islice(rest, 1)], []
    for start, end in pairwise(edges):
        now = [each if each.end > start else next(rest) for each, rest in zip(now, going, strict=True)]
        said = frozenset[State]().union(*(each.said for each in now))
        joined.append(Stretch(start, end, said, any(each.excused for each in now)))
    return joined


def clipped(course: Sequence[Stretch], since: Instant, until: Instant) -> Iterator[Stretch]:
    """What of it lies from `since` to `until`."""
    for each in course:
        if each.start < until and each.end > since:
            yield each._replace(start=max(each.start, since), end=min(each.end, until))


def uptime(course: Iterable[Stretch], rule: Rule) -> Uptime:
    """What came of it under a rule. Of components together the worst counts: outage, works, unknown, available."""
    return sum((_weighed(each, rule) for each in course), Uptime())


def _weighed(stretch: Stretch, rule: Rule) -> Uptime:
    length = stretch.end - stretch.start
    weight = max((rule.weights[status] for status in stretch.said if status is not None), default=0)
    if weight:
        return Uptime(accountable=length, weighed=length * weight)
    if stretch.excused:
        return Uptime(excused=length)
    return Uptime(unknown=length) if None in stretch.said else Uptime(accountable=length)


def _stretch(spells: Sequence[Spell], start: Instant, end: Instant) -> Stretch:
    said = [each for each in spells if each.start <= start and (each.end is None or each.end >= end)]
    if any(each.excused for each in said):
        return Stretch(start, end, frozenset(), excused=True)
    return Stretch(start, end, frozenset(each.status for each in said) or frozenset({None}), excused=False)
