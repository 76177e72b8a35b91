"""Defects of other help desks restated as requirements: what was given, what happened, what must hold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from domain.calendar import Calendar, Period, always
from domain.classification import Kind, Priority
from domain.clock import Clocks, Run, Terms, Why
from domain.clock import Outcome as Judgement
from domain.deadline import due, used
from domain.instant import DAY, MINUTE, SECOND, Instant
from domain.opening_hours import EPOCH
from domain.policy import Book, CalendarRef, Clock, Policy, Target
from domain.verdict import next_due, verdicts_of
from tests.vectors.outcome import Excluded, Failed, Outcome, Passed
from tests.vectors.schedule import WEEKDAYS, calendar_of, instant, iso

TARGETS = {
    "first_response_min": Clock.FIRST_RESPONSE,
    "next_reply_min": Clock.NEXT_RESPONSE,
    "periodic_update_min": Clock.UPDATE,
    "resolution_min": Clock.RESOLUTION,
}
MEASURED: Mapping[str, int] = MappingProxyType({"first_response_min": 5000})
"""Where the source promises nothing: time counts only towards a promise."""
WAITING = {"paused", "waiting", "pending reminder"}
WEEKS = 4
LEVEL, NOTHING = "level", "nothing promised"
OTHER_PARTS = {
    "query": "what a reader may see is not part of the desk yet",
    "mail": "mail intake is not part of the desk yet",
    "repeat": "mail intake is not part of the desk yet",
}


@dataclass(frozen=True)
class Story:
    """The tickets after all that happened, and the instant at which one looks."""

    tickets: Mapping[int, Clocks]
    measured: Clocks
    """Those of ticket 1 before any verdict was stored, which ends the interest in a stopped clock."""
    book: Book
    at: Instant

    @property
    def clocks(self) -> Clocks:
        return self.tickets[1]

    def run(self, clock: Clock) -> Run | None:
        return next((run for run in self.measured.runs if run.clock is clock), None)


def run_case(case: dict[str, Any]) -> Outcome:
    if case["when"][0]["type"] in OTHER_PARTS:
        return Excluded(OTHER_PARTS[case["when"][0]["type"]])
    expected = {key: value for key, value in case["then"].items() if key != "at"}
    story = _told(case["given"], case["when"], instant(case["then"].get("at", case["when"][-1]["at"])))
    got = {key: OBSERVED[key](story) for key in expected}
    return Passed() if got == expected else Failed(expected, got)


def _told(given: Mapping[str, Any], steps: list[dict[str, Any]], at: Instant) -> Story:
    book = _book(given, instant(steps[0]["at"]))
    tickets: dict[int, Clocks] = {}
    measured = Clocks()
    for step in steps:
        then, number = instant(step["at"]), step.get("ticket", step.get("source", 1))
        known = _judged(tickets.get(number, Clocks()), book, then)
        tickets[number] = _judged(_after(known, step, given), book, then)
        measured = _after(measured, step, given) if number == 1 else measured
    return Story({number: _judged(clocks, book, at) for number, clocks in tickets.items()}, measured, book, at)


def _judged(clocks: Clocks, book: Book, at: Instant) -> Clocks:
    """With the verdicts that the timer and the decisions store."""
    for verdict in verdicts_of(clocks, book, at):
        clocks = clocks.decided(verdict)
    return clocks


def _after(clocks: Clocks, step: Mapping[str, Any], given: Mapping[str, Any]) -> Clocks:
    at, value = instant(step["at"]), step.get("value", "")
    after: Mapping[str, Callable[[], Clocks]] = {
        "created": lambda: clocks.opened(at, _terms(at, given.get("level", given.get("schedule", LEVEL)))),
        "customer_message": lambda: clocks.client_wrote(at),
        "agent_public_reply": lambda: clocks.answered(at),
        "schedule_change": lambda: clocks.retermed(_terms(at, value)),
        "policy_change": lambda: clocks.retermed(_terms(at, value)),
        "policy_deactivated": lambda: clocks.retermed(_terms(at, NOTHING)),
        "merge": clocks.merged,
        "state": lambda: _in_state(clocks, at, value),
    }
    return after[step["type"]]()


def _in_state(clocks: Clocks, at: Instant, state: str) -> Clocks:
    if state == "resolved":
        return clocks.resolved(at)
    return clocks.waited(at, Why.CLIENT) if state in WAITING else clocks.went_on(at)


def _terms(since: Instant, level: str) -> Terms:
    return Terms(since, level, 1, Kind.INCIDENT, Priority.NORMAL)


def _book(given: Mapping[str, Any], around: Instant) -> Book:
    weekly = given.get("schedules_week_minutes_utc_from_sunday", {})
    measured: dict[str, Any] = dict.fromkeys(weekly, MEASURED)
    levels = given.get("levels", measured or {LEVEL: given}) | {NOTHING: {}}
    calendars = {CalendarRef(level, 1): _calendar(given, weekly.get(level), around) for level in levels}
    return Book({(level, 1): _policy(level, promised) for level, promised in levels.items()}, calendars)


def _policy(level: str, promised: Mapping[str, Any] | int) -> Policy:
    minutes = {"resolution_min": promised} if isinstance(promised, int) else promised
    calendar = CalendarRef(level, 1)
    targets = {clock: Target(minutes[key] * MINUTE, 0, calendar) for key, clock in TARGETS.items() if key in minutes}
    return Policy(level, 1, {(Kind.INCIDENT, Priority.NORMAL): targets}, 0, calendar)


def _calendar(given: Mapping[str, Any], weekly: list[list[int]] | None, around: Instant) -> Calendar:
    day = (EPOCH + timedelta(milliseconds=around)).date()
    if weekly:
        return Calendar("weekly", 1, _span(around), tuple(_periods(weekly, day)))
    if "hours" not in given:
        return always("24x7", 1, _span(around))
    days, _, hours = given["hours"].partition(" ")
    first, last = (WEEKDAYS.index(name) for name in days.split("-"))
    week = {weekday: [hours.split("-")] for weekday in WEEKDAYS[first : last + 1]}
    schedule = {"time_zone": given["time_zone"], "hours": week}
    return calendar_of(schedule, day - timedelta(weeks=WEEKS), day + timedelta(weeks=WEEKS))


def _span(around: Instant) -> Period:
    return Period(around - 2 * WEEKS * 7 * DAY, around + 2 * WEEKS * 7 * DAY)


def _periods(weekly: list[list[int]], day: date) -> Iterator[Period]:
    sunday = instant(f"{day - timedelta(days=day.isoweekday() % 7)}T00:00:00Z")
    for week in range(-WEEKS, WEEKS):
        begin = sunday + week * 7 * DAY
        yield from (Period(begin + opens * MINUTE, begin + closes * MINUTE) for opens, closes in weekly)


def _due(story: Story, clock: Clock) -> str | None:
    run = story.run(clock)
    return _iso(due(story.measured, run, story.book) if run else None)


def _spent(story: Story, clock: Clock) -> float | None:
    run = story.run(clock)
    return used(story.measured, run, story.book, story.at) / SECOND if run else None


def _spent_by_last_schedule(story: Story) -> float | None:
    """What a report by the last schedule alone would say: a calculation of its own, never the verdict's."""
    last = story.measured.terms[-1]._replace(since=story.measured.terms[0].since)
    return _spent(replace(story, measured=story.measured._replace(terms=(last,))), Clock.FIRST_RESPONSE)


