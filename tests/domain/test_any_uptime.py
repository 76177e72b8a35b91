"""Uptime of anything: checked against a second reckoning that looks at every single millisecond."""

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from domain.component import ComponentStatus, State, worst
from domain.uptime import PERCENT, WHOLE, Rule, Spell, Uptime, clipped, stretches, together, uptime

END = 30
INSTANTS = st.integers(0, END)
WEIGHTS = st.integers(0, WHOLE)
RULES = st.fixed_dictionaries(
    {status: st.just(0) if status is ComponentStatus.OPERATIONAL else WEIGHTS for status in ComponentStatus}
).map(Rule)
SPELLS = st.builds(
    lambda start, length, status, excused: Spell(
        start,
        None if length is None else start + length,
        ComponentStatus.UNDER_MAINTENANCE if excused else status,
        excused,
    ),
    st.integers(-5, END + 5),
    st.none() | st.integers(0, 15),
    st.sampled_from(ComponentStatus),
    st.booleans(),
)
HISTORIES = st.lists(SPELLS, max_size=7)
GROUPS = st.lists(HISTORIES, min_size=1, max_size=3)


def at(spells: Sequence[Spell], instant: int) -> list[Spell]:
    return [each for each in spells if each.start <= instant and (each.end is None or instant < each.end)]


def state_at(spells: Sequence[Spell], instant: int) -> State:
    """What one component is shown as."""
    told = at(spells, instant)
    if any(each.excused for each in told):
        return ComponentStatus.UNDER_MAINTENANCE
    return worst([each.status for each in told])


def reckoned(group: Sequence[Sequence[Spell]], rule: Rule) -> Uptime:
    """Millisecond by millisecond."""
    return reduce(add, (_millisecond([at(spells, each) for spells in group], rule) for each in range(END)), Uptime())


def _millisecond(told: Sequence[Sequence[Spell]], rule: Rule) -> Uptime:
    heard = [[] if any(each.excused for each in one) else [each.status for each in one] for one in told]
    weight = max((rule.weights[status] for one in heard for status in one), default=0)
    if weight > 0:
        return Uptime(accountable=1, weighed=weight)
    if any(each.excused for one in told for each in one):
        return Uptime(excused=1)
    return Uptime(accountable=1) if all(heard) else Uptime(unknown=1)


@given(HISTORIES, RULES)
def test_a_component_agrees_with_the_slow_reckoning(spells: list[Spell], rule: Rule) -> None:
    assert uptime(stretches(spells, 0, END), rule) == reckoned([spells], rule)


@given(GROUPS, RULES)
def test_a_group_agrees_with_the_slow_reckoning(group: list[list[Spell]], rule: Rule) -> None:
    joined = together([stretches(spells, 0, END) for spells in group])
    assert uptime(joined, rule) == reckoned(group, rule)


@given(GROUPS)
def test_a_group_is_shown_as_its_worst_member_at_each_instant(group: list[list[Spell]]) -> None:
    joined = together([stretches(spells, 0, END) for spells in group])
    shown = [each.state for each in joined for _ in range(each.start, each.end)]
    assert shown == [worst([state_at(spells, instant) for spells in group]) for instant in range(END)]


@given(HISTORIES)
def test_stretches_have_no_holes(spells: list[Spell]) -> None:
    course = stretches(spells, 0, END)
    assert (course[0].start, course[-1].end) == (0, END)
    assert all(one.start < one.end == other.start for one, other in pairwise(course))


@given(HISTORIES, RULES, INSTANTS, INSTANTS)
def test_the_parts_of_a_time_add_up(spells: list[Spell], rule: Rule, one: int, other: int) -> None:
    edges = sorted({0, one, other, END})
    whole = stretches(spells, 0, END)
    parts = [uptime(stretches(spells, *ends), rule) for ends in pairwise(edges)]
    assert reduce(add, parts) == uptime(whole, rule)
    assert parts == [uptime(clipped(whole, *ends), rule) for ends in pairwise(edges)]


@given(HISTORIES.flatmap(lambda spells: st.tuples(st.just(spells), st.permutations(spells))), RULES)
def test_the_order_of_what_was_said_does_not_matter(both: tuple[list[Spell], list[Spell]], rule: Rule) -> None:
    one, other = both
    assert stretches(one, 0, END) == stretches(other, 0, END)
    assert uptime(stretches([*one, *one], 0, END), rule) == uptime(stretches(one, 0, END), rule)


@given(GROUPS, RULES)
def test_a_figure_is_a_share_of_the_time_that_counts(group: list[list[Spell]], rule: Rule) -> None:
    told = uptime(together([stretches(spells, 0, END) for spells in group]), rule)
    assert told.accountable + told.excused + told.unknown == END
    assert (told.share is None) == (told.accountable == 0)
    assert told.share is None or 0 <= told.share <= PERCENT
    assert told.coverage is None or 0 <= told.coverage <= PERCENT
    if told.share is not None:
        assert told.share * told.accountable * WHOLE <= PERCENT * (told.accountable * WHOLE - told.weighed)


@given(HISTORIES, RULES, st.lists(st.integers(0, END), min_size=2, max_size=2).map(sorted))
def test_excused_works_take_their_time_out_of_both_sides(spells: list[Spell], rule: Rule, works: list[int]) -> None:
    start, end = works
    with_works = [*spells, Spell(start, end, ComponentStatus.UNDER_MAINTENANCE, excused=True)]
    without = uptime(stretches(spells, 0, start), rule) + uptime(stretches(spells, end, END), rule)
    assert uptime(stretches(with_works, 0, END), rule) == without + Uptime(excused=end - start)


@given(HISTORIES, RULES, SPELLS.filter(lambda spell: not spell.excused))
def test_more_bad_news_never_makes_more_time_available(spells: list[Spell], rule: Rule, news: Spell) -> None:
    before, after = (uptime(stretches(told, 0, END), rule) for told in (spells, [*spells, news]))
    assert (after.weighed >= before.weighed, after.excused) == (True, before.excused)
    assert after.unknown <= before.unknown
