"""What a configuration change means, line by line, in plain English."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from domain.calendar import Calendar
from domain.configuration import Configuration
from domain.configuration.calendar import latest
from domain.configuration.definitions import UNSAID, Definition, Name
from domain.configuration.level import LevelPublished, OpenTickets, Promise
from domain.desk import Desk
from domain.instant import SECOND, Instant
from domain.policy import Step
from service.notation import duration_text
from service.wanted import USUAL_GRACE

NONE: Final = "none"
LASTING: Final = frozenset({"notice", "closed_tickets", "every", "timeout", "within", "margin"})
"""Fields that hold a duration."""
UNTOLD: Final = frozenset({"at", "key", "origin"})
NO_NAMES: Final[Mapping[str, str]] = {}


def difference(before: Configuration, after: Configuration, names: Mapping[str, str]) -> list[str]:
    """Every change; `names` puts words in the place of ids."""
    return [*_calendars(before, after), *_levels(before, after), *_definitions(before, after, names)]


def desk_difference(before: Desk, after: Desk) -> list[str]:
    """What changed of the desk itself."""
    return list(_changes("desk", _flat(before), _flat(after)))


def _calendars(before: Configuration, after: Configuration) -> Iterator[str]:
    for key in dict.fromkeys(ref.key for ref in after.calendars):
        old, new = latest(before.calendars, key), latest(after.calendars, key)
        if new and new != old:
            yield f"calendar {key}: {_calendar_change(old, new)}"


def _calendar_change(old: Calendar | None, new: Calendar) -> str:
    if old and old.version == new.version:
        return f"extended from {_day(old.span.end)} to {_day(new.span.end)}"
    changed = f"; first change on {_day(_first_change(old, new))}" if old else ""
    return f"version {new.version}, from {_day(new.span.start)} to {_day(new.span.end)}{changed}"


def _first_change(old: Calendar, new: Calendar) -> Instant:
    """The first instant from which one is open and the other is closed: the first opening or closing of one alone."""
    return min({*chain(*old.periods)} ^ {*chain(*new.periods)}, default=new.span.start)


def _levels(before: Configuration, after: Configuration) -> Iterator[str]:
    for key in dict.fromkeys((*before.levels.in_force, *after.levels.in_force)):
        old, new = before.levels.current(key), after.levels.current(key)
        if old != new:
            yield from _level_change(key, old, new)


def _level_change(key: str, old: LevelPublished | None, new: LevelPublished | None) -> Iterator[str]:
    if old is None or new is None:
        yield f"level {key}: " + (
            "withdrawn" if new is None else f"version {new.version} with {len(new.targets)} targets"
        )
        return
    yield from _changes(f"level {key}", _cells(old), _cells(new))
    yield f"level {key}: version {new.version}; open tickets {_tickets(new.open_tickets)}"


def _tickets(open_tickets: OpenTickets) -> str:
    return "move to it" if open_tickets is OpenTickets.MOVE else "stay with their version"


def _cells(level: LevelPublished) -> dict[str, str]:
    """The level as words and values."""
    pinned = {(each.calendar, each.calendar_version) for each in level.targets}
    pinned.add((level.confirmation_calendar, level.confirmation_calendar_version))
    return {
        **_flat(level.label, ("label",)),
        **{f"{_words(each.clock)} for {each.priority} {each.kind}s": _cell(each, level) for each in level.targets},
        "calendars": ", ".join(f"{key} version {version}" for key, version in sorted(pinned)),
        "at risk": f"{level.at_risk_per_mille} per mille",
        "confirmation": f"{duration_text(level.confirmation)} of {level.confirmation_calendar}",
        "goals": ", ".join(f"{_words(each.clock)} {each.share}" for each in level.goals) or NONE,
        "ladder": ", ".join(map(_step, level.ladder)) or NONE,
    }


def _cell(each: Promise, level: LevelPublished) -> str:
    """The target; its calendar and grace where they are not the usual ones."""
    calendar = "" if each.calendar == level.confirmation_calendar else f" of {each.calendar}"
    grace = "" if each.grace == each.duration // USUAL_GRACE else f" with grace {duration_text(each.grace)}"
    return duration_text(each.duration) + calendar + grace


def _step(step: Step) -> str:
    return f"{_words(step.clock)} at {step.at_per_mille} per mille: {_words(step.action)} {step.whom}".rstrip()


def _definitions(before: Configuration, after: Configuration, names: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys((*before.definitions, *after.definitions)):
        old, new = before.definitions.get(name, UNSAID.get(name)), after.definitions.get(name)
        if old != new:
            yield from _definition_change(_title(name, names), old, new, names)


def _title(name: Name, names: Mapping[str, str]) -> str:
    return f"{_words(name.noun)} {names.get(name.key, name.key)}".rstrip()


def _definition_change(
    title: str, old: Definition | None, new: Definition | None, names: Mapping[str, str]
) -> Iterator[str]:
    if old and new:
        yield from _changes(title, _flat(old, names=names), _flat(new, names=names))
    else:
        yield f"{title}: {'new' if new else 'withdrawn'}"


def _changes(title: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for words in dict.fromkeys((*old, *new)):
        if old.get(words) != new.get(words):
            yield f"{title}: {words} {old.get(words, NONE)} -> {new.get(words, NONE)}"


def _flat(value: Any, path: tuple[str, ...] = (), names: Mapping[str, str] = NO_NAMES) -> dict[str, str]:
    """A value as words and plain values, without what is empty; lists of keyed things by key, and their order."""
    if parts := _parts(value):
        return {
            words: text for name, part in parts.items() for words, text in _flat(part, (*path, name), names).items()
        }
    plain = _plain(value, path, names)
    return {" ".join(_words(name) for name in path if name != "ordered"): plain} if plain else {}


def _parts(value: Any) -> dict[str, Any]:
    match value:
        case Mapping():
            return dict(value)
        case tuple() if any(map(is_dataclass, value)):
            return {**{each.key: each for each in value}, "order": tuple(each.key for each in value)}
        case _ if is_dataclass(value):
            return {each.name: getattr(value, each.name) for each in fields(value) if each.name not in UNTOLD}
        case _:
            return {}


def _plain(value: Any, path: tuple[str, ...], names: Mapping[str, str]) -> str:
    if isinstance(value, int) and path[-1] in ("since", "until"):
        return _day(value)
    if isinstance(value, int) and path[-1] in LASTING:
        return duration_text(value)
    values = value if isinstance(value, tuple) else (value,)
    return ", ".join(names.get(str(each), str(each)) for each in values if each not in ("", None))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _day(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M} UTC"
