"""The clocks of other help desks, told in our transitions.

What is only named or counted differently is translated here; `domain` has no option for any family. A family that
pauses clocks which never pause with us has each of its clocks run on one of ours that does: see `_pausing`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

from domain.calendar import Calendar
from domain.classification import Kind, Priority
from domain.clock import Clocks, Run, Terms, Why
from domain.instant import HOUR, MINUTE, SECOND, Duration
from domain.policy import Book, CalendarRef, Clock, Policy, Target
from tests.vectors.schedule import calendar_of, instant

Case: TypeAlias = Mapping[str, Any]
Event: TypeAlias = Mapping[str, Any]

NAMES = {
    "first_response": Clock.FIRST_RESPONSE,
    "next_reply": Clock.NEXT_RESPONSE,
    "periodic_update": Clock.UPDATE,
    "resolution": Clock.RESOLUTION,
}
PAUSING = NAMES | {"first_response": Clock.RESOLUTION, "next_reply": Clock.RESOLUTION}
MESSAGES = {"customer_message", "customer_contact"}
CONTACTS = {"agent_public_reply", "agent_contact"}
STOPS = {
    "first_response": {"agent_public_reply", "first_response_recorded"},
    "next_reply": CONTACTS,
    "periodic_update": set[str](),
    "resolution": {"closed_recorded"},
}
UNITS = {"minute": MINUTE, "hour": HOUR}
LEVEL, UNLEVELLED = "level", "no level"
SEASON = timedelta(days=100)


@dataclass(frozen=True)
class Timed:
    """One clock of a family: the ticket as that clock sees it, and the clock of ours that carries it."""

    clock: Clock
    clocks: Clocks
    book: Book

    @property
    def running(self) -> Run | None:
        return next((run for run in self._runs if run.stopped is None), None)

    @property
    def stopped(self) -> tuple[Run, ...]:
        return tuple(run for run in self._runs if run.stopped is not None)

    @property
    def _runs(self) -> tuple[Run, ...]:
        return tuple(run for run in self.clocks.runs if run.clock is self.clock)


def timed(case: Case, events: Sequence[Event]) -> dict[str, Timed]:
    """Every clock of the family after the events, by its name there."""
    told = sorted(_told(case, events), key=lambda event: instant(event["at"]))
    if family(case) == "zammad" or case["policy"].get("exclude_paused_time"):
        return {
            name: Timed(clock, _pausing(case, told, name), _book(case, {name: clock}))
            for name, clock in PAUSING.items()
        }
    clocks, book = _plain(case, told), _book(case, NAMES)
    return {name: Timed(clock, clocks, book) for name, clock in NAMES.items()}


def family(case: Case) -> str:
    return str(case["id"]).partition("-")[0]


def state_of(event: Event) -> str | None:
    """The state that the event brings."""
    return {"created": event.get("state"), "state": event.get("value")}.get(event["type"])


def level_after(case: Case, events: Sequence[Event]) -> str:
    return next(level for event in reversed(events) if (level := _level(case, event)) is not None)


def calendar_of_level(case: Case, level: str) -> Calendar:
    """From a season before the first event until a season after the last."""
    name = _levels(case)[level].get("calendar")
    schedule = case["calendar"].get("calendars", {}).get(name, case["calendar"])
    days = [date.fromisoformat(event["at"][:10]) for event in case["events"]]
    return calendar_of(schedule, min(days) - SEASON, max(days) + SEASON)


def target_of(case: Case, level: str, name: str) -> Duration | None:
    policy = _levels(case)[level]
    if policy.get("clock") == name:
        return int(policy["target"]["amount"] * UNITS[policy["target"]["unit"]])
    minutes = policy.get(f"{name}_min")
    return None if minutes is None else int(minutes * MINUTE)


def _told(case: Case, events: Sequence[Event]) -> Iterator[Event]:
    """In RT the opening is a message like any other, and an owner who is the requester is nobody's customer."""
    own = events[0].get("owner_is_requester")
    for event in events:
        if not (own and event["type"] in MESSAGES):
            yield event
        if family(case) == "rt" and event["type"] == "created" and not own:
            asks = event.get("by", "customer") == "customer" and event.get("requester", True)
            yield {"at": event["at"], "type": "customer_message" if asks else "agent_contact"}


