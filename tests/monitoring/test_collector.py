import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics import exposition, parser
from sqlalchemy import create_engine

from domain.component import ComponentStatus
from domain.instant import DAY, MINUTE, SECOND
from monitoring.exporter.collector import ViewsCollector
from projections import ALL, flow, queue
from projections.batch import note
from projections.rebuild import rebuild
from tests.bench.scrape import widen
from tests.monitoring.looking import look, registry_of
from tests.status_page.stage import Stage

MOST = 6_000
"""Samples at 200 components, 6 levels, 5 clocks, 3 kinds, 4 priorities: what the documentation promises."""
OF_A_VIEW = ("tickets_", "ticket_", "sla_", "component_", "incident", "maintenance_")


def test_it_reads_as_openmetrics(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", ComponentStatus.MAJOR_OUTAGE)
    stage.incident({"web": ComponentStatus.MAJOR_OUTAGE})
    stage.works("web")
    stage.taken()
    stage.story.projector.catch_up()
    text = exposition.generate_latest(registry_of(stage)).decode()  # type: ignore[no-untyped-call]
    families = [*parser.text_string_to_metric_families(text)]  # type: ignore[no-untyped-call]
    assert len({each.name for each in families}) == len(families) >= 38
    assert all(each.documentation.endswith(".") for each in families)


def test_a_view_that_does_not_follow_tells_nothing_but_that(any_stage: Stage) -> None:
    any_stage.define("web")
    any_stage.set("web", ComponentStatus.OPERATIONAL)
    assert look(any_stage)["component_up{web}"] == 1
    any_stage.set("web", ComponentStatus.MAJOR_OUTAGE)
    any_stage.story.after(MINUTE)
    assert look(any_stage, up_to_date=False)["collector_success{}"] == 1
    any_stage.story.after(SECOND)
    behind = look(any_stage, up_to_date=False)
    assert [name for name in behind if name.startswith(OF_A_VIEW)] == []
    assert behind["projection_lag_seconds{flow_v1}"] == 61
    assert behind["projection_lag_events{flow_v1}"] == 1
    assert behind["collector_success{}"] == 0
    again = look(any_stage)
    assert (again["component_up{web}"], again["collector_success{}"]) == (0, 1)


def test_a_view_that_stopped_takes_only_what_is_read_from_it(stage: Stage) -> None:
    stage.define("web")
    stage.story.projector.catch_up()
    with stage.story.engine.begin() as connection:
        note(connection, queue.NAME, error="it cannot be projected")
    stopped = look(stage, up_to_date=False)
    assert (stopped["projection_stopped{queue_v2}"], stopped["projection_stopped{flow_v1}"]) == (1, 0)
    assert "component_info{web,Node web,servers}" in stopped
    assert [name for name in stopped if name.startswith("ticket")] == []
    assert stopped["collector_success{}"] == 0


def test_every_view_is_told_of(stage: Stage) -> None:
    found = look(stage)
    for view in ALL:
        assert found[f"projection_position{{{view.NAME}}}"] == found["event_store_position{}"] > 0
        assert found[f"projection_lag_seconds{{{view.NAME}}}"] == 0


def test_a_database_that_is_away_is_told_and_never_raised(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    collector = ViewsCollector(stage.story.desk, create_engine("sqlite:////nowhere/views.db"))
    for _ in range(2):
        duration, success = collector.collect()
        assert (success.samples[0].value, success.name) == (0, "glasno_collector_success")
        assert duration.samples[0].value > 0
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_look_changes_nothing(stage: Stage) -> None:
    stage.taken()
    first = look(stage)
    assert {name: value for name, value in look(stage).items() if "duration" not in name} == {
        name: value for name, value in first.items() if "duration" not in name
    }


def test_the_number_of_samples_is_bounded(stage: Stage) -> None:
    stage.define(*(f"more-{number}" for number in range(12)))
    for number in range(12):
        stage.set(f"more-{number}", ComponentStatus.OPERATIONAL)
    widen(stage)
    for _ in range(3):
        stage.taken(channel="whoever made this up")
    assert MOST * 0.8 < len(look(stage)) <= MOST


def test_a_rebuild_changes_no_counter(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", ComponentStatus.PARTIAL_OUTAGE)
    for _ in range(3):
        stage.taken(30 * MINUTE)
    stage.story.after(DAY)
    before = look(stage)
    rebuild(stage.story.projector, flow)
    after = look(stage)
    counters = [name for name in before if "_total{" in name]
    assert len(counters) > 100
    assert [after[name] for name in counters] == [before[name] for name in counters]
    assert before["sla_clocks_breached_total{reaction,gold,incident,normal}"] == 3


def test_the_text_format_is_there_for_whoever_asks_for_it(stage: Stage) -> None:
    assert b"# TYPE glasno_tickets_opened_total counter" in generate_latest(registry_of(stage))
