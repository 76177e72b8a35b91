"""Months are fixed when they may be, with figures that the log tells."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.attainment import freezes_at
from domain.classification import Priority
from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import ComponentWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.event import Source
from domain.instant import DAY, HOUR, MINUTE
from domain.month import MonthFixed, SlaRow
from domain.policy import Clock
from domain.ticket.opening import Publicity
from domain.ticket.outcome import Closing, close, resolve
from domain.uptime import Uptime
from projections import months
from service.settings import Settings
from store.streams import Command
from tests.cast import ANN, AT, CY, TARGETS
from tests.projections.story import level
from tests.service.office import DOWN, FOUNDED, FREEZING, NOVEMBER, UP, VIEWS, Office, open_office


@pytest.fixture
def office(sqlite_settings: Settings) -> Iterator[Office]:
    with open_office(sqlite_settings) as opened:
        yield opened


@pytest.fixture
def any_office(settings: Settings) -> Iterator[Office]:
    """On each of the two engines."""
    with open_office(settings) as opened:
        yield opened


def test_a_month_is_fixed_on_the_fifth_at_midnight_in_the_zone_of_the_desk(any_office: Office) -> None:
    any_office.closed()
    any_office.work(FREEZING - 1)
    assert any_office.told() == []
    any_office.work(FREEZING)
    (event,) = any_office.told()
    assert isinstance(event, MonthFixed)
    assert (event.month, event.at) == (NOVEMBER, FREEZING)


def test_a_month_is_fixed_later_while_a_clock_that_was_due_in_it_is_undecided(any_office: Office) -> None:
    stream = any_office.story.open()
    any_office.story.do(stream, resolve, message="done", by=ANN, body="Try again")
    any_office.work(FREEZING + DAY)
    assert any_office.told() == []
    book = any_office.story.desk.configured.state().book()
    any_office.story.do(stream, close, how=Closing.CONFIRMED, book=book, by=CY)
    any_office.work()
    assert any_office.row(Clock.RESOLUTION).decided == 1


def test_the_figures_are_told_by_class_and_all_together(office: Office) -> None:
    office.closed(21 * MINUTE)
    office.closed(5 * MINUTE, priority=Priority.HIGH)
    office.work(FREEZING)
    assert office.row(Clock.REACTION, "incident", "normal") == SlaRow(
        Clock.REACTION,
        "gold",
        "incident",
        "normal",
        TARGETS[Clock.REACTION],
        1,
        1,
        0,
        0,
        0,
        1,
        21 * MINUTE,
        21 * MINUTE,
    )
    assert office.row(Clock.REACTION) == SlaRow(
        Clock.REACTION, "gold", "", "", 0, 2, 1, 0, 0, 0, 2, 5 * MINUTE, 21 * MINUTE
    )


def test_what_was_promised_differently_in_a_month_is_told_as_no_promise(office: Office) -> None:
    office.closed()
    shorter = tuple(replace(each, duration=each.duration // 2) for each in level().targets)
    office.configure(level(version=2, targets=shorter))
    office.closed(policy=2)
    office.work(FREEZING)
    assert office.row(Clock.REACTION, "incident", "normal").promised == 0
    assert office.row(Clock.REACTION).decided == 2


def test_opaque_tickets_are_told_by_their_number_alone(office: Office) -> None:
    for publicity in (Publicity.OPAQUE, Publicity.PUBLISHED, Publicity.OPAQUE):
        office.closed(publicity=publicity)
    office.work(FREEZING)
    assert (office.fixed().published.opaque, office.row(Clock.REACTION).decided) == (2, 1)


def test_a_month_waits_for_opaque_tickets_too(office: Office) -> None:
    office.story.do(office.story.open(publicity=Publicity.OPAQUE), resolve, message="done", by=ANN, body="Try again")
    office.work(FREEZING)
    assert office.told() == []


def test_the_time_of_components_is_told_in_milliseconds(office: Office) -> None:
    office.define()
    for status, at in ((UP, AT), (DOWN, AT + DAY), (UP, AT + DAY + HOUR)):
        office.set(status, at)
    office.work(FREEZING)
    (row,) = office.fixed().published.uptime
    unknown = DAY + 13 * HOUR
    assert (row.component, row.uptime) == ("web", Uptime(30 * DAY - unknown, HOUR * 1000, 0, unknown))


def test_a_component_of_which_nothing_was_said_yet_is_in_no_month(office: Office) -> None:
    office.closed()
    office.define()
    office.set(UP, FREEZING - DAY)
    office.work(FREEZING)
    assert office.fixed().published.uptime == ()


@pytest.mark.parametrize("withdrawn_at", [AT + DAY, FREEZING - HOUR])
def test_a_component_that_is_withdrawn_before_its_month_is_fixed_keeps_its_row(
    office: Office, withdrawn_at: int
) -> None:
    office.define()
    office.set(DOWN, AT)
    office.story.clock.now = withdrawn_at
    office.configure(ComponentWithdrawn(at=withdrawn_at, key="web"))
    office.work(FREEZING)
    (row,) = office.fixed().published.uptime
    assert row.uptime.weighed == 1000 * row.uptime.accountable > 0


def test_a_component_that_was_withdrawn_before_the_month_began_is_not_in_it(office: Office) -> None:
    office.closed()
    office.define()
    office.set(DOWN, AT)
    office.configure(ComponentWithdrawn(at=AT, key="web"))
    office.work(freezes_at("2026-12", FOUNDED.zone))
    assert [row.component for row in office.fixed().published.uptime] == ["web"]
    assert office.fixed("2026-12").published.uptime == ()


def test_the_rule_is_the_one_in_force_when_the_month_ended(office: Office) -> None:
    office.define()
    office.set(DOWN, AT)
    half = dict.fromkeys(ComponentStatus, 500)
    office.configure(UptimeRuleSet(at=AT + DAY, weights=half, notice=HOUR))
    office.configure(UptimeRuleSet(at=FREEZING - DAY, weights=dict.fromkeys(ComponentStatus, 0), notice=DAY))
    office.work(FREEZING)
    published = office.fixed().published
    assert (published.weights, published.notice) == (half, HOUR)
    (row,) = published.uptime
    assert row.uptime.weighed == 500 * row.uptime.accountable


def test_a_desk_that_was_off_fixes_all_its_months_in_order_and_none_before_them(office: Office) -> None:
    office.closed()
    office.work(AT + 120 * DAY)
    expected = ["2026-11", "2026-12", "2027-01"]
    with office.seen() as connection:
        known = months.all_fixed(connection)
    assert [*known] == expected
    assert [each.published.position for each in known.values()] == [office.fixed().published.position] * 3
    found = [each.event.month for each in office.story.desk.log.read_all() if isinstance(each.event, MonthFixed)]
    assert found == expected


def test_a_desk_that_has_nothing_fixes_nothing(office: Office) -> None:
    office.work(AT + 400 * DAY)
    assert office.due() == []


def test_imported_history_is_fixed_too_and_now(office: Office) -> None:
    office.define()
    told = StatusSet(at=AT - 60 * DAY, component="web", status=UP, through=Through.IMPORT)
    stream = office.story.desk.name("component", "web")
    office.story.desk.components.act(Command("a" * 32, Source.IMPORT), stream, lambda _: [told])
    office.work(AT + DAY)
    (recorded,) = office.story.desk.log.read(office.story.desk.name("month", "2026-09"))
    assert (recorded.envelope.source, recorded.event.at) == (Source.LIVE, AT + DAY)
    assert office.told("2026-08") == []


def test_no_month_is_fixed_before_all_views_have_read_what_was_imported(office: Office) -> None:
    office.define()
    office.catch_up()
    told = StatusSet(at=AT - 60 * DAY, component="web", status=UP, through=Through.IMPORT)
    stream = office.story.desk.name("component", "web")
    office.story.desk.components.act(Command("a" * 32, Source.IMPORT), stream, lambda _: [told])
    office.story.following(VIEWS[:-1]).catch_up()
    assert office.job.due(office.story.clock.now, 10) == []
    assert office.due() == ["2026-09"]


def test_no_month_is_fixed_while_the_views_are_behind_its_last_day(office: Office) -> None:
    office.closed()
    office.catch_up()
    office.story.clock.now = FREEZING - HOUR
    office.define()
    office.story.clock.now = FREEZING + HOUR
    assert office.job.due(FREEZING + HOUR, 10) == []
    assert office.due() == [NOVEMBER]
