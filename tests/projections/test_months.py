from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.component import ComponentStatus, StatusSet, Through, WorksBegun, WorksEnded
from domain.desk import DeskFounded, found
from domain.instant import DAY, HOUR
from domain.month import FORMULAS, MonthCorrected, MonthFixed, SlaCorrected, SlaRow, UptimeRow
from domain.policy import Clock
from domain.uptime import Rule, Uptime
from projections import months
from store.streams import Command
from tests.cast import AT
from tests.projections.story import Story

OCTOBER = "2026-10"
ROW = SlaRow(Clock.REACTION, "gold", "", "", decided=2, breached=1, timed=2, p50=3, p90=4)
WEB = UptimeRow("web", Uptime(accountable=DAY))
FIXED = MonthFixed(
    at=AT,
    month=OCTOBER,
    zone="Etc/UTC",
    position=1,
    formulas=FORMULAS,
    weights=Rule().weights,
    notice=DAY,
    sla=(ROW,),
    uptime=(WEB,),
    opaque=1,
)
BETTER = replace(ROW, decided=1, breached=0, excluded=1)
CORRECTED = MonthCorrected(
    at=AT + HOUR,
    month=OCTOBER,
    position=2,
    sla=(SlaCorrected(ROW, BETTER, ("excluded:spam",)),),
    uptime=(),
    opaque=1,
    opaque_was=1,
)


def tell(story: Story, *events: Any) -> int:
    return story.tell("months", story.desk.name("month", events[0].month), *events)


def test_a_month_is_shown_as_it_was_fixed(any_story: Story) -> None:
    tell(any_story, FIXED)
    with any_story.seen() as connection:
        month = months.fixed(connection, OCTOBER)
    assert month == months.FixedMonth(FIXED)
    assert month.current.sla == {ROW.key: ROW}


def test_a_correction_stands_beside_what_was_published(any_story: Story) -> None:
    tell(any_story, FIXED)
    tell(any_story, CORRECTED)
    with any_story.seen() as connection:
        month = months.fixed(connection, OCTOBER)
    assert month == months.FixedMonth(FIXED, (CORRECTED,))
    assert month.current.sla == {ROW.key: BETTER}
    assert (month.current.uptime, month.current.opaque) == ({"web": WEB}, 1)


def test_the_past_shows_what_was_published_then(story: Story) -> None:
    first, second = tell(story, FIXED), tell(story, CORRECTED)
    with story.seen() as connection:
        assert months.fixed(connection, OCTOBER, first - 1) is None
        assert months.fixed(connection, OCTOBER, first) == months.FixedMonth(FIXED)
        assert months.fixed(connection, OCTOBER, second) == months.FixedMonth(FIXED, (CORRECTED,))


def test_the_months_are_told_in_their_order(story: Story) -> None:
    for name in ("2026-10", "2026-08", "2026-09"):
        tell(story, replace(FIXED, month=name))
    with story.seen() as connection:
        assert [*months.all_fixed(connection)] == ["2026-08", "2026-09", "2026-10"]
        assert [*months.all_fixed(connection, since="2026-09")] == ["2026-09", "2026-10"]
        assert months.all_fixed(connection, 2) == {}
        assert months.fixed(connection, "2026-11") is None


def test_a_month_tells_up_to_where_it_was_computed(story: Story) -> None:
    tell(story, replace(FIXED, position=7))
    with story.seen() as connection:
        assert months.computed(connection) == {OCTOBER: 7}
    tell(story, replace(CORRECTED, position=9))
    with story.seen() as connection:
        assert months.computed(connection) == {OCTOBER: 9}


def said(story: Story, *events: StatusSet | WorksBegun | WorksEnded) -> Sequence[int]:
    return [story.tell("components", story.desk.name("component", "web"), each) for each in events]


def up(at: int) -> StatusSet:
    return StatusSet(at=at, component="web", status=ComponentStatus.OPERATIONAL, through=Through.PERSON)


def test_what_is_told_of_a_component_counts_where_it_happened(any_story: Story) -> None:
    works: dict[str, Any] = {"component": "web", "works": "a" * 32}
    _, late, _, over = said(
        any_story, up(AT), up(AT - 3 * DAY), WorksBegun(at=AT, **works), WorksEnded(at=AT + HOUR, **works)
    )
    with any_story.seen() as connection:
        assert months.told(connection) == {OCTOBER: late, "2026-11": over}


def test_where_it_happened_is_said_in_the_zone_of_the_desk(story: Story) -> None:
    founded = DeskFounded(
        at=AT, desk="d" * 32, origin="x", log_key="key", zone="Asia/Tokyo", languages=("ru",), currency="RUB"
    )
    story.desk.founding.act(Command("f" * 32), story.desk.stream, found, founded)
    (position,) = said(story, up(AT - 2 * DAY + 6 * HOUR))
    with story.seen() as connection:
        assert months.told(connection) == {"2026-11": position}
