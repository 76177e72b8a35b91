"""Promise and fact by month: what is fixed is told as it was published, the rest as the log has it so far."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from domain.clock import Exclusion
from domain.configuration.contract import Consent, ContractEnded, ContractSigned
from domain.configuration.level import Goal
from domain.instant import DAY, HOUR, MINUTE
from domain.month import MonthFixed, SlaRow
from domain.policy import Clock
from domain.ticket.opening import Publicity
from service.settings import Settings
from status_page import sla_tables
from status_page.edition import Mark, configured_at, edition
from status_page.sla_tables import Fact, LevelTable, added, level_tables, months_until
from tests.cast import ACME, AT, TARGETS
from tests.projections.story import level
from tests.service.office import FOUNDED, FREEZING, NOVEMBER, Office, open_office

CONTRACT = ContractSigned(
    at=AT, key="c" * 32, organisation=ACME, level="gold", since=AT - 400 * DAY, consent=Consent.GIVEN
)


@pytest.fixture
def office(sqlite_settings: Settings) -> Iterator[Office]:
    """Level gold is published: its only client agreed."""
    with open_office(sqlite_settings) as opened:
        opened.configure(CONTRACT)
        yield opened


def tables(office: Office, position: int | None = None) -> Sequence[LevelTable]:
    desk, at = office.story.desk, office.story.clock.now
    with office.seen() as connection:
        shown = desk.log.head() if position is None else position
        return level_tables(connection, desk.configured.state(), FOUNDED.zone, position=shown, at=at)


def fact(office: Office, month: str = NOVEMBER, position: int | None = None) -> Fact:
    """Of the reaction."""
    (table,) = tables(office, position)
    (found,) = (each for each in table.months if each.month == month)
    return found.facts[Clock.REACTION]


def test_this_month_is_told_as_it_is_so_far(office: Office) -> None:
    office.closed(21 * MINUTE)
    office.closed(MINUTE)
    office.story.open()
    assert fact(office) == Fact(2, 1, 0, 0, undecided=1, reopened=0, p50=MINUTE, p90=21 * MINUTE)
    (table,) = tables(office)
    assert (table.months[0].is_frozen, table.months[0].fixed) == (False, None)


def test_a_fixed_month_is_told_as_it_was_published(office: Office) -> None:
    office.closed(21 * MINUTE)
    so_far = fact(office)
    office.work(FREEZING)
    assert fact(office) == so_far == Fact(1, 1, p50=21 * MINUTE, p90=21 * MINUTE)
    month = tables(office)[0].months[1]
    assert (month.month, month.is_frozen, month.fixed) == (NOVEMBER, True, office.fixed())


def test_a_month_is_told_by_its_event_and_not_by_the_log_before_it(office: Office) -> None:
    office.closed()
    office.work(FREEZING - 1)
    published = MonthFixed(
        at=FREEZING, month=NOVEMBER, zone="Etc/UTC", position=1, formulas=(), weights={}, notice=0, uptime=(), opaque=0,
        sla=(SlaRow(Clock.REACTION, "gold", "", "", decided=7, breached=2),),
    )  # fmt: skip
    office.story.tell("months", office.story.desk.name("month", NOVEMBER), published)
    office.story.clock.now = FREEZING
    assert fact(office) == Fact(7, 2)


def test_a_corrected_month_is_told_as_corrected_and_in_the_past_as_it_was(office: Office) -> None:
    stream = office.closed(21 * MINUTE)
    office.work(FREEZING)
    then = office.story.desk.log.head()
    office.exclude(stream, Exclusion.CLOCK_ERROR)
    office.work()
    assert fact(office) == Fact(excluded=1)
    assert fact(office, position=then) == Fact(1, 1, p50=21 * MINUTE, p90=21 * MINUTE)
    (correction,) = tables(office)[0].months[1].fixed.corrections  # type: ignore[union-attr]
    assert correction.sla[0].why == ("excluded:clock_error",)


def test_the_twelve_months_before_are_told_together(office: Office) -> None:
    for after in (21 * MINUTE, MINUTE):
        office.closed(after)
        office.work(office.story.clock.now + 40 * DAY)
    office.closed()
    (table,) = tables(office)
    assert table.twelve_months[Clock.REACTION] == Fact(2, 1)
    assert table.twelve_months[Clock.UPDATE] == Fact()


def test_a_month_without_anything_is_over_when_its_day_has_come(office: Office) -> None:
    (table,) = tables(office)
    assert len(table.months) == 13
    assert [each.is_frozen for each in table.months] == [False, False, *[True] * 11]
    assert not any(each.has_verdicts for each in table.months)


def test_a_month_with_an_undecided_clock_is_not_fixed(office: Office) -> None:
    office.story.open()
    office.work(AT + 40 * DAY)
    (table,) = tables(office)
    assert (table.months[1].month, table.months[1].is_frozen) == (NOVEMBER, False)
    assert fact(office).undecided == 1


def test_each_promise_stands_next_to_its_own_fact(office: Office) -> None:
    office.closed(21 * MINUTE)
    (table,) = tables(office)
    rows = {row.duration: row.fact for row in table.promises_by_clock[Clock.REACTION]}
    assert list(rows) == [5 * MINUTE, 10 * MINUTE, TARGETS[Clock.REACTION], 40 * MINUTE]
    assert rows[TARGETS[Clock.REACTION]] == Fact(1, 1)
    assert {each for duration, each in rows.items() if duration != TARGETS[Clock.REACTION]} == {Fact()}
    assert {Clock.REACTION, Clock.UPDATE} <= {*table.clocks}
    assert len(table.calendars) == 1


def test_the_promise_is_the_one_in_force(office: Office) -> None:
    known = level()
    shorter = tuple(replace(each, duration=MINUTE) for each in known.targets if each.clock is Clock.REACTION)
    office.configure(replace(known, version=2, targets=shorter))
    (table,) = tables(office)
    assert [(row.clock, row.duration, len(row.classes)) for row in table.promises] == [(Clock.REACTION, MINUTE, 12)]


@pytest.mark.parametrize("days", [0, 40])
def test_a_level_that_is_not_published_any_more_keeps_its_public_months(office: Office, days: int) -> None:
    office.closed()
    office.work(office.story.clock.now + days * DAY)
    office.configure(ContractEnded(at=AT, key=CONTRACT.key))
    (table,) = tables(office)
    assert (table.promises, any(each.has_verdicts for each in table.months)) == ([], True)
    assert Clock.REACTION in table.clocks


def test_a_goal_leaves_a_budget_of_breaches(office: Office) -> None:
    office.configure(level(version=2, goals=(Goal(Clock.REACTION, 50_000),)))
    budgets = []
    for took in (MINUTE, MINUTE, 21 * MINUTE, 21 * MINUTE, 21 * MINUTE):
        office.closed(took)
        (table,) = tables(office)
        budgets.append(table.budget(Clock.REACTION))
    assert budgets == [0, 1, 0, 0, -1]
    assert table.goals == {Clock.REACTION: 50_000}
    assert table.budget(Clock.UPDATE) is None


CHANGES: Final[Sequence[Callable[[Office], Any]]] = [
    lambda office: office.closed(21 * MINUTE),
    lambda office: office.exclude(office.closed(21 * MINUTE)),
    lambda office: office.closed(publicity=Publicity.OPAQUE),
    lambda office: office.configure(level(version=2, goals=(Goal(Clock.REACTION, 95_000),))),
    lambda office: office.story.after(4 * DAY),
    lambda office: office.configure(replace(CONTRACT, until=office.story.clock.now + HOUR)),
    lambda office: office.story.after(2 * HOUR),
    lambda office: office.configure(CONTRACT),
    lambda office: office.story.after(25 * DAY),
    lambda office: setattr(office.story.clock, "now", FREEZING),
    lambda office: office.work(),
    lambda office: office.story.open(),
    lambda office: office.configure(ContractEnded(at=AT, key=CONTRACT.key)),
]


def kept_and_made(office: Office, lasting: dict[str, tuple[Hashable, Any]]) -> tuple[Any, Any]:
    """The tables as an edition has them that may keep those of the one before it, and as they are made anew."""
    office.catch_up()
    desk, at = office.story.desk, office.story.clock.now
    mark, configured = Mark(desk.log.head(), at), configured_at(desk, desk.log.head())
    with edition(desk, office.story.engine, mark, configured, "", lasting=lasting) as opened:
        return sla_tables.tables(opened), tables(office)


def test_what_an_edition_keeps_of_the_one_before_is_what_it_would_make_itself(office: Office) -> None:
    lasting: dict[str, tuple[Hashable, Any]] = {}
    for change in CHANGES:
        change(office)
        kept, made = kept_and_made(office, lasting)
        assert kept == made
        assert kept_and_made(office, lasting)[0] is kept
    assert office.told()


def test_opaque_tickets_are_in_no_fact(office: Office) -> None:
    office.closed(publicity=Publicity.OPAQUE)
    assert fact(office) == Fact()
    office.work(FREEZING)
    assert fact(office) == Fact()


def test_a_share_is_floored() -> None:
    assert (Fact(3, 1).attainment, Fact().attainment) == (66_666, None)


def test_facts_of_several_months_add_up_without_percentiles() -> None:
    assert Fact(3, 1, 1, 2, 4, 1, HOUR, HOUR) + Fact(1, 1, 1, 1, 1, 1, 5, 6) == Fact(4, 2, 2, 3, 5, 2)


def test_nothing_added_up_is_nothing() -> None:
    assert added([]) == Fact()


def test_months_do_not_skip_the_short_ones() -> None:
    assert months_until(AT + 120 * DAY, "Etc/UTC")[:3] == ["2027-03", "2027-02", "2027-01"]
