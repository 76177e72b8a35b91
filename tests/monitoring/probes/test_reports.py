"""What remote probers have seen is kept until it is forgotten."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.component import ComponentStatus
from monitoring.probes import Look, Why, reports
from monitoring.probes.reports import Report
from tests.status_page.stage import Stage

LOOKS = st.builds(
    Look, st.none() | st.sampled_from(ComponentStatus), st.sampled_from(Why), st.sampled_from(["", "503"]),
    st.floats(0, 60), st.none() | st.integers(0, 2**53),
)  # fmt: skip
TOLD = st.builds(Report, st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 9), LOOKS)


def kept(stage: Stage) -> list[Report]:
    with stage.story.engine.connect() as connection:
        return [*reports.reported(connection)]


def named(told: Report) -> tuple[str, str, int]:
    return told.probe, told.prober, told.at


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=50)
@given(st.lists(TOLD, max_size=9))
def test_the_first_word_on_a_look_is_kept_and_the_oldest_look_comes_first(stage: Stage, told: list[Report]) -> None:
    reports.prepare(stage.story.engine)
    for each in told:
        reports.report(stage.story.engine, each)
    first = {named(each): each for each in reversed(told)}
    found = kept(stage)
    assert sorted(found, key=named) == sorted(first.values(), key=named)
    assert [each.at for each in found] == sorted(each.at for each in found)
    reports.forget(stage.story.engine, found)
    assert kept(stage) == []


def test_on_each_engine_what_is_forgotten_is_gone_and_nothing_else(any_stage: Stage) -> None:
    views = any_stage.story.engine
    reports.prepare(views)
    one, other = (Report(probe, "fra", 1, Look(None, Why.LOST, "nul \x00")) for probe in ("one", "other"))
    for each in (one, other, one):
        reports.report(views, each)
    reports.forget(views, [one])
    assert kept(any_stage) == [Report("other", "fra", 1, Look(None, Why.LOST, "nul "))]
