from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.component import ComponentStatus
from domain.configuration.component import ComponentGroupWithdrawn
from domain.configuration.contract import ContractEnded
from domain.configuration.level import LevelWithdrawn
from domain.event import Source
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.opening import Publicity
from projections import sla
from projections.status import Component
from status_page.page import worst
from status_page.sla_tables import Fact, added, months_until
from status_page.words import HEADLINES, LANGUAGES
from tests.cast import AT, LEVEL, TARGETS
from tests.projections.story import level
from tests.status_page.stage import CONTRACT, Stage

UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE


def component(status: ComponentStatus | None) -> Component:
    return Component("web", "servers", "Сайт", "Web", 1, 0, status, AT if status else None, None)


@given(st.lists(st.sampled_from([*ComponentStatus, None])))
def test_all_is_operational_only_if_every_component_is_and_there_is_one(
    statuses: list[ComponentStatus | None],
) -> None:
    is_up = worst([component(status) for status in statuses]) is UP
    assert is_up == (bool(statuses) and set(statuses) == {UP})


@given(st.lists(st.sampled_from([*ComponentStatus, None]), min_size=1))
def test_the_whole_is_as_bad_as_its_worst_part(statuses: list[ComponentStatus | None]) -> None:
    found = worst([component(status) for status in statuses])
    assert found in statuses
    assert (found is DOWN) == (DOWN in statuses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_one_headline_says_that_all_is_well(language: str) -> None:
    headlines = HEADLINES[language]  # type: ignore[index]
    assert headlines.keys() == {*ComponentStatus, None}
    assert [state for state, told in headlines.items() if told.startswith(("All", "Все"))] == [UP]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*ComponentStatus, None]), min_size=3, max_size=3))
def test_the_page_never_says_that_all_is_well_when_it_is_not(
    stage: Stage, statuses: list[ComponentStatus | None]
) -> None:
    keys = [f"node-{stage.story.desk.log.head()}-{place}" for place in range(3)]
    stage.define(*keys)
    for key, status in zip(keys, statuses, strict=True):
        if status:
            stage.set(key, status)
    shown = {each.status for block in stage.page().blocks for each in block.components}
    assert ("All components are operational" in stage.get().text) == (shown == {UP})


def test_a_component_without_a_status_is_unknown_and_no_part_of_a_good_whole(stage: Stage) -> None:
    stage.define("web", "mail")
    stage.set("web", UP)
    page = stage.page()
    assert (page.state, page.tally) == (None, {None: 1, UP: 1})
    assert page.blocks[0].state is None


def test_a_desk_without_components_knows_nothing(stage: Stage) -> None:
    page = stage.page()
    assert (page.state, page.blocks) == (None, [])
    assert "No component is defined yet" in stage.get().text


def test_a_component_is_shown_even_if_its_group_is_gone(stage: Stage) -> None:
    stage.define("web")
    stage.configure(ComponentGroupWithdrawn(at=AT, key="servers"))
    (block,) = stage.page().blocks
    assert (block.group.en, [each.key for each in block.components]) == ("Other", ["web"])


