"""The tickets of a bundle: whether their events belong together, and what is told of them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

from audit.verifier.archive import Place
from audit.verifier.disclosure import FACTS
from audit.verifier.report import Fault, Report
from domain.instant import Instant

Stream: TypeAlias = tuple[str, str]
"""What it is named by, and the name."""


@dataclass(frozen=True)
class Shown:
    """One event, as far as it is disclosed; what is not told is empty."""

    place: Place
    index: int
    name: str = ""
    at: Instant = 0
    rec: Instant = 0
    stream: Stream | None = None
    """Its ticket: by pseudonym (`tk`) if it stands in clear, else by id, if that is disclosed."""
    disclosed: Mapping[str, Any] = field(default_factory=dict)
    """Its sections by name."""
    hidden: int = 0
    """How many of its sections are not disclosed."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        told = {"entry": self.index, "name": self.name, "at": self.at, "rec": self.rec}
        return told | {"disclosed": self.disclosed, "hidden": self.hidden}


def tell(events: Sequence[Shown], report: Report) -> None:
    """Ticket by ticket, in the order of their numbers."""
    _demand_each_once(events, report)
    ordered = sorted(events, key=lambda each: (each.place.reference, int(each.place.number)))
    streams: dict[Stream, str] = {}
    for reference, group in groupby(ordered, key=lambda each: each.place.reference):
        told = [*group]
        for fault, what in _wrong(reference, told, streams):
            report.find(fault, f"ticket {reference}: {what}")
        report.shown.append({"reference": reference, "events": [each.as_json() for each in told]})
    report.tickets, times = len(report.shown), [each.rec for each in events if each.rec]
    report.first, report.last = min(times, default=0), max(times, default=0)
    if hidden := sum(each.hidden for each in events):
        report.unproven.append(f"what {hidden} sections say: they are erased, or were not disclosed")


def _demand_each_once(events: Sequence[Shown], report: Report) -> None:
    seen: set[int] = set()
    for each in events:
        if each.index in seen:
            report.find(Fault.FORM, f"{each.place} is an entry that the bundle has twice", each.index)
        seen.add(each.index)


def _wrong(reference: str, events: Sequence[Shown], streams: dict[Stream, str]) -> Iterator[tuple[Fault, str]]:
    """`streams`: of which ticket each stream is, so far."""
    opening, indexes = events[0], [each.index for each in events]
    if [int(each.place.number) for each in events] != [*range(1, len(events) + 1)] or indexes != sorted(indexes):
        yield Fault.MISSING, "its events are not numbered one by one in the order of the log"
    if opening.name != "ticket.opened" or _facts(opening).get("reference") != reference:
        yield Fault.MISSING, "it does not begin with its opening, or that says another reference"
    told = {each.stream for each in events if each.stream}
    is_one = len({kind for kind, _ in told}) == len(told)
    if not is_one or any(streams.setdefault(each, reference) != reference for each in told):
        yield Fault.STREAM, "events of another ticket are among its own"


def _facts(shown: Shown) -> Mapping[str, Any]:
    facts = shown.disclosed.get(FACTS)
    return facts if isinstance(facts, dict) else {}


def lines(report: Report, instant: Callable[[Instant], str]) -> Iterator[str]:
    """What a bundle tells, for people: when each event happened, and its words."""
    for ticket in report.shown:
        yield f"ticket {ticket['reference']}: {len(ticket['events'])} events"
        for each in ticket["events"]:
            words = {name: value for name, value in each["disclosed"].items() if name != FACTS}
            told = f"{instant(each['at'])} {_plain(each['name'])}" if each["name"] else "an event that is not disclosed"
            yield f"  {told}{f' {_plain(words)}' if words else ''}"


def _plain(value: Any) -> str:
    """Nothing in it moves the cursor of a terminal: whoever made the bundle could hide what was found."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in _written(value))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
