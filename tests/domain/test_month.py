from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attainment import ALL, freezes_at
from domain.classification import Kind, Priority
from domain.clock import Exclusion
from domain.instant import DAY, MINUTE
from domain.month import (
    FORMULAS,
    Event,
    Excluded,
    Figures,
    Month,
    MonthCorrected,
    MonthFixed,
    SlaCorrected,
    SlaRow,
    UptimeCorrected,
    UptimeRow,
    correct,
    evolve,
    fix,
    nearest_rank,
)
from domain.policy import Clock
from domain.uptime import Rule, Uptime
from tests.vectors.schedule import instant

MOSCOW = "Europe/Moscow"
ROW = SlaRow(
    Clock.REACTION, "gold", "incident", "high", promised=10 * MINUTE, decided=3, breached=1, timed=3, p50=5, p90=9
)
TOGETHER = replace(ROW, kind="", priority="")
OTHER = replace(ROW, priority="low")
WEB = UptimeRow("web", Uptime(accountable=30 * DAY, weighed=MINUTE))
FIGURES = Figures(position=70, sla=(TOGETHER, ROW), uptime=(WEB,), opaque=2)
RULE = Rule(notice=3 * DAY)
DAY_OF_FREEZING = freezes_at("2026-10", MOSCOW)
SPAM = Excluded(Clock.REACTION, "gold", Kind.INCIDENT, Priority.HIGH, Exclusion.SPAM)


UNFIXED = Month()


def fixed(month: Month = UNFIXED, at: int = DAY_OF_FREEZING, undecided: int = 0) -> list[Event]:
    return fix(month, name="2026-10", zone=MOSCOW, figures=FIGURES, undecided=undecided, rule=RULE, at=at)


FIXED = evolve(UNFIXED, fixed()[0])


def corrected(*, month: Month = FIXED, excluded: tuple[Excluded, ...] = (), **changes: object) -> MonthCorrected | None:
    figures = replace(FIGURES, **{"position": 90, **changes})  # type: ignore[arg-type]
    events = correct(month, name="2026-10", figures=figures, excluded=excluded, at=DAY_OF_FREEZING + DAY)
    return next((each for each in events if isinstance(each, MonthCorrected)), None)


def test_a_month_is_fixed_on_the_fifth_at_midnight_in_the_zone_of_the_desk() -> None:
    assert instant("2026-11-04T21:00:00Z") == DAY_OF_FREEZING
    assert fixed(at=DAY_OF_FREEZING - 1) == []
    assert len(fixed(at=DAY_OF_FREEZING)) == 1


def test_a_month_is_not_fixed_while_a_clock_that_was_due_in_it_is_undecided() -> None:
    assert fixed(at=DAY_OF_FREEZING + 100 * DAY, undecided=1) == []


def test_what_is_fixed_names_its_formulas_their_parameters_and_where_the_log_was() -> None:
    (event,) = fixed()
    assert isinstance(event, MonthFixed)
    assert (event.at, event.month, event.zone) == (DAY_OF_FREEZING, "2026-10", MOSCOW)
    assert (event.position, event.formulas) == (70, FORMULAS)
    assert (event.weights, event.notice) == (RULE.weights, 3 * DAY)
    assert (event.sla, event.uptime, event.opaque) == ((TOGETHER, ROW), (WEB,), 2)


def test_a_month_is_fixed_once() -> None:
    assert fixed(FIXED) == []


def test_a_month_stands_as_it_was_fixed() -> None:
    (event,) = fixed()
    assert evolve(UNFIXED, event) == Month(RULE, 70, {TOGETHER.key: TOGETHER, ROW.key: ROW}, {"web": WEB}, 2)


def test_a_month_that_is_not_fixed_is_not_corrected() -> None:
    assert corrected(month=UNFIXED) is None


def test_what_does_not_differ_is_not_corrected() -> None:
    assert corrected() is None


def test_figures_that_are_no_newer_correct_nothing() -> None:
    assert corrected(position=70, opaque=9) is None
    assert corrected(position=71, opaque=9) is not None


def test_an_exclusion_is_told_with_its_reason() -> None:
    now = replace(ROW, decided=2, breached=0, excluded=1, timed=2)
    event = corrected(sla=(replace(now, kind="", priority=""), now), excluded=(SPAM,))
    assert event is not None
    assert event.sla[1] == SlaCorrected(ROW, now, ("excluded:spam",))
    assert [(each.was.kind, each.why) for each in event.sla] == [
        ("", ("excluded:spam",)),
        ("incident", ("excluded:spam",)),
    ]


def test_an_exclusion_says_nothing_of_other_classes() -> None:
    later = replace(ROW, p90=12)
    event = corrected(sla=(TOGETHER, later), excluded=(SPAM._replace(priority=Priority.LOW),))
    assert event is not None
    assert event.sla == (SlaCorrected(ROW, later, ("ended_late",)),)


def test_a_verdict_that_was_told_late_is_told_as_such() -> None:
    event = corrected(sla=(TOGETHER, replace(ROW, refused=1)))
    assert event is not None
    assert event.sla[0].why == ("told_late",)


