"""A month: as it is so far, as it was fixed, and as it was corrected."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.clock import Exclusion
from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import ComponentWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.opening import Publicity
from domain.uptime import Rule, Uptime
from projections.months import FixedMonth
from status_page.corrections import Difference, corrections
from status_page.month_figures import Figures, Row, figures_of, first_month
from status_page.words import machine_instant
from tests.cast import AT, TARGETS
from tests.projections.test_months import CORRECTED, FIXED
from tests.service.office import FREEZING, NOVEMBER, Office
from tests.status_page.stage import Stage
from tests.status_page.test_sla import text

UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE
PATH = f"/en/sla/{NOVEMBER}"


@pytest.fixture
def office(stage: Stage) -> Office:
    """Whoever fixes the months of the same desk."""
    return Office(stage.story)


def figures(stage: Stage, month: str = NOVEMBER) -> Figures:
    with stage.edition() as edition:
        return figures_of(edition, month)


def rows(stage: Stage, clock: Clock = Clock.REACTION) -> Sequence[Row]:
    return [row for row in figures(stage).rows if row.clock is clock]


def told(stage: Stage, path: str = PATH) -> str:
    return text(stage.get(path).text)


def test_a_month_is_told_so_far_until_it_is_fixed(stage: Stage, office: Office) -> None:
    office.closed(21 * MINUTE)
    office.story.open()
    document = told(stage)
    assert "Not fixed yet. The month is fixed on 5 Dec 2026, 00:00" in document
    assert "Undecided now: 3." in document
    assert "incidents, normal 20 min 0.000 % 1 1 0 0 – 21 min 21 min" in document


def test_a_fixed_month_is_told_with_its_position_and_formulas(stage: Stage, office: Office) -> None:
    office.closed()
    office.work(FREEZING)
    position = office.fixed().published.position
    document = told(stage)
    assert f"Fixed 5 Dec 2026, 00:00, as the log had it at position {position}. Nothing was corrected" in document
    assert "attainment/1 uptime/1" in document


def test_what_is_fixed_is_what_was_told_so_far(stage: Stage, office: Office) -> None:
    office.define()
    office.set(UP, AT)
    office.set(DOWN, AT + DAY)
    office.closed(21 * MINUTE)
    office.closed(MINUTE, publicity=Publicity.OPAQUE)
    stage.story.clock.now = FREEZING - 1
    so_far = figures(stage)
    office.work(FREEZING)
    fixed = figures(stage)
    assert sorted(map(repr, fixed.rows)) == sorted(map(repr, so_far.rows))
    assert (fixed.uptime, fixed.rule, fixed.opaque) == (so_far.uptime, so_far.rule, so_far.opaque == 1)
    assert (so_far.fixed, fixed.fixed) == (None, office.fixed())


def test_a_correction_tells_what_was_and_is_when_and_why(stage: Stage, office: Office) -> None:
    office.closed()
    stream = office.closed(21 * MINUTE)
    office.work(FREEZING)
    stage.story.after(HOUR)
    office.exclude(stream, Exclusion.CLOCK_ERROR)
    office.work()
    document = told(stage)
    position = office.fixed().corrections[0].position
    assert "Corrected since then" in document
    assert f"5 Dec 2026, 01:00, by the log up to position {position}" in document
    differences = "kept 50.000 % 100.000 % decided 2 1 breached 1 0 excluded 0 1 nine tenths within 21 min 1 min"
    assert f"Gold, reaction: incidents, normal {differences} excluded: clock error" in document
    assert [row.is_corrected for row in rows(stage)] == [True, True]
    assert not any(row.is_corrected for row in rows(stage, Clock.RESOLUTION))


def test_the_past_tells_what_was_published_then(stage: Stage, office: Office) -> None:
    stream = office.closed(21 * MINUTE)
    office.work(FREEZING)
    stage.story.after(HOUR)
    office.exclude(stream)
    office.work()
    told(stage)
    then = text(stage.ask(f"{PATH}?at={machine_instant(FREEZING)}").text)
    assert "incidents, normal 20 min 0.000 % 1 1 0 0" in then
    assert "Nothing was corrected" in then
    before = text(stage.ask(f"{PATH}?at={machine_instant(FREEZING - DAY)}").text)
    assert "Not fixed yet." in before


def test_a_component_whose_past_is_told_late_is_corrected(stage: Stage, office: Office) -> None:
    office.define()
    office.set(UP, AT)
    office.set(UP, FREEZING)
    office.work(FREEZING)
    office.set(DOWN, AT + DAY)
    office.set(UP, AT + DAY + HOUR)
    office.work()
    document = told(stage)
    assert "Web uptime 100.000 % 99.853 % not available 0 s 1 h it happened in this month" in document
    assert [each.is_corrected for each in figures(stage).uptime] == [True]


def test_a_number_of_opaque_tickets_is_corrected_too() -> None:
    told = replace(CORRECTED, sla=(), opaque=3, opaque_was=1)
    ((figure,),) = (each.figures for each in corrections(FixedMonth(FIXED, (told,))))
    assert (figure.differences, figure.why) == ([Difference("opaque", 1, 3)], ["told_late"])


def test_all_tickets_of_a_clock_stand_first_and_are_one_promise_only_if_there_is_one(
    stage: Stage, office: Office
) -> None:
    office.closed()
    assert [(row.kind, row.promised) for row in rows(stage)] == [
        (None, TARGETS[Clock.REACTION]),
        ("incident", TARGETS[Clock.REACTION]),
    ]
    office.closed(priority="high")
    assert next(row.promised for row in rows(stage)) == 0
    document = told(stage)
    assert document.index("all tickets") < document.index("incidents, high") < document.index("incidents, normal")


@pytest.mark.parametrize("month", ["2026-12", "2026-10", "2019-01"])
def test_a_month_that_is_to_come_or_before_the_first_is_not_there(stage: Stage, office: Office, month: str) -> None:
    office.closed()
    assert stage.get(PATH).status_code == 200
    assert stage.get(f"/en/sla/{month}").status_code == 404


def test_this_month_is_there_even_if_nothing_happened_yet(stage: Stage) -> None:
    document = told(stage)
    assert "No verdict of a published ticket is counted in this month so far." in document
    assert "Nothing is known of any component." in document


def test_months_lead_to_those_beside_them(stage: Stage, office: Office) -> None:
    office.closed()
    office.work(FREEZING)
    first, second = stage.get(PATH).text, stage.get("/en/sla/2026-12").text
    assert re.findall(r'href="([^"]+)" rel="(\w+)"', first) == [("/en/sla/2026-12", "next")]
    assert re.findall(r'href="([^"]+)" rel="(\w+)"', second) == [(PATH, "prev")]


def test_the_first_month_is_that_of_which_something_was_known_then(stage: Stage, office: Office) -> None:
    with stage.edition() as edition:
        assert first_month(edition) == NOVEMBER
    office.define()
    office.set(UP, AT - 60 * DAY)
    with stage.edition() as edition:
        assert first_month(edition) == "2026-09"
    told(stage)
    assert stage.ask("/en/sla/2026-09").status_code == 200
    office.story.after(DAY)
    office.set(UP, AT - 90 * DAY)
    assert stage.get("/en/sla/2026-08").status_code == 200
    assert stage.ask(f"/en/sla/2026-08?at={machine_instant(AT)}").status_code == 404


def test_a_month_that_is_over_follows_the_rule_in_force_at_its_end(stage: Stage, office: Office) -> None:
    office.define()
    office.set(DOWN, AT)
    half = dict.fromkeys(ComponentStatus, 500)
    office.configure(UptimeRuleSet(at=AT + DAY, weights=half, notice=HOUR))
    stage.story.clock.now = FREEZING - HOUR
    office.configure(UptimeRuleSet(at=FREEZING - HOUR, weights=dict.fromkeys(ComponentStatus, 0), notice=DAY))
    known = figures(stage)
    assert known.rule == Rule(half, HOUR)
    assert known.uptime[0].uptime.share == 50_000


def test_a_component_that_is_on_the_page_no_more_keeps_its_months(stage: Stage, office: Office) -> None:
    office.define()
    office.set(UP, AT)
    office.work(FREEZING)
    office.configure(ComponentWithdrawn(at=FREEZING, key="web"))
    assert "Not on the page any more web 100.000 %" in told(stage)


def test_a_component_that_is_withdrawn_during_the_month_is_told_so_far_and_fixed(stage: Stage, office: Office) -> None:
    office.define()
    office.set(DOWN, AT)
    stage.story.clock.now = AT + DAY
    office.configure(ComponentWithdrawn(at=AT + DAY, key="web"))
    stage.story.clock.now = FREEZING - 1
    so_far = figures(stage).uptime
    office.work(FREEZING)
    assert [each.component for each in so_far] == ["web"]
    assert figures(stage).uptime == so_far


def test_a_component_is_told_in_its_group(stage: Stage) -> None:
    stage.define("web", "mail")
    stage.set("web", UP)
    stage.story.after(HOUR)
    assert "Servers Node web 100.000 %" in told(stage)
    assert "Node mail" not in told(stage)
    assert figures(stage).uptime[0].uptime == Uptime(accountable=HOUR, unknown=AT - 1_793_480_400_000)


def test_the_same_figures_are_there_for_programs(stage: Stage, office: Office) -> None:
    office.closed()
    stage.define("web")
    stage.set("web", UP)
    stage.story.after(HOUR)
    page = stage.get(PATH).text
    assert f'href="/v1/sla?month={NOVEMBER}"' in page
    assert f'href="/v1/components/web/uptime?month={NOVEMBER}"' in page
    past = stage.ask(f"{PATH}?at={machine_instant(stage.story.clock.now)}").text
    assert f"/v1/sla?month={NOVEMBER}&amp;at=" in past


def test_what_imported_events_tell_is_told_too(stage: Stage) -> None:
    stage.define("web")
    told_late = StatusSet(at=AT - 40 * DAY, component="web", status=UP, through=Through.IMPORT)
    stage.story.append(stage.story.desk.name("component", "web"), told_late)
    assert "Servers Node web 100.000 %" in told(stage, "/en/sla/2026-10")
