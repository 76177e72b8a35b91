"""What was published in the past, shown as it was."""

import re

import pytest

from domain.component import ComponentStatus
from domain.incident import IncidentStatus
from domain.instant import HOUR, MINUTE, Instant
from status_page.words import local
from tests.projections.effort import steps
from tests.status_page.stage import Stage

UP = ComponentStatus.OPERATIONAL
ALL_WELL = "All components are operational"


@pytest.fixture
def fine(stage: Stage) -> Stage:
    """Everything works."""
    stage.define("web")
    stage.set("web", UP)
    return stage


def test_what_was_published_then_is_shown_as_it_was(fine: Stage) -> None:
    before = fine.get().text
    fine.story.after(HOUR)
    fine.set("web", ComponentStatus.MAJOR_OUTAGE)
    assert "Major outage" in fine.get().text
    then = fine.ask("/en/?at=2026-11-02T10:00:00Z")
    assert (then.status_code, ALL_WELL in then.text, "Major outage" in then.text) == (200, True, False)
    assert "this page as it was published at" in then.text
    assert main(then.text) == main(before)


@pytest.mark.parametrize("at", ["2026-11-02T13:30:00%2B03:00", "2026-11-02T13:30:00+03:00", "2026-11-02T13:30"])
def test_the_past_may_be_told_in_any_zone(fine: Stage, at: str) -> None:
    fine.get()
    fine.story.after(HOUR)
    fine.set("web", ComponentStatus.MAJOR_OUTAGE)
    fine.get()
    assert ALL_WELL in fine.ask(f"/en/?at={at}").text


def test_a_day_means_its_end(fine: Stage) -> None:
    fine.get()
    fine.story.after(2 * HOUR)
    fine.set("web", ComponentStatus.MAJOR_OUTAGE)
    fine.story.after(24 * HOUR)
    fine.get()
    assert "Major outage" in fine.ask("/en/?at=2026-11-02").text


@pytest.mark.parametrize(
    ("at", "status", "told"),
    [
        ("yesterday", 400, "This is no instant"),
        ("", 400, "This is no instant"),
        ("2026-02-30", 400, "This is no instant"),
        ("0001-01-01T00:00:00%2B14:00", 404, "There was no such page then"),
        ("9" * 80, 400, "This is no instant"),
        ("2030-01-01", 400, "This is still to come"),
        ("2001-01-01", 404, "There was no such page then"),
    ],
)
def test_what_cannot_be_shown_of_the_past_is_told_in_words(fine: Stage, at: str, status: int, told: str) -> None:
    fine.get()
    answer = fine.ask(f"/en/?at={at}")
    assert (answer.status_code, told in answer.text) == (status, True)


def test_a_page_of_the_past_leads_to_pages_of_the_past(fine: Stage) -> None:
    fine.get()
    fine.story.after(HOUR)
    fine.get()
    then = fine.ask("/en/?at=2026-11-02T10:00:00Z").text
    assert 'href="/en/components/web?at=2026-11-02T10:00:00.000Z"' in then
    assert '<meta name="robots" content="noindex">' in then


def test_what_happens_later_makes_the_past_no_dearer(fine: Stage) -> None:
    went_on(fine, 20)
    then = fine.story.clock.now
    before = effort_at(fine, then)
    went_on(fine, 100)
    assert effort_at(fine, then) < 1.2 * before


def went_on(stage: Stage, tickets: int) -> None:
    """Two tickets an hour, and an incident each ten hours."""
    for number in range(tickets):
        stage.taken(after=(number * 7 % 19 + 1) * MINUTE)
        stage.story.after(15 * MINUTE)
        if number % 20 == 0:
            stage.tell(stage.incident({"web": ComponentStatus.DEGRADED}), IncidentStatus.RESOLVED)
    stage.get()


def effort_at(stage: Stage, at: Instant) -> int:
    """Steps of the database to send the front page as it was then."""
    address = f"/en/?at={local(at, 'Etc/UTC').isoformat()}"
    assert stage.ask(address).status_code == 200  # and SQLite has read what it reads first
    stage.site.press.printed.past.clear()
    return steps(stage.story.engine, lambda: stage.ask(address))


def main(page: str) -> str:
    """What the page says, without the links to the past."""
    found = re.search("<main.*</main>", page, flags=re.DOTALL)
    return re.sub(r"\?at=[^\"#]*", "", found[0] if found else "")
