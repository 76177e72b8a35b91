"""SLA clocks over the life of a ticket: what each check of a case expects to see."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from domain.calendar import Calendar, CalendarEnded
from domain.clock import Outcome as Judgement
from domain.deadline import Reason, due, explain, used
from domain.instant import HOUR, MINUTE, SECOND, Duration, Instant
from domain.verdict import verdicts_of
from tests.vectors.families import Case, Timed, calendar_of_level, family, level_after, state_of, target_of, timed
from tests.vectors.outcome import Excluded, Failed, Outcome, Passed
from tests.vectors.schedule import instant, iso

UNITS = {"s": SECOND, "min": MINUTE}
OFFSETS = {"minute": MINUTE, "hour": HOUR}


@dataclass(frozen=True)
class Look:
    """The ticket as one check sees it."""

    case: Case
    at: Instant
    created: Instant
    state: str | None
    level: str
    calendar: Calendar
    timed: Mapping[str, Timed]


def run_case(case: dict[str, Any]) -> Outcome:
    rule = _differing_rule(case["policy"])
    if rule:
        return Excluded(rule)
    for check in case["checks"]:
        expected = check.get("alt_expect", check["expect"])
        expected = {key: value for key, value in expected.items() if key not in case.get("unchecked_keys", ())}
        look = _look(case, check)
        got = {key: _observed(key, look) for key in expected}
        if not all(_agree(key, expected[key], got[key], check.get("tolerance_s", 0)) for key in expected):
            return Failed(expected, got)
    return Passed()


def _differing_rule(policy: Mapping[str, Any]) -> str | None:
    if "day" in {policy.get("target", {}).get("unit"), policy.get("escalation_level", {}).get("unit")}:
        return "a target is an amount of open time; working days are no unit of it"
    if "escalation_levels" in policy:
        return "a step of the ladder depends on the share of the target alone, not on the priority"
    if policy.keys() & {"sla", "ola"}:
        return "a ticket has one service level; an agreement between teams beside it is not timed"
    return None


def _look(case: Case, check: Mapping[str, Any]) -> Look:
    seen = case["events"][: check.get("after_event", len(case["events"]) - 1) + 1]
    states = [state for event in seen if (state := state_of(event))]
    level = level_after(case, seen)
    return Look(
        case=case,
        at=instant(check.get("at", seen[-1]["at"])),
        created=instant(seen[0]["at"]),
        state=states[-1] if states else None,
        level=level,
        calendar=calendar_of_level(case, level),
        timed=timed(case, seen),
    )


def _observed(key: str, look: Look) -> Any:
    if key in WHOLE_TICKET:
        return WHOLE_TICKET[key](look)
    name = next(name for name in look.timed if key.startswith(name))
    words = key.removeprefix(f"{name}_").split("_")
    if words == ["due"]:
        return _iso(_due(look, name))
    if words == ["at"]:
        return _iso(look.timed[name].stopped[0].stopped if look.timed[name].stopped else None)
    return _figure(look, name, *words)


def _figure(look: Look, name: str, *words: str) -> float | None:
    """`elapsed` or `remaining` of the last exchange or of the worst, `overdue` of what runs or ran last."""
    *which, what, unit = words
    spent = _spent(look, name)
    if not spent:
        return None
    amount = max(spent) if which == ["worst"] else spent[-1]
    target = target_of(look.case, look.level, name) or 0
    figures = {"elapsed": amount, "remaining": target - amount, "overdue": amount - target}
    return None if what == "overdue" and amount <= target else figures[what] / UNITS[unit]


def _spent(look: Look, name: str) -> list[Duration]:
    """Business time of each exchange that is over, else of the one that runs."""
    one = look.timed[name]
    runs = one.stopped or ((one.running,) if one.running else ())
    return [used(one.clocks, run, one.book, look.at) for run in runs]


def _due(look: Look, name: str) -> Instant | None:
    one = look.timed[name]
    with suppress(CalendarEnded):  # never open, never due
        return due(one.clocks, one.running, one.book) if one.running and _is_shown(look, name) else None
    return None


def _is_shown(look: Look, name: str) -> bool:
    """Zammad and RT show no deadline in some states, RT none for an update while a message is unanswered."""
    if family(look.case) not in {"zammad", "rt"}:
        return True
    hiding = ("pause_states", "ignore_on", f"{name}_ignore_on")
    owed = family(look.case) == "rt" and name == "periodic_update" and look.timed["next_reply"].running
    return not owed and not any(look.state in look.case["policy"].get(key, ()) for key in hiding)


def _next_due(look: Look) -> str | None:
    return _iso(min((due for name in look.timed if (due := _due(look, name)) is not None), default=None))


def _paused(look: Look) -> float:
    """Business seconds of the clock that the policy names, else of the resolution."""
    one = look.timed[look.case["policy"].get("clock", "resolution")]
    run = one.running or one.stopped[-1]
    waits = [
        part for part in explain(one.clocks, run, one.book, look.at).segments if part.reason is Reason.WAITING_DATE
    ]
    return sum(look.calendar.elapsed(part.start, part.end) for part in waits) / SECOND


def _breaches(look: Look) -> list[str]:
    breached = []
    for name, one in look.timed.items():
        with suppress(CalendarEnded):
            verdicts = verdicts_of(one.clocks, one.book, look.at)
            breached += [
                name for verdict in verdicts if verdict.outcome is Judgement.BREACHED and verdict.clock is one.clock
            ]
    return breached


def _status(look: Look) -> str:
    """In Frappe a late first response is never forgiven, a late resolution while it is not paused."""
    late = {name for name in ("first_response", "resolution") if _figure(look, name, "overdue", "s")}
    paused = look.state in look.case["policy"]["pause_states"]
    if "first_response" in late or (late and not paused):
        return "Failed"
    if paused:
        return "Paused"
    if look.timed["resolution"].stopped:
        return "Fulfilled"
    return "Resolution Due" if look.timed["first_response"].stopped else "First Response Due"


def _level_at(look: Look) -> str | None:
    """The escalation of GLPI: business time before or after the deadline."""
    policy = look.case["policy"]
    level = policy.get("escalation_level") or {"offset": policy["escalation_offset_min"], "unit": "minute"}
    deadline = _due(look, policy.get("clock", "resolution"))
    if deadline is None:
        return None
    offset = level["offset"] * OFFSETS[level["unit"]]
    return _iso((look.calendar.after if offset > 0 else look.calendar.before)(deadline, abs(offset)))


WHOLE_TICKET: Mapping[str, Callable[[Look], Any]] = {
    "next_due": _next_due,
    "paused_business_s": _paused,
    "clock_starts_at": lambda look: _iso(look.calendar.next_open(look.created)),
    "raised_outside_working_hours": lambda look: not look.calendar.is_open(look.created),
    "breach_events": _breaches,
    "status": _status,
    "escalation_level_at": _level_at,
}


def _iso(at: Instant | None) -> str | None:
    return None if at is None else iso(at)


def _agree(key: str, expected: Any, got: Any, tolerance_s: float) -> bool:
    if expected == got or expected is None or got is None or not tolerance_s:
        return bool(expected == got)
    if isinstance(expected, str):
        return abs(instant(expected) - instant(got)) <= tolerance_s * SECOND
    return bool(abs(expected - got) * UNITS[key.rpartition("_")[2]] <= tolerance_s * SECOND)