def _overdue(story: Story) -> float | None:
    run = story.run(Clock.RESOLUTION)
    late_from = due(story.measured, run, story.book) if run else None
    spent = _spent(story, Clock.RESOLUTION)
    if run is None or late_from is None or spent is None:
        return None
    return spent - used(story.measured, run, story.book, late_from) / SECOND


def _breached(clocks: Clocks) -> list[Clock]:
    return [verdict.clock for verdict in clocks.verdicts if verdict.outcome is Judgement.BREACHED]


def _active(story: Story) -> list[Clock]:
    running = [run for run in story.clocks.runs if run.stopped is None]
    judged = {(verdict.clock, verdict.instance) for verdict in story.clocks.verdicts}
    promised = [run for run in running if due(story.clocks, run, story.book) is not None]
    return [run.clock for run in promised if (run.clock, run.instance) not in judged]


def _first_response(story: Story) -> tuple[str | None, bool]:
    verdict = next(verdict for verdict in story.clocks.verdicts if verdict.clock is Clock.FIRST_RESPONSE)
    return _iso(verdict.ended), verdict.outcome is Judgement.MET


def _iso(at: Instant | None) -> str | None:
    return None if at is None else iso(at)


OBSERVED: Mapping[str, Callable[[Story], Any]] = {
    "first_reply_business_s_schedule_in_force_at_each_instant": lambda story: _spent(story, Clock.FIRST_RESPONSE),
    "first_reply_business_s_last_schedule_only": _spent_by_last_schedule,
    "resolution_business_s_excluding_pause": lambda story: _spent(story, Clock.RESOLUTION),
    "resolution_breached": lambda story: Clock.RESOLUTION in _breached(story.clocks),
    "resolution_due": lambda story: _due(story, Clock.RESOLUTION),
    "resolution_overdue_s": _overdue,
    "breach_events": lambda story: _breached(story.clocks),
    "breached_tickets": lambda story: [number for number, clocks in story.tickets.items() if _breached(clocks)],
    "first_response_due": lambda story: _due(story, Clock.FIRST_RESPONSE),
    "first_response_at": lambda story: _first_response(story)[0],
    "first_response_met": lambda story: _first_response(story)[1],
    "next_reply_due": lambda story: _due(story, Clock.NEXT_RESPONSE),
    "periodic_update_due": lambda story: _due(story, Clock.UPDATE),
    "next_due": lambda story: _iso(next_due(story.clocks, story.book)),
    "state": lambda story: "open" if story.clocks.is_open and not story.clocks.waits_for else "other",
    "active_clocks": _active,
    "notifications_after": lambda story: len(verdicts_of(story.clocks, story.book, story.at + DAY)),
    "past_breach_event_kept": lambda story: bool(_breached(story.clocks)),
}
