import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.component import WORST_FIRST, ComponentStatus, State, worst
from domain.configuration.component import ComponentGroupWithdrawn
from domain.event import Source
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE
from status_page.edition import next_change
from status_page.pages.front import Block, Overall, blocks, overall_of
from status_page.words import HEADLINES, LANGUAGES
from tests.cast import AT
from tests.status_page.stage import Stage

UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE
ALL_WELL = "All components are operational"


def shown(stage: Stage) -> list[Block]:
    with stage.edition() as edition:
        return [*blocks(edition)]


def overall(stage: Stage) -> Overall:
    with stage.edition() as edition:
        return overall_of(edition)


def changes_at(stage: Stage) -> int:
    with stage.edition() as edition:
        return next_change(edition)


@given(st.lists(st.sampled_from(WORST_FIRST)))
def test_all_is_operational_only_if_every_component_is_and_there_is_one(states: list[State]) -> None:
    assert (worst(states) is UP) == (bool(states) and set(states) == {UP})


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_one_headline_says_that_all_is_well(language: str) -> None:
    headlines = HEADLINES[language]  # type: ignore[index]
    assert headlines.keys() == {*ComponentStatus, None}
    assert [state for state, told in headlines.items() if told.startswith(("All", "Все"))] == [UP]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORST_FIRST), min_size=2, max_size=2), st.booleans(), st.booleans())
def test_the_page_never_says_that_all_is_well_when_it_is_not(
    stage: Stage, states: list[State], is_open: bool, is_behind: bool
) -> None:
    keys = [f"node-{stage.story.desk.log.head()}-{place}" for place in range(len(states))]
    stage.define(*keys)
    for key, status in zip(keys, states, strict=True):
        if status:
            stage.set(key, status)
    incident = stage.incident({}) if is_open else None
    with stage.edition(is_behind=is_behind) as edition:
        told = overall_of(edition)
        every = {row.component.status for block in blocks(edition) for row in block.rows}
    assert (told.headline("en") == ALL_WELL) == (every == {UP} and not is_open and not is_behind)
    if incident:
        stage.tell(incident, IncidentStatus.RESOLVED)


def test_an_open_incident_that_names_no_component_is_the_headline(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    stage.incident({})
    page = stage.get().text
    assert "An incident is open" in page
    assert "Web is down" in page


def test_works_do_not_hide_an_open_incident() -> None:
    assert Overall(ComponentStatus.UNDER_MAINTENANCE, is_open=True, tally={}).headline("en") == "An incident is open"


def test_what_an_incident_says_of_a_component_is_shown_until_it_is_over(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    incident = stage.incident({"web": DOWN})
    assert overall(stage).state is DOWN
    stage.story.after(HOUR)
    stage.tell(incident, IncidentStatus.RESOLVED)
    assert overall(stage).state is UP
    assert ALL_WELL in stage.get().text


def test_works_ahead_are_told_and_works_under_way_are_shown(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    works = stage.works("web")
    assert 'id="ahead"' in stage.get().text
    stage.story.after(2 * DAY)
    stage.begin_or_end(works)
    assert overall(stage).state is ComponentStatus.UNDER_MAINTENANCE
    assert "Planned works are under way" in stage.get().text


def test_a_component_without_a_status_is_unknown_and_no_part_of_a_good_whole(stage: Stage) -> None:
    stage.define("web", "mail")
    stage.set("web", UP)
    told = overall(stage)
    assert (told.state, told.tally) == (None, {None: 1, UP: 1})
    assert shown(stage)[0].state is None


def test_a_desk_without_components_knows_nothing(stage: Stage) -> None:
    assert (overall(stage).state, shown(stage)) == (None, [])
    assert "No component is defined yet" in stage.get().text


def test_a_component_is_shown_even_if_its_group_is_gone(stage: Stage) -> None:
    stage.define("web")
    stage.configure(ComponentGroupWithdrawn(at=AT, key="servers"))
    (block,) = shown(stage)
    assert (block.group.en, [row.component.key for row in block.rows]) == ("Other", ["web"])


def test_ninety_days_end_today_and_the_time_before_the_first_status_is_unknown(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    stage.story.after(2 * DAY)
    stage.set("web", DOWN)
    stage.story.after(HOUR)
    days = shown(stage)[0].rows[0].bars.days
    assert len(days) == 90
    assert [day.state for day in days[-4:]] == [None, None, UP, DOWN]
    assert days[-3].uptime.unknown == 13 * HOUR


def test_a_group_is_at_each_instant_as_its_worst_member(stage: Stage) -> None:
    stage.define("web", "mail")
    stage.set("web", UP)
    stage.set("mail", UP)
    for key in ("web", "mail"):
        stage.story.after(HOUR)
        stage.set(key, DOWN)
        stage.story.after(HOUR)
        stage.set(key, UP)
    (block,) = shown(stage)
    assert [row.bars.uptime.share for row in block.rows] == [75_000, 75_000]
    assert block.uptime.share == 50_000


def test_the_page_lasts_until_midnight_in_the_zone_of_the_desk(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    assert changes_at(stage) == AT + 11 * HOUR


def test_it_changes_when_works_begin_or_end(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", UP)
    stage.works("web", after=3 * HOUR)
    assert changes_at(stage) == AT + 3 * HOUR


@pytest.mark.parametrize("state", [UP, DOWN])
def test_while_something_is_wrong_the_page_is_new_every_minute(stage: Stage, state: ComponentStatus) -> None:
    stage.define("web")
    stage.set("web", state)
    if state is UP:
        stage.incident({})
    stage.story.after(MINUTE // 2)
    assert changes_at(stage) == AT + MINUTE


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
