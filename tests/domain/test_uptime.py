from datetime import date

import pytest

from domain.component import ComponentStatus, State
from domain.instant import DAY, HOUR, MINUTE
from domain.opening_hours import instant_at
from domain.uptime import PERCENT, Rule, Spell, Stretch, Uptime, clipped, stretches, together, uptime

OPERATIONAL, DEGRADED = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED
PARTIAL, MAJOR, WORKS = ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE, ComponentStatus.UNDER_MAINTENANCE
RULE = Rule()
UP = Spell(0, None, OPERATIONAL)
MONTH = 30 * DAY


def of(*spells: Spell, since: int = 0, until: int = 1_000, rule: Rule = RULE) -> Uptime:
    return uptime(stretches(spells, since, until), rule)


def share(*spells: Spell) -> int | None:
    return of(*spells).share


def states(*spells: Spell, until: int = 10) -> list[tuple[int, int, State]]:
    return [(each.start, each.end, each.state) for each in stretches(spells, 0, until)]


def test_what_was_never_down_was_up() -> None:
    assert of(UP) == Uptime(accountable=1_000)
    assert (of(UP).share, of(UP).coverage) == (PERCENT, PERCENT)


@pytest.mark.parametrize(("status", "left"), [(MAJOR, 0), (WORKS, 0), (PARTIAL, 70_000), (DEGRADED, PERCENT)])
def test_each_status_weighs_what_the_rule_says(status: ComponentStatus, left: int) -> None:
    assert share(Spell(0, None, status)) == left


def test_one_month_reckoned_by_the_rule() -> None:
    bad = [
        Spell(0, 60 * MINUTE, MAJOR),
        Spell(5 * HOUR, 7 * HOUR, PARTIAL),
        Spell(10 * HOUR, 14 * HOUR, DEGRADED),
    ]
    announced, late = (Spell(DAY, DAY + 3 * HOUR, WORKS, excused) for excused in (True, False))
    assert of(UP, *bad, announced, until=MONTH).share == 99_776
    assert of(UP, *bad, late, until=MONTH).share == 99_361


def test_a_share_is_floored_and_never_rounded_up() -> None:
    assert of(UP, Spell(5, 6, MAJOR), until=10**9).share == PERCENT - 1
    assert of(UP, Spell(0, 1, OPERATIONAL), Spell(1, 3, MAJOR), until=3).share == 33_333


def test_overlaps_count_once_and_by_the_worst() -> None:
    overlapping = Spell(0, 500, PARTIAL), Spell(400, 600, MAJOR), Spell(450, 550, MAJOR), Spell(0, 900, DEGRADED)
    assert of(UP, *overlapping) == Uptime(accountable=1_000, weighed=400 * 300 + 200 * 1_000)


def test_the_end_of_one_incident_does_not_hide_another() -> None:
    assert states(UP, Spell(2, 6, MAJOR), Spell(4, 8, PARTIAL)) == [
        (0, 2, OPERATIONAL),
        (2, 4, MAJOR),
        (4, 6, MAJOR),
        (6, 8, PARTIAL),
        (8, 10, OPERATIONAL),
    ]


def test_before_the_first_word_nothing_is_known() -> None:
    told = of(Spell(250, None, OPERATIONAL), Spell(500, 625, MAJOR))
    assert told == Uptime(accountable=750, weighed=125_000, unknown=250)
    assert (told.share, told.coverage) == (83_333, 75_000)


def test_of_what_is_not_known_there_is_no_share() -> None:
    assert of() == Uptime(unknown=1_000)
    assert (of().share, of().coverage) == (None, 0)
    assert (Uptime().share, Uptime().coverage) == (None, None)


def test_an_incident_is_known_even_of_what_says_nothing_itself() -> None:
    assert of(Spell(0, 500, MAJOR)) == Uptime(accountable=500, weighed=500_000, unknown=500)


def test_works_that_were_announced_in_time_leave_both_sides_and_win_over_an_outage() -> None:
    told = of(UP, Spell(0, 500, MAJOR), Spell(250, 750, WORKS, excused=True))
    assert told == Uptime(accountable=500, weighed=250_000, excused=500)
    assert (told.share, told.coverage) == (50_000, PERCENT)


def test_works_that_went_on_after_the_announced_end_count() -> None:
    told = of(UP, Spell(0, 100, WORKS, excused=True), Spell(0, 150, WORKS))
    assert told == Uptime(accountable=900, weighed=50_000, excused=100)


def test_another_rule_weighs_otherwise() -> None:
    weights = {**RULE.weights, DEGRADED: 500, WORKS: 0}
    told = of(UP, Spell(0, 100, DEGRADED), Spell(50, 150, PARTIAL), Spell(150, 200, WORKS), rule=Rule(weights))
    assert told == Uptime(accountable=1_000, weighed=100 * 500 + 50 * 300)


