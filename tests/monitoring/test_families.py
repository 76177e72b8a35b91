from dataclasses import replace

import pytest

from domain.component import ComponentStatus
from domain.configuration.level import Goal
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE, SECOND
from domain.policy import Clock
from domain.ticket.opening import Publicity
from projections import flow
from tests.cast import AT
from tests.monitoring.looking import look
from tests.projections.story import level
from tests.projections.test_status import WEB
from tests.status_page.stage import Stage

REACTION = "reaction,gold,incident,normal"


def test_every_promised_class_is_there_before_anything_happens(stage: Stage) -> None:
    found = look(stage)
    for name in ("decided", "breached", "excluded"):
        assert found[f"sla_clocks_{name}_total{{resolution,gold,question,critical}}"] == 0
    assert found["sla_clocks{update,gold,request,low,overdue}"] == 0
    assert found["tickets_opened_total{low,telegram}"] == found["tickets_open{low,waiting}"] == 0
    assert found["incidents_opened_total{critical}"] == found["tickets_hanging{}"] == 0
    assert "sla_clock_next_due_timestamp_seconds{reaction,gold,incident,normal}" not in found
    assert "ticket_oldest_open_timestamp_seconds{low}" not in found


def test_states_are_told_as_of_the_look_though_nothing_happens(stage: Stage) -> None:
    stage.story.open()
    found = look(stage)
    assert found[f"sla_clocks{{{REACTION},on_track}}"] == 1
    assert found[f"sla_clock_next_due_timestamp_seconds{{{REACTION}}}"] == (AT + 20 * MINUTE) / SECOND
    stage.story.after(15 * MINUTE)
    assert look(stage)[f"sla_clocks{{{REACTION},at_risk}}"] == 1
    stage.story.after(5 * MINUTE + 1)
    found = look(stage)
    states = [found[f"sla_clocks{{{REACTION},{state}}}"] for state in ("on_track", "at_risk", "overdue", "paused")]
    assert states == [0, 0, 1, 0]
    assert f"sla_clock_next_due_timestamp_seconds{{{REACTION}}}" not in found


def test_published_tickets_and_others_count_together(stage: Stage) -> None:
    for publicity in Publicity:
        stage.taken(30 * MINUTE, publicity=publicity)
    found = look(stage)
    assert found[f"sla_clocks_breached_total{{{REACTION}}}"] == 2
    assert found["sla_attainment_ratio{reaction,gold}"] == 0
    assert found["tickets_opened_total{normal,mail}"] == 2


def test_the_budget_is_told_where_there_is_a_goal(stage: Stage) -> None:
    stage.configure(replace(level(version=2), goals=(Goal(Clock.REACTION, 75_000),)))
    for after in (MINUTE, MINUTE, MINUTE, 30 * MINUTE):
        stage.taken(after)
    found = look(stage)
    assert found["sla_goal_ratio{reaction,gold}"] == 0.75
    assert found["sla_attainment_ratio{reaction,gold}"] == 0.75
    assert found["sla_budget_allowed{reaction,gold}"] == 1
    assert found["sla_budget_remaining{reaction,gold}"] == 0
    assert "sla_budget_allowed{resolution,gold}" not in found
    assert "sla_attainment_ratio{resolution,gold}" not in found


def test_the_month_is_that_of_the_desk(stage: Stage) -> None:
    found = look(stage)
    assert found["sla_period_start_timestamp_seconds{}"] == 1_793_480_400  # 2026-11-01 in Moscow
    assert found["sla_period_end_timestamp_seconds{}"] == 1_793_480_400 + 30 * DAY / SECOND


def test_open_tickets_are_told_by_stage_with_the_oldest(stage: Stage) -> None:
    stage.taken()
    stage.story.after(HOUR)
    stage.story.open()
    found = look(stage)
    assert (found["tickets_open{normal,opened}"], found["tickets_open{normal,accepted}"]) == (1, 1)
    assert found["ticket_oldest_open_timestamp_seconds{normal}"] == AT / SECOND


def test_a_ticket_that_hangs_is_counted(stage: Stage) -> None:
    stage.story.open()
    stage.story.after(DAY)
    assert look(stage)["tickets_hanging{}"] == 1