def test_the_page_lasts_until_midnight_in_the_zone_of_the_desk(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    assert stage.page().until == AT + 11 * HOUR


def test_while_something_is_down_the_page_is_new_every_minute(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", DOWN)
    stage.story.after(MINUTE // 2)
    assert stage.page().until == AT + MINUTE


def test_the_figures_are_those_of_the_sla_view(stage: Stage) -> None:
    stage.taken(MINUTE)
    stage.taken(21 * MINUTE)
    stage.taken(MINUTE)
    since, until = sla.month("2026-11", "Europe/Moscow")
    with stage.story.seen() as connection:
        head = stage.story.desk.log.head()
        figures = sla.figures(connection, since=since, until=until, published=True, position=head, by=("clock",))
    (table,) = stage.page().levels
    for figure in figures:
        fact = table.months[0].facts[Clock(figure.group["clock"])]
        assert (fact.decided, fact.breached, fact.undecided) == (figure.decided, figure.breached, figure.undecided)
        assert fact.attainment == figure.attainment
    assert table.months[0].facts[Clock.REACTION] == Fact(3, 1, 0, 0, 0)


def test_a_share_is_cut_off_and_never_rounded_up(stage: Stage) -> None:
    for after in (21, 1, 1):
        stage.taken(after * MINUTE)
    assert "66.666\N{NO-BREAK SPACE}%" in stage.get().text


def test_each_promise_stands_next_to_its_own_fact(stage: Stage) -> None:
    stage.taken(21 * MINUTE)
    (table,) = stage.page().levels
    rows = {row.duration: row.fact for row in table.promises_by_clock[Clock.REACTION]}
    assert list(rows) == [5 * MINUTE, 10 * MINUTE, TARGETS[Clock.REACTION], 40 * MINUTE]
    assert rows[TARGETS[Clock.REACTION]] == Fact(1, 1, 0, 0, 0)
    assert {fact.decided for duration, fact in rows.items() if duration != TARGETS[Clock.REACTION]} == {0}


def test_thirteen_months_are_shown_and_the_past_ones_are_fixed(stage: Stage) -> None:
    (table,) = stage.page().levels
    assert [each.month for each in table.months][:2] == ["2026-11", "2026-10"]
    assert len(table.months) == 13
    assert [each.is_frozen for each in table.months] == [False, False, *[True] * 11]


def test_a_month_is_not_fixed_while_a_clock_that_was_due_in_it_is_undecided(stage: Stage) -> None:
    stage.taken()
    stage.story.after(40 * DAY)
    (table,) = stage.page().levels
    assert (table.months[1].month, table.months[1].is_frozen) == ("2026-11", False)


def test_months_do_not_skip_the_short_ones() -> None:
    assert months_until(AT + 120 * DAY, "Etc/UTC")[:3] == ["2027-03", "2027-02", "2027-01"]


def test_nothing_added_up_is_nothing() -> None:
    assert added([]) == Fact(0, 0, 0, 0, 0)
    assert added([]).attainment is None


def test_tickets_that_nobody_may_count_are_told_by_their_number_alone(stage: Stage) -> None:
    stage.taken()
    stage.taken(publicity=Publicity.OPAQUE)
    page = stage.page()
    assert (page.published, page.opaque) == (1, 1)
    assert page.levels[0].months[0].facts[Clock.REACTION].decided == 1


def test_a_level_that_is_not_published_any_more_keeps_its_public_months(stage: Stage) -> None:
    stage.taken()
    stage.configure(ContractEnded(at=AT, key=CONTRACT.key))
    (table,) = stage.page().levels
    assert (table.promises, table.months[0].has_verdicts) == ([], True)
    assert "not published any more" in stage.get().text


def test_a_level_without_public_verdicts_goes_when_it_is_withdrawn(stage: Stage) -> None:
    stage.configure(LevelWithdrawn(at=AT, level=LEVEL))
    assert stage.page().levels == []
    assert "No service level is published yet" in stage.get().text


def test_the_promise_is_the_one_in_force(stage: Stage) -> None:
    known = level()
    shorter = tuple(replace(each, duration=MINUTE) for each in known.targets if each.clock is Clock.REACTION)
    stage.configure(replace(known, version=2, targets=shorter))
    (table,) = stage.page().levels
    assert [(row.clock, row.duration, len(row.classes)) for row in table.promises] == [(Clock.REACTION, MINUTE, 12)]


@pytest.mark.parametrize(
    ("source", "notice"), [(Source.SIMULATION, "these events are simulated"), (Source.IMPORT, "Imported history")]
)
def test_what_is_not_live_is_said_at_the_top(stage: Stage, source: Source, notice: str) -> None:
    stage.define("web")
    stage.set("web", UP)
    assert notice not in stage.get().text
    stage.set("web", DOWN, source)
    told = stage.get().text
    assert 0 < told.index(notice) < told.index("<h1")