def test_a_refusal_that_was_a_verdict_before_is_one_still() -> None:
    event = corrected(sla=(TOGETHER, replace(ROW, decided=2, refused=1)))
    assert event is not None
    assert event.sla[0].why == ("ended_late",)


def test_a_clock_that_ended_meanwhile_is_told_beside_an_exclusion() -> None:
    excluded = replace(ROW, decided=2, excluded=1)
    event = corrected(sla=(TOGETHER, replace(excluded, timed=4)), excluded=(SPAM,))
    assert event is not None
    assert event.sla[0].why == ("excluded:spam", "ended_late")
    event = corrected(sla=(TOGETHER, excluded), excluded=(SPAM,))
    assert event is not None
    assert event.sla[0].why == ("excluded:spam",)


def test_several_reasons_are_all_told() -> None:
    now = replace(ROW, decided=2, excluded=2)
    event = corrected(sla=(TOGETHER, now), excluded=(SPAM, SPAM._replace(reason=Exclusion.MERGED)))
    assert event is not None
    assert event.sla[0].why == ("excluded:merged", "excluded:spam", "told_late")


def test_a_class_that_was_not_published_was_all_zero() -> None:
    event = corrected(sla=(TOGETHER, ROW, OTHER))
    assert event is not None
    assert event.sla == (SlaCorrected(SlaRow(*OTHER.key), OTHER, ("told_late",)),)


def test_a_class_that_is_gone_is_all_zero() -> None:
    event = corrected(sla=(TOGETHER,))
    assert event is not None
    assert event.sla == (SlaCorrected(ROW, SlaRow(*ROW.key), ("told_late",)),)


def test_the_past_of_a_component_can_be_told_late() -> None:
    down, mail = replace(WEB, uptime=Uptime(accountable=30 * DAY, weighed=DAY)), UptimeRow("mail", Uptime(DAY))
    event = corrected(uptime=(down, mail))
    assert event is not None
    told_late = ("told_late",)
    assert event.uptime == (UptimeCorrected(WEB, down, told_late), UptimeCorrected(UptimeRow("mail"), mail, told_late))


def test_the_number_of_opaque_tickets_can_be_corrected_too() -> None:
    event = corrected(opaque=3)
    assert event is not None
    assert (event.opaque_was, event.opaque, event.sla, event.uptime) == (2, 3, (), ())
    assert (event.at, event.month, event.opaque_why) == (DAY_OF_FREEZING + DAY, "2026-10", ("told_late",))
    event = corrected(sla=(TOGETHER, OTHER))
    assert event is not None
    assert event.opaque_why == ()


def test_what_was_corrected_stands_until_the_next_correction() -> None:
    event = corrected(sla=(TOGETHER, OTHER), uptime=(), opaque=5)
    assert event is not None
    month = evolve(FIXED, event)
    assert (month.position, month.opaque, month.rule) == (90, 5, RULE)
    assert month.sla == {TOGETHER.key: TOGETHER, ROW.key: SlaRow(*ROW.key), OTHER.key: OTHER}
    assert month.uptime == {"web": UptimeRow("web")}
    assert corrected(month=month, position=91, sla=(TOGETHER, OTHER), uptime=(), opaque=5) is None


ROWS = st.builds(
    SlaRow,
    st.sampled_from(Clock),
    st.sampled_from(["gold", "bare"]),
    st.just(""),
    st.just(""),
    decided=st.integers(0, 3),
)
KNOWN = st.lists(ROWS, max_size=4, unique_by=lambda row: row.key)


@given(st.lists(KNOWN, max_size=4))
def test_whatever_follows_the_figures_that_stand_are_the_newest(course: list[list[SlaRow]]) -> None:
    month = FIXED
    for position, sla in enumerate(course, 71):
        figures = replace(FIGURES, position=position, sla=sla)
        for event in correct(month, name="2026-10", figures=figures, excluded=(), at=DAY_OF_FREEZING):
            month = evolve(month, event)
        standing = {key: row for key, row in month.sla.items() if row != SlaRow(*key)}
        assert standing == {row.key: row for row in sla if row != SlaRow(*row.key)}


def test_a_row_tells_the_share_kept() -> None:
    assert ROW.attainment == ALL * 2 // 3
    assert SlaRow(*ROW.key).attainment is None


@pytest.mark.parametrize(
    ("count", "p50", "p90"), [(0, 0, 0), (1, 1, 1), (2, 1, 2), (10, 5, 9), (11, 6, 10), (200, 100, 180)]
)
def test_percentiles_are_of_the_nearest_rank(count: int, p50: int, p90: int) -> None:
    values = range(1, count + 1)
    assert (nearest_rank(values, 50), nearest_rank(values, 90)) == (p50, p90)


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    found = nearest_rank(sorted(values), percent)
    assert sum(each <= found for each in values) * 100 >= percent * len(values)
    assert sum(each < found for each in values) * 100 < percent * len(values)
