"""What Prometheus is told of probes, and what is remembered of them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, SECOND
from domain.probe import Watch
from domain.probe_kind import HeartbeatCheck, HttpCheck
from monitoring import heartbeats
from monitoring.heartbeats import Heard
from monitoring.probes import Look, Why, watches
from monitoring.probes.watches import Watched, _read, _row
from tests.cast import AT
from tests.monitoring.looking import look
from tests.status_page.stage import Stage

UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE
HTTPS = ProbeDefined(
    at=AT, key="https", component="web", every=MINUTE, timeout=SECOND, fails_after=2, recovers_after=2, says=DOWN,
    http=HttpCheck("https://www.example.net/"),
)  # fmt: skip
NIGHTLY = replace(HTTPS, key="nightly", component="", http=None, heartbeat=HeartbeatCheck(MINUTE))


def probed(stage: Stage) -> Stage:
    watches.prepare(stage.story.engine)
    heartbeats.prepare(stage.story.engine)
    stage.define("web")
    stage.configure(HTTPS, NIGHTLY)
    return stage


def remember(stage: Stage, watch: Watch, seen: Look) -> None:
    known = Watched("https", "web", watch, stage.story.clock.now, seen)
    watches.remember(stage.story.engine, [known])


def test_a_probe_is_told_with_its_newest_look(stage: Stage) -> None:
    watch = Watch(status=UP, number=17, missed=3, failed=2, seen_at=AT)
    stage.story.clock.now = AT
    remember(probed(stage), watch, Look(UP, took=0.25, expires_at=AT + MINUTE))
    told = look(stage)
    assert told["probe_success{web,https}"] == 1
    assert told["probe_interval_seconds{web,https,desk}"] == 60
    assert told["probe_last_run_timestamp_seconds{web,https,desk}"] == AT / SECOND
    assert told["probe_duration_seconds{web,https,desk}"] == 0.25
    assert told["probe_tls_earliest_cert_expiry_timestamp_seconds{web,https,desk}"] == AT / SECOND + 60
    assert (told["probe_results_total{web,https,desk}"], told["probe_failures_total{web,https,desk}"]) == (14, 2)
    assert told["probe_missed_total{web,https,desk}"] == 3


def test_degraded_is_no_failure_and_an_outage_is_one(stage: Stage) -> None:
    probed(stage)
    for status, success in ((ComponentStatus.DEGRADED, 1), (ComponentStatus.PARTIAL_OUTAGE, 0), (DOWN, 0)):
        remember(stage, Watch(status=status, seen_at=stage.story.clock.now), Look(status))
        assert look(stage)["probe_success{web,https}"] == success


def test_when_nobody_looks_any_more_nothing_looks_well(stage: Stage) -> None:
    remember(probed(stage), Watch(status=UP, number=1, seen_at=stage.story.clock.now), Look(UP))
    stage.story.after(3 * MINUTE)
    told = look(stage)
    assert "probe_success{web,https}" not in told
    assert told["probe_last_run_timestamp_seconds{web,https,desk}"] == stage.story.clock.now / SECOND - 180


def test_of_several_who_look_each_has_its_own_looks_and_all_have_one_word(stage: Stage) -> None:
    probed(stage).configure(replace(HTTPS, probers=("fra", "msk", "desk")))
    seen_at = stage.story.clock.now
    said = {"https@fra": DOWN, "https@msk": UP, "https": UP}
    found = [
        Watched(key, "web", Watch(status, 7, seen_at=seen_at), seen_at, Look(status)) for key, status in said.items()
    ]
    watches.remember(stage.story.engine, found)
    told = look(stage)
    assert told["probe_success{web,https}"] == 1
    assert [told[f"probe_results_total{{web,https,{prober}}}"] for prober in ("fra", "msk", "desk")] == [7, 7, 7]
    watches.remember(stage.story.engine, [replace(found[1], watch=Watch(DOWN, 8, seen_at=seen_at))])
    assert look(stage)["probe_success{web,https}"] == 0


def test_before_its_first_look_a_probe_has_counters_and_nothing_else(stage: Stage) -> None:
    told = {name for name in look(probed(stage)) if "https" in name}
    assert told == {
        f"probe_{name}{{web,https,desk}}"
        for name in ("interval_seconds", "results_total", "failures_total", "missed_total")
    }


def test_a_heartbeat_is_told_from_the_start(stage: Stage) -> None:
    assert look(probed(stage))["heartbeat_last_timestamp_seconds{nightly}"] == 0
    heartbeats.beat(stage.story.engine, "nightly", AT)
    assert look(stage)["heartbeat_last_timestamp_seconds{nightly}"] == AT / SECOND
    assert "heartbeat_last_timestamp_seconds{https}" not in look(stage)


def test_a_component_that_a_person_holds_is_told(stage: Stage) -> None:
    assert look(probed(stage))["component_held{web}"] == 0
    word = StatusSet(at=stage.story.clock.now, component="web", status=UP, through=Through.PERSON)
    stage.story.tell("components", stage.story.desk.name("component", "web"), word)
    assert look(stage)["component_held{web}"] == 1


def test_probes_are_told_while_the_views_are_behind(stage: Stage) -> None:
    probed(stage)
    stage.story.projector.catch_up()
    stage.define("db")
    stage.story.after(2 * MINUTE)
    told = look(stage, up_to_date=False)
    assert told["probe_interval_seconds{web,https,desk}"] == 60
    assert "component_held{web}" not in told


def test_what_is_remembered_takes_the_place_of_what_was_and_is_forgotten(any_stage: Stage) -> None:
    views = any_stage.story.engine
    watches.prepare(views)
    one, other = (Watched(key, "web", Watch(number=1)) for key in ("one", "other"))
    watches.remember(views, [one, other])
    later = replace(one, watch=Watch(number=2), look=Look(DOWN, Why.SAID, "nul \x00, half \ud800"))
    watches.remember(views, [later], ["other"])
    with views.connect() as connection:
        [known] = watches.watched(connection).values()
    assert (known.watch.number, known.look.why, known.look.detail) == (2, Why.SAID, "nul , half ")


def test_a_heartbeat_that_comes_late_changes_nothing(any_stage: Stage) -> None:
    views = any_stage.story.engine
    heartbeats.prepare(views)
    heartbeats.silenced(views, "nightly", AT)
    heartbeats.beat(views, "nightly", AT + MINUTE)
    heartbeats.beat(views, "nightly", AT)
    with views.connect() as connection:
        assert heartbeats.heard(connection) == {"nightly": Heard(AT + MINUTE, AT)}
        assert heartbeats.newest(connection, "nightly") == AT + MINUTE
        assert heartbeats.newest(connection, "other") is None


def test_a_heartbeat_that_was_only_told_to_be_over_never_came(any_stage: Stage) -> None:
    views = any_stage.story.engine
    heartbeats.prepare(views)
    heartbeats.silenced(views, "nightly", AT)
    with views.connect() as connection:
        assert heartbeats.newest(connection, "nightly") is None


STATES = st.sampled_from([None, *ComponentStatus])
TIMES = st.integers(0, 2**53)
WATCHES = st.builds(
    Watch, STATES, TIMES, TIMES, TIMES, TIMES,
    st.lists(st.sampled_from(ComponentStatus)).map(tuple), TIMES, st.lists(TIMES).map(tuple),
)  # fmt: skip
LOOKS = st.builds(Look, STATES, st.sampled_from(Why), st.just("503"), st.floats(0, 60), st.none() | TIMES)


@given(WATCHES, LOOKS, TIMES)
def test_what_is_written_is_what_is_read(watch: Watch, seen: Look, at: int) -> None:
    known = Watched("https", "web", watch, at, seen)
    assert _read(_row(known)) == known  # type: ignore[arg-type]
