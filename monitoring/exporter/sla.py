"""The SLA: how the open clocks stand, what was ever decided, and the budget of the month.

Every class that is promised has samples from the start, 0 while nothing happened: else a first breach would be missed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from prometheus_client.metrics_core import Metric

from domain.attainment import ALL, allowed, attainment, budget
from domain.configuration import Configuration
from domain.event import Id
from monitoring.exporter.families import counter, gauge, plain, seconds
from monitoring.exporter.seen import Seen
from projections import flow, sla, sla_months
from projections.flow_clocks import STANDINGS, OpenClocks, open_clocks

NEEDED: Final = (flow.NAME, sla.NAME)
BY_CLASS: Final = ("clock", "level", "kind", "priority")
BY_LEVEL: Final = ("clock", "level")
DECIDED: Final[Mapping[str, str]] = {
    "decided": "Verdicts: clocks that were met or breached; one that is excluded later stays counted.",
    "breached": "Verdicts that a clock was breached; one that is excluded later stays counted.",
    "excluded": "Verdicts that were taken out of the figures, each with its reason.",
}


class Class(NamedTuple):
    """What a target is promised for."""

    clock: str
    level: str
    kind: str
    priority: str


def families(seen: Seen) -> Iterator[Metric]:
    """All of the SLA, published tickets and others together."""
    promised = set(_promised(seen.state))
    open_now, decided = open_clocks(seen.connection, at=seen.at), _decided(flow.verdicts(seen.connection))
    yield from clocks(open_now, promised | decided.keys())
    yield from _counters(decided, promised | {_class(each) for each in open_now})
    yield from month(seen.state, sla_months.verdicts(seen.connection, seen.month))
    yield plain("sla_period_start_timestamp_seconds", "Start of the month, in the desk's zone.", seconds(seen.since))
    yield plain("sla_period_end_timestamp_seconds", "End of the month, in the desk's zone.", seconds(seen.until))


def of_organisation(seen: Seen, organisation: Id) -> Iterator[Metric]:
    """What one organisation sees: its clocks, and the verdicts of its tickets this month against the goals."""
    open_now = open_clocks(seen.connection, at=seen.at, organisation=organisation)
    level = seen.state.level_of(organisation, seen.at)
    yield from clocks(open_now, {each for each in _promised(seen.state) if each.level == level})
    found = sla_months.verdicts_of(seen.connection, organisation, seen.month)
    yield from month(seen.state, found, [level])


def clocks(found: Sequence[OpenClocks], known: Collection[Class]) -> Iterator[Metric]:
    """The open clocks by state, of every known class; told from their instants at each look."""
    told = (
        "Open clocks by how they stand now: overdue until they stop, paused while the ticket waits for the client or "
        "is resolved. Each is in one state: the states sum up."
    )
    states = gauge("sla_clocks", told, *BY_CLASS, "state")
    next_due = gauge("sla_clock_next_due_timestamp_seconds", "The earliest due instant that is still ahead.", *BY_CLASS)
    numbers = {(_class(each), each.standing): each for each in found}
    for known_class in sorted({*known, *(_class(each) for each in found)}):
        of_it = [numbers.get((known_class, state)) for state in STANDINGS]
        for state, each in zip(STANDINGS, of_it, strict=True):
            states.add_metric([*known_class, state], each.number if each else 0)
        dues = [each.next_due for each in of_it if each and each.next_due is not None]
        if dues:
            next_due.add_metric(known_class, seconds(min(dues)))
    yield from (states, next_due)


def month(
    state: Configuration, found: Mapping[tuple[str, str], tuple[int, int]], levels: Collection[str] | None = None
) -> Iterator[Metric]:
    """The figures of this month by clock and level, for levels in force, or those named."""
    this = "This month so far, by due instant:"
    goal_ratio = gauge("sla_goal_ratio", "The share of verdicts that is to be met in each month.", *BY_LEVEL)
    ratio = gauge("sla_attainment_ratio", f"{this} the share of verdicts that were met, by attainment/1.", *BY_LEVEL)
    whole = gauge("sla_budget_allowed", f"{this} verdicts that may be breached of those decided.", *BY_LEVEL)
    rest = gauge("sla_budget_remaining", f"{this} how many more may be breached, by budget/1.", *BY_LEVEL)
    goals, wanted = _goals(state), state.levels.in_force if levels is None else levels
    pairs = {(each.clock, each.level) for each in _promised(state) if each.level in wanted}
    for clock, level in sorted(pairs | found.keys()):
        (decided, breached), goal = found.get((clock, level), (0, 0)), goals.get((clock, level))
        met = attainment(decided, breached)
        if met is not None:
            ratio.add_metric([clock, level], met / ALL)
        if goal is not None:
            goal_ratio.add_metric([clock, level], goal / ALL)
            whole.add_metric([clock, level], allowed(decided, goal))
            rest.add_metric([clock, level], budget(decided, breached, goal))
    yield from (goal_ratio, ratio, whole, rest)


def _promised(state: Configuration) -> Iterator[Class]:
    """By the levels in force."""
    policies = (state.book().policies[ref] for ref in state.levels.in_force.items())
    for policy in policies:
        for (kind, priority), targets in policy.targets.items():
            for clock in targets:
                yield Class(clock.value, policy.level, kind.value, priority.value)


def _goals(state: Configuration) -> Mapping[tuple[str, str], int]:
    current = [state.levels.published[ref] for ref in state.levels.in_force.items()]
    return {(goal.clock.value, each.level): goal.share for each in current for goal in each.goals}


def _class(of: OpenClocks | flow.VerdictFlow) -> Class:
    return Class(of.clock, of.level, of.kind, of.priority)


def _decided(found: Sequence[flow.VerdictFlow]) -> Mapping[Class, flow.VerdictFlow]:
    return {_class(each): each for each in found}


def _counters(decided: Mapping[Class, flow.VerdictFlow], known: Collection[Class]) -> Iterator[Metric]:
    for name, told in DECIDED.items():
        family = counter(f"sla_clocks_{name}", told, *BY_CLASS)
        for known_class in sorted({*known, *decided}):
            flows = decided.get(known_class)
            family.add_metric(known_class, getattr(flows, name) if flows else 0)
        yield family
