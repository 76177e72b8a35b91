"""What differs from what was published is corrected in the open, once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from domain.component import ComponentStatus
from domain.configuration.component import ComponentWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.instant import DAY, HOUR, MINUTE
from domain.month import MonthCorrected, MonthFixed
from domain.policy import Clock
from service.months import fixing
from service.settings import Settings
from tests.cast import AT
from tests.service.office import DOWN, FREEZING, NOVEMBER, UP, Office, open_office
from tests.store.losing import lose_end


@pytest.fixture
def office(sqlite_settings: Settings) -> Iterator[Office]:
    with open_office(sqlite_settings) as opened:
        yield opened


@pytest.fixture
def any_office(settings: Settings) -> Iterator[Office]:
    """On each of the two engines."""
    with open_office(settings) as opened:
        yield opened


def test_an_exclusion_is_a_correction_that_shows_old_and_new_and_why(any_office: Office) -> None:
    stream = any_office.closed(21 * MINUTE)
    any_office.work(FREEZING)
    published = any_office.row(Clock.REACTION)
    any_office.exclude(stream)
    any_office.work(FREEZING + DAY)
    (correction,) = any_office.fixed().corrections
    together, by_class = correction.sla
    assert (together.was, together.now) == (published, any_office.row(Clock.REACTION))
    assert (by_class.was.breached, by_class.now.breached, by_class.now.excluded) == (1, 0, 1)
    assert together.why == by_class.why == ("excluded:spam",)
    assert correction.at == FREEZING + DAY
    assert published in any_office.fixed().published.sla


def test_an_outage_that_is_told_late_is_a_correction(any_office: Office) -> None:
    any_office.define()
    any_office.set(UP, AT)
    any_office.work(FREEZING)
    any_office.work(FREEZING + 60 * DAY)
    any_office.set(DOWN, AT + DAY)
    any_office.set(UP, AT + DAY + HOUR)
    any_office.work()
    (correction,) = any_office.fixed().corrections
    ((was, now),) = [(each.was.uptime, each.now.uptime) for each in correction.uptime]
    assert (was.weighed, now.weighed, correction.uptime[0].why) == (0, 1000 * HOUR, ("told_late",))
    assert [len(any_office.told(month)) for month in (NOVEMBER, "2026-12")] == [2, 1]


def test_an_outage_that_went_on_corrects_every_month_that_it_lasted(office: Office) -> None:
    office.define()
    office.set(UP, AT)
    office.work(FREEZING + 60 * DAY)
    office.set(DOWN, AT + DAY)
    office.work()
    assert [len(office.told(month)) for month in (NOVEMBER, "2026-12", "2027-01")] == [2, 2, 0]


def test_corrections_follow_the_rule_that_the_month_was_fixed_with(office: Office) -> None:
    office.define()
    office.set(DOWN, AT)
    office.work(FREEZING)
    office.configure(UptimeRuleSet(at=AT, weights=dict.fromkeys(ComponentStatus, 0), notice=0))
    office.set(DOWN, AT + HOUR)
    office.work()
    assert len(office.told()) == 1


def test_a_component_that_is_withdrawn_later_keeps_its_month(office: Office) -> None:
    office.define()
    office.set(UP, AT)
    office.work(FREEZING)
    office.configure(ComponentWithdrawn(at=FREEZING, key="web"))
    office.set(UP, AT + HOUR)
    office.work()
    assert len(office.told()) == 1


def test_a_late_clock_that_ends_after_the_month_is_a_correction_of_its_time(office: Office) -> None:
    stream = office.story.open()
    office.story.after(DAY)
    office.story.tick(stream)
    office.work(FREEZING)
    assert (office.row(Clock.RESOLUTION).breached, office.row(Clock.RESOLUTION).timed) == (1, 0)
    office.confirm(stream)
    office.work()
    assert (office.row(Clock.RESOLUTION).breached, office.row(Clock.RESOLUTION).timed) == (1, 1)
    (correction,) = office.fixed().corrections
    assert {each.why for each in correction.sla} == {("ended_late",)}


def test_a_change_without_a_difference_corrects_nothing_and_is_looked_at_once(office: Office) -> None:
    office.define()
    office.set(UP, AT)
    office.work(FREEZING)
    office.set(UP, AT + HOUR)
    assert office.due() == [NOVEMBER]
    office.work()
    assert (len(office.told()), office.due()) == (1, [])


def test_nothing_is_done_twice(office: Office) -> None:
    office.closed()
    office.work(FREEZING)
    head = office.story.desk.log.head()
    office.job.do(NOVEMBER, FREEZING + DAY)
    office.work(FREEZING + DAY)
    assert (office.story.desk.log.head(), office.due()) == (head, [])


def test_a_new_process_does_nothing_that_was_done(office: Office) -> None:
    stream = office.closed()
    office.work(FREEZING)
    office.exclude(stream)
    office.work()
    office.start()
    assert office.due() == []
    office.work(FREEZING + HOUR)
    assert [type(each) for each in office.told()] == [MonthFixed, MonthCorrected]


def race(office: Office) -> None:
    """Three processes find the same to do."""
    story, together = office.story, Barrier(3)
    office.catch_up()

    def work() -> None:
        job = fixing(story.desk, story.engine)
        due = job.due(story.clock.now, 10)
        together.wait()
        for month in due:
            job.do(month, story.clock.now)

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_processes_that_race_fix_and_correct_once(any_office: Office) -> None:
    stream = any_office.closed()
    any_office.story.clock.now = FREEZING
    race(any_office)
    any_office.exclude(stream)
    race(any_office)
    assert [type(each) for each in any_office.told()] == [MonthFixed, MonthCorrected]


def copied(database: Path) -> Path:
    """As it is now."""
    copy = database.with_suffix(".copy")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


@pytest.mark.parametrize("others", [0, 20], ids=["the log is shorter than it was", "the log is longer than it was"])
def test_what_came_in_the_place_of_what_was_compared_and_lost_is_compared(office: Office, others: int) -> None:
    office.define()
    office.set(UP, AT)
    office.work(FREEZING)
    before, views = office.story.desk.log.head(), copied(office.story.folder / "views.db")
    for hour in range(1, 6):
        office.set(UP, AT + hour * HOUR)
    assert office.due() == [NOVEMBER]
    office.work()
    office.story.engine.dispose()
    lose_end(Settings(data_dir=office.story.folder), after=before)
    views.replace(office.story.folder / "views.db")  # they lie in the same database, and lose the same
    office.set(DOWN, AT + DAY)
    office.set(UP, AT + DAY + HOUR)
    for _ in range(others):
        office.story.open()
    office.work()
    assert len(office.told()) == 2