def test_a_component_has_one_status_and_its_time_is_counted_when_it_is_settled(stage: Stage) -> None:
    stage.configure(WEB)
    stage.set("web", ComponentStatus.PARTIAL_OUTAGE)
    stage.story.after(HOUR + 5 * SECOND)
    found = look(stage)
    shown = {each: found[f"component_status{{web,{each}}}"] for each in ComponentStatus}
    assert [each for each, value in shown.items() if value] == [ComponentStatus.PARTIAL_OUTAGE]
    assert (found["component_up{web}"], found["component_maintenance{web}"]) == (0, 0)
    assert found["component_accountable_seconds_total{web}"] == 3600
    assert found["component_unavailable_seconds_total{web}"] == 0.3 * 3600
    assert found["component_uptime_ratio{web}"] == 0.7
    assert found["component_uptime_target_ratio{web}"] == 0.9995


def test_the_budget_of_a_component_is_of_the_whole_month(stage: Stage) -> None:
    stage.configure(WEB)
    stage.story.after(HOUR)
    stage.set("web", ComponentStatus.OPERATIONAL)
    found = look(stage)
    unknown = stage.story.clock.now / SECOND - found["sla_period_start_timestamp_seconds{}"]
    budget = found["component_uptime_budget_seconds{web}"]
    assert budget == pytest.approx((30 * DAY / SECOND - unknown) * 0.0005)


def test_while_a_view_is_behind_the_time_of_components_stands_still_and_never_goes_back(stage: Stage) -> None:
    stage.configure(WEB)
    stage.set("web", ComponentStatus.OPERATIONAL)
    told: list[float] = []
    for _ in range(6):
        stage.story.after(7 * SECOND)
        told.append(look(stage, up_to_date=len(told) == 0)["component_accountable_seconds_total{web}"])
        if len(told) == 2:
            stage.story.after(2 * SECOND)
            stage.set("web", ComponentStatus.MAJOR_OUTAGE)
    told.append(look(stage)["component_accountable_seconds_total{web}"])
    assert told == sorted(told)
    assert told[2:6] == [15, 15, 15, 15]
    assert told[-1] == 39


def test_an_event_that_was_being_stored_at_the_last_look_takes_no_time_back(stage: Stage) -> None:
    stage.configure(WEB)
    stage.set("web", ComponentStatus.OPERATIONAL)
    stage.story.after(MINUTE)
    before = look(stage)["component_accountable_seconds_total{web}"]
    stage.story.after(-3 * SECOND)
    stage.set("web", ComponentStatus.MAJOR_OUTAGE)
    stage.story.after(4 * SECOND)
    assert look(stage, up_to_date=False)["component_accountable_seconds_total{web}"] >= before
    assert look(stage)["component_accountable_seconds_total{web}"] >= before


def test_of_a_component_of_which_nothing_is_known_only_its_name_is_told(stage: Stage) -> None:
    stage.configure(WEB)
    found = look(stage)
    assert found["component_info{web,Web site,servers}"] == 1
    assert "component_up{web}" not in found
    assert "component_uptime_ratio{web}" not in found
    assert found["component_accountable_seconds_total{web}"] == 0


def test_incidents_are_told_by_impact(stage: Stage) -> None:
    stage.define("web")
    incident = stage.incident({"web": ComponentStatus.MAJOR_OUTAGE})
    found = look(stage)
    assert found["incidents_open{critical}"] == found["incidents_opened_total{critical}"] == 1
    assert found["incident_last_update_timestamp_seconds{critical}"] == AT / SECOND
    stage.story.after(HOUR)
    stage.tell(incident, IncidentStatus.RESOLVED)
    found = look(stage)
    assert (found["incidents_open{critical}"], found["incidents_opened_total{critical}"]) == (0, 1)
    assert "incident_last_update_timestamp_seconds{critical}" not in found


def test_works_are_told(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", ComponentStatus.OPERATIONAL)
    works = stage.works("web")
    found = look(stage)
    assert found["maintenance_next_start_timestamp_seconds{}"] == (AT + 2 * DAY) / SECOND
    assert found["maintenance_active{}"] == 0
    stage.story.after(2 * DAY)
    stage.begin_or_end(works)
    found = look(stage)
    assert (found["maintenance_active{}"], found["component_maintenance{web}"]) == (1, 1)
    assert "maintenance_next_start_timestamp_seconds{}" not in found


def test_calendars_in_use_tell_how_far_they_reach(stage: Stage) -> None:
    assert look(stage)["calendar_end_timestamp_seconds{always}"] == 1_861_920_000  # 2029-01-01
    assert flow.OTHER not in flow.USUAL_CHANNELS