def test_states_are_shown_as_the_worst_of_what_is_said() -> None:
    told = states(UP, Spell(1, 3, DEGRADED), Spell(2, 4, WORKS), Spell(4, 6, MAJOR), Spell(5, 7, WORKS, excused=True))
    assert [state for _, _, state in told] == [OPERATIONAL, DEGRADED, DEGRADED, WORKS, MAJOR, WORKS, WORKS, OPERATIONAL]
    assert states() == [(0, 10, None)]


def test_what_lies_outside_does_not_count() -> None:
    outside = Spell(0, 100, MAJOR), Spell(200, None, MAJOR)
    assert of(UP, *outside, since=100, until=200) == Uptime(accountable=100)
    assert of(UP, *outside, since=50, until=250) == Uptime(accountable=200, weighed=100_000)


def test_no_time_has_no_stretches() -> None:
    empty = stretches([UP], 5, 5)
    assert empty == together([empty, empty]) == together([]) == []


def test_a_stretch_is_cut_to_what_is_asked_for() -> None:
    course = stretches([UP, Spell(3, 5, MAJOR)], 0, 10)
    assert [(each.start, each.end) for each in clipped(course, 2, 5)] == [(2, 3), (3, 5)]
    assert list(clipped(course, 10, 20)) == []


def test_a_group_is_its_worst_member_at_each_instant() -> None:
    one = stretches([UP, Spell(2, 6, PARTIAL)], 0, 10)
    two = stretches([UP, Spell(4, 8, MAJOR)], 0, 10)
    joined = together([one, two])
    assert [(each.start, each.end, each.state) for each in joined] == [
        (0, 2, OPERATIONAL),
        (2, 4, PARTIAL),
        (4, 6, MAJOR),
        (6, 8, MAJOR),
        (8, 10, OPERATIONAL),
    ]
    assert uptime(joined, RULE) == Uptime(accountable=10, weighed=2 * 300 + 4 * 1_000)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (Spell(0, None, MAJOR), Uptime(accountable=10, weighed=10_000)),
        (Spell(0, None, DEGRADED), Uptime(excused=10)),
        (Spell(10, None, OPERATIONAL), Uptime(excused=10)),
        (UP, Uptime(excused=10)),
    ],
)
def test_works_on_a_member_excuse_no_outage_of_another(other: Spell, told: Uptime) -> None:
    works = stretches([Spell(0, None, WORKS, excused=True)], 0, 10)
    assert uptime(together([works, stretches([other], 0, 10)]), RULE) == told


def test_a_group_with_an_unknown_member_is_down_or_unknown() -> None:
    unknown = stretches([], 0, 10)
    joined = together([unknown, stretches([UP, Spell(0, 4, MAJOR), Spell(4, 6, DEGRADED)], 0, 10)])
    assert uptime(joined, RULE) == Uptime(accountable=4, weighed=4_000, unknown=6)
    assert [each.state for each in joined] == [MAJOR, DEGRADED, None]


def test_a_group_of_one_is_its_member() -> None:
    course = stretches([UP, Spell(2, 6, PARTIAL)], 0, 10)
    assert together([course]) == course
    assert course[0] == Stretch(0, 2, frozenset({OPERATIONAL}), excused=False)


@pytest.mark.parametrize(
    ("zone", "first", "after", "hours"),
    [
        ("Europe/Moscow", date(2026, 3, 1), date(2026, 4, 1), 744),
        ("Europe/Berlin", date(2026, 3, 1), date(2026, 4, 1), 743),
        ("Europe/Berlin", date(2026, 10, 1), date(2026, 11, 1), 745),
        ("Asia/Kathmandu", date(2028, 2, 1), date(2028, 3, 1), 696),
    ],
)
def test_a_month_lasts_as_long_as_it_lasts_in_its_zone(zone: str, first: date, after: date, hours: int) -> None:
    since, until = instant_at(zone, first, 0), instant_at(zone, after, 0)
    outage = Spell(until - 2 * HOUR, until + 3 * HOUR, MAJOR)
    told = of(UP, outage, since=since, until=until)
    assert told == Uptime(accountable=hours * HOUR, weighed=2 * HOUR * 1_000)
    assert told.share == PERCENT * (hours - 2) // hours


def test_an_outage_over_midnight_is_of_another_month_in_another_zone() -> None:
    outage = Spell(instant_at("Etc/UTC", date(2026, 3, 31), 21 * 60), instant_at("Etc/UTC", date(2026, 4, 1), 0), MAJOR)
    march = {
        zone: of(UP, outage, since=instant_at(zone, date(2026, 3, 1), 0), until=instant_at(zone, date(2026, 4, 1), 0))
        for zone in ("Europe/Moscow", "Etc/UTC")
    }
    assert {zone: told.weighed // 1_000 for zone, told in march.items()} == {"Europe/Moscow": 0, "Etc/UTC": 3 * HOUR}