def _plain(case: Case, events: Sequence[Event]) -> Clocks:
    """One ticket with all its clocks, as it is with us."""
    clocks = Clocks()
    for number, event in enumerate(events):
        at = instant(event["at"])
        clocks = _termed(case, clocks, events[: number + 1])
        if event["type"] in CONTACTS or _is_frappes_response(case, event):
            clocks = clocks.answered(at)
        if event["type"] in MESSAGES:
            clocks = clocks.client_wrote(at)
        clocks = _in_state(case, clocks, event)
    return clocks


def _termed(case: Case, clocks: Clocks, events: Sequence[Event]) -> Clocks:
    """Nobody is asked for an agreement in these families."""
    at, level = instant(events[-1]["at"]), level_after(case, events)
    terms = Terms(at, level, 1, Kind.INCIDENT, Priority.NORMAL, agreed=True)
    return clocks.retermed(terms) if clocks.terms and _level(case, events[-1]) else clocks.opened(at, terms)


def _is_frappes_response(case: Case, event: Event) -> bool:
    return "first_response_on" in case["policy"] and event["type"] == "state" and event["value"] != "Open"


def _in_state(case: Case, clocks: Clocks, event: Event) -> Clocks:
    """RT hides deadlines in some states and counts on."""
    at, state = instant(event["at"]), state_of(event)
    if event["type"] == "paused_business_seconds_injected":
        calendar = calendar_of_level(case, level_after(case, case["events"]))
        return clocks.waited(at, Why.DATE).went_on(calendar.after(at, event["seconds"] * SECOND))
    if state in case["policy"].get("pause_states", ()):
        return clocks.waited(at, Why.DATE)
    if state in case["policy"].get("resolved_states", ("closed", "resolved")) or event["type"] == "closed_recorded":
        return clocks.resolved(at)
    return clocks.reopened(at).went_on(at) if state else clocks


def _pausing(case: Case, events: Sequence[Event], name: str) -> Clocks:
    """One clock alone, every event an input to it: a repeated exchange is our `resolution`, reopened after closing."""
    clocks, paused = Clocks(), False
    pauses = {*case["policy"].get("pause_states", ()), *case["policy"].get("ignore_on", ())}
    for number, event in enumerate(events):
        at, state = instant(event["at"]), state_of(event)
        if event["type"] in STOPS[name] or (name == "resolution" and state in {"closed", "resolved"}):
            clocks = clocks.resolved(at).closed(at)
        if clocks.terms or name != "next_reply" or event["type"] in MESSAGES:
            clocks = _termed(case, clocks, events[: number + 1])
        clocks = _begun(case, clocks, event, name)
        paused = paused if state is None else state in pauses
        clocks = clocks.waited(at, Why.DATE) if paused else clocks.went_on(at)
    return clocks


def _begun(case: Case, clocks: Clocks, event: Event, name: str) -> Clocks:
    """First response and resolution happen once; updates are promised from the creation on (in RT: from a contact)."""
    at, kind = instant(event["at"]), event["type"]
    if name == "next_reply" and kind in MESSAGES:
        return clocks.reopened(at)
    if name == "periodic_update" and (kind in CONTACTS or (kind == "created" and family(case) == "zammad")):
        return clocks.answered(at)
    return clocks


def _level(case: Case, event: Event) -> str | None:
    """The level that the event brings."""
    policy = case["policy"]
    if event["type"] == "policy_change":
        return str(event["value"])
    if event["type"] == "created" and "applies_if" not in policy:
        return str(policy.get("level", LEVEL))
    if event["type"] in {"created", "priority"} and "applies_if" in policy:
        return LEVEL if event.get("priority", event.get("value")) == policy["applies_if"]["priority"] else UNLEVELLED
    return None


def _levels(case: Case) -> dict[str, dict[str, Any]]:
    return dict(case["policy"].get("levels", {LEVEL: case["policy"], UNLEVELLED: {}}))


def _book(case: Case, carriers: Mapping[str, Clock]) -> Book:
    calendars = {CalendarRef(level, 1): calendar_of_level(case, level) for level in _levels(case)}
    policies = {(level, 1): _policy(case, level, carriers) for level in _levels(case)}
    return Book(policies, calendars)


def _policy(case: Case, level: str, carriers: Mapping[str, Clock]) -> Policy:
    calendar = CalendarRef(level, 1)
    durations = {clock: target_of(case, level, name) for name, clock in carriers.items()}
    targets = {clock: Target(target, 0, calendar) for clock, target in durations.items() if target is not None}
    return Policy(level, 1, {(Kind.INCIDENT, Priority.NORMAL): targets}, 0, calendar)
