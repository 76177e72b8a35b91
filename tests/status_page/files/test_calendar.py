from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from domain.instant import HOUR, MINUTE, SECOND
from domain.maintenance import WorksStatus
from tests.projections.announcing import announce, plan, put_off, turn, wait
from tests.status_page.files.published import ADDRESS, Published

INCIDENT, WORKS = "1a" * 16, "3c" * 16


@pytest.fixture
def planned(site: Published) -> Published:
    """Works ahead, and an incident that is none of the calendar's business."""
    announce(site.story, INCIDENT)
    plan(site.story, WORKS)
    return site


def events(site: Published, address: str = "/maintenance.ics") -> list[Any]:
    """Read back."""
    calendar: Any = Calendar.from_ical(site.bytes(address))
    assert calendar.errors == []
    assert [each.errors for each in calendar.events] == [[]] * len(calendar.events)
    return list(calendar.events)


def test_works_are_an_event_in_utc(planned: Published) -> None:
    (event,) = events(planned)
    start = datetime.fromtimestamp((planned.story.clock.now + HOUR) / SECOND, UTC)
    assert (event.start, event.end) == (start, start + timedelta(hours=1))
    assert (event["summary"], event["status"]) == ("Outage", "CONFIRMED")
    assert event["url"].startswith(f"{ADDRESS}/en/incidents/")
    assert b"DTSTART:20" in planned.bytes("/maintenance.ics")
    assert b"TZID" not in planned.bytes("/maintenance.ics")


def test_every_change_has_a_greater_sequence_and_the_same_uid(planned: Published) -> None:
    seen = [events(planned)[0]]
    planned.story.after(MINUTE)
    start = planned.story.clock.now + 3 * HOUR
    put_off(planned.story, WORKS, start, start + HOUR)
    seen += events(planned)
    turn(planned.story, WORKS, WorksStatus.CANCELLED)
    seen += events(planned)
    assert len({each["uid"] for each in seen}) == 1
    assert seen[0]["sequence"] < seen[1]["sequence"] < seen[2]["sequence"]
    assert [each["status"] for each in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert seen[1].start == datetime.fromtimestamp(start / SECOND, UTC)


def test_an_event_says_what_somebody_wrote_last(planned: Published) -> None:
    planned.story.after(HOUR)
    wait(planned.story, WORKS)
    assert events(planned)[0]["description"] == "We are looking into it."


def test_it_is_told_in_russian_too(planned: Published) -> None:
    (event,) = events(planned, "/ru/maintenance.ics")
    assert (event["summary"], event["uid"]) == ("Сбой", events(planned)[0]["uid"])
    assert "Плановые работы" in planned.text("/ru/maintenance.ics")


def test_lines_are_folded_and_end_as_they_have_to(planned: Published) -> None:
    lines = planned.bytes("/ru/maintenance.ics").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if b"\n" in line]


def test_without_works_it_is_empty(site: Published) -> None:
    assert events(site) == []
