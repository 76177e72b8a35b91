from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.component import ComponentStatus
from domain.configuration.component import ComponentWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE, Duration
from domain.maintenance import WorksStatus
from domain.refusal import Refused
from domain.uptime import Rule, stretches, uptime
from projections import status
from projections.flow_components import Component, components
from service.settings import Settings
from tests.cast import AT
from tests.projections.announcing import announce, plan, post, put_off, turn, wait
from tests.projections.histories import STEPS, history
from tests.projections.story import Story, begin
from tests.projections.test_status import MAIL, SERVERS, WEB, configure, told

INCIDENT: Final = "1c" * 16
WORKS: Final = "3d" * 16
FULL: Final = 1_000


def seen(story: Story, key: str = "web") -> Component:
    """As of now, all counted."""
    with story.seen() as connection:
        found = components(connection, at=story.clock.now, until=story.clock.now)
    return next(each for each in found if each.key == key)


def sums(story: Story) -> tuple[Duration, int]:
    web = seen(story)
    return web.accountable, web.weighed


def test_time_counts_from_the_first_status_on(story: Story) -> None:
    configure(story, SERVERS, WEB, MAIL)
    story.after(HOUR)
    told(story, ComponentStatus.OPERATIONAL, story.clock.now)
    story.after(HOUR)
    assert sums(story) == (HOUR, 0)
    assert (seen(story, "mail").accountable, seen(story, "mail").state) == (0, None)
    assert (seen(story).group, seen(story).en, seen(story).uptime_target) == ("servers", "Web site", 99_950)


def test_an_outage_is_weighed(story: Story) -> None:
    configure(story, SERVERS, WEB)
    for status_ in (ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED):
        told(story, status_, story.clock.now)
        story.after(HOUR)
    assert sums(story) == (3 * HOUR, HOUR * (300 + FULL))


def test_what_is_told_late_changes_nothing_that_was_counted(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.OPERATIONAL)
    story.after(5 * HOUR)
    told(story, ComponentStatus.MAJOR_OUTAGE, AT + HOUR)
    assert sums(story) == (5 * HOUR, 0)
    story.after(HOUR)
    assert sums(story) == (6 * HOUR, HOUR * FULL)
    told(story, ComponentStatus.OPERATIONAL, AT)
    story.after(HOUR)
    assert sums(story) == (7 * HOUR, 2 * HOUR * FULL)


def test_another_rule_weighs_from_then_on(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.DEGRADED)
    story.after(HOUR)
    strict = {**Rule().weights, ComponentStatus.DEGRADED: 500}
    configure(story, UptimeRuleSet(at=story.clock.now, weights=strict, notice=DAY))
    assert sums(story) == (HOUR, 0)
    story.after(HOUR)
    assert sums(story) == (2 * HOUR, HOUR * 500)


def test_a_component_that_is_withdrawn_is_not_told_of_and_comes_back_with_all_its_time(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.OPERATIONAL)
    configure(story, ComponentWithdrawn(at=AT, key="web"))
    with story.seen() as connection:
        assert components(connection, at=AT, until=AT) == []
    story.after(HOUR)
    configure(story, WEB)
    assert sums(story) == (HOUR, 0)


def test_works_that_are_made_shorter_are_excused_for_what_is_left(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.OPERATIONAL)
    plan(story, WORKS, after=DAY)
    story.after(DAY)
    wait(story, WORKS)
    put_off(story, WORKS, AT + DAY, AT + DAY + 30 * MINUTE)
    story.after(HOUR)
    assert seen(story).state is ComponentStatus.UNDER_MAINTENANCE
    assert sums(story) == (DAY + 30 * MINUTE, 30 * MINUTE * FULL)


ACTS: Final[Mapping[str, Callable[[Story], object]]] = {
    "nothing": lambda _: None,
    **{each.value: lambda story, to=each: told(story, to, story.clock.now) for each in ComponentStatus},  # type: ignore[misc]
    "incident": partial(announce, stream=INCIDENT),
    "incident better": partial(post, stream=INCIDENT, status=IncidentStatus.IDENTIFIED, web=ComponentStatus.DEGRADED),
    "incident over": partial(post, stream=INCIDENT, status=IncidentStatus.RESOLVED),
    "works": partial(plan, stream=WORKS),
    "works in time": partial(plan, stream=WORKS, after=DAY),
    "works called off": partial(turn, stream=WORKS, status=WorksStatus.CANCELLED),
}
DAYS: Final = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, 26)), max_size=8)


@settings(max_examples=15)
@given(DAYS)
def test_told_at_once_the_sums_are_those_of_uptime(days: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        story = begin(Settings(data_dir=Path(folder)))
        configure(story, SERVERS, WEB)
        for name, hours in days:
            with suppress(Refused):
                ACTS[name](story)
            for _ in range(hours):
                story.after(HOUR)
                wait(story, WORKS)
        with story.seen() as connection:
            now = story.clock.now
            said = status.spells(connection, since=AT, until=now)["web"]
            (shown,) = status.components(connection)
        course = uptime(stretches(said, AT, now), Rule())
        assert sums(story) == (course.accountable, course.weighed)
        assert seen(story).state is shown.status
        story.close()


@settings(max_examples=8)
@given(STEPS)
def test_no_sum_ever_falls(steps: list[tuple[str, int, int]]) -> None:
    last = [(0, 0)]

    def look(story: Story) -> None:
        if last == [(0, 0)]:
            configure(story, SERVERS, WEB)
        now = sums(story)
        assert now >= last[-1]
        assert now[1] >= last[-1][1]
        last.append(now)

    with history(steps, after_each=look):
        assert last
