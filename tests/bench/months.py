"""A long published history: the tickets of an honest desk over and over, month after month, each month fixed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from hashlib import md5
from itertools import takewhile
from typing import Any, Final, TypeAlias

from audit.verifier.decode import Decoder
from audit.verifier.replay import Replay
from audit.verifier.report import Report
from domain.attainment import freezes_at, month_of
from domain.canonical import canonical, parse
from domain.instant import DAY, Instant
from domain.shapes import event_classes
from tests.audit.verifier.forging import honest
from tests.cast import AT
from tests.service.office import FOUNDED

A_MONTH: Final = 8_000
"""Entries of a desk of which two thirds are in clear, more than at a usual one."""
LENGTH: Final = 30 * DAY
MOMENT: Final = 10**12
"""Whole numbers from here on are instants (milliseconds since 1970)."""

Placed: TypeAlias = tuple[Instant, int, int, Any]
"""When it was stored, in which copy, and as which entry of that."""


def history(months: int) -> list[bytes]:
    """The entries of so many months at the same pace, with the figures of all that are over by then."""
    first, lived = _parts([parse(entry) for entry in honest()])
    copies = months * A_MONTH // len(lived)
    placed = sorted(each for number in range(copies) for each in _moved(lived, number, months * LENGTH // copies))
    replay, entries = Replay(Report(), {}, Decoder(event_classes())), list[bytes]()
    for said in _with_figures(first, placed, replay):
        entries.append(canonical(said))
        replay.take(len(entries) - 1, entries[-1:])
    return entries


def _parts(entries: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What comes before the first ticket, and tickets, up to where the work of the day ends."""
    first = [*takewhile(lambda said: said["ty"] != "ticket.opened", entries)]
    lived = takewhile(lambda said: said.get("ty") != "component.status_set", entries[len(first) :])
    return first, [*lived]


def _moved(lived: Sequence[Any], number: int, step: int) -> Iterator[Placed]:
    """The same in another copy: later, of other tickets; an opaque entry is stored when the one before it is."""
    rec = AT
    for place, said in enumerate(lived):
        told = {name: _later(value, number * step) for name, value in said.items()}
        rec = told.get("rec", rec)
        yield rec, number, place, told | ({"tk": _pseudonym(said["tk"], number)} if "tk" in said else {})


def _later(value: Any, by: int) -> Any:
    return value + by if isinstance(value, int) and value > MOMENT else value


def _with_figures(first: Sequence[Any], placed: Sequence[Placed], replay: Replay) -> Iterator[Any]:
    """Each month is fixed as soon as it may be."""
    yield from first
    month = month_of(AT, FOUNDED.zone)
    for count, (rec, _, _, said) in enumerate(placed, len(first)):
        if rec >= freezes_at(month, FOUNDED.zone):
            yield _fixed(month, count + len(replay.months.state), replay)
            month = month_of(freezes_at(month, FOUNDED.zone), FOUNDED.zone)
        yield said


def _fixed(month: str, size: int, replay: Replay) -> Any:
    """As the desk fixes it; what it says of the log so far is what the log says."""
    figures, at = replay.months.figures(month), freezes_at(month, FOUNDED.zone)
    like = next(said for said in map(parse, honest()) if said.get("ty") == "month.fixed")
    rows = {
        "sla": [asdict(row) for row in figures.sla.values()],
        "uptime": [asdict(row) for row in figures.uptime.values()],
    }
    # the replay hears of it only when it is over: what it would be held against is what was just computed
    replay.months.computed[size] = figures
    return like | rows | {"at": at, "rec": at, "month": month, "entries": size, "tk": _pseudonym("month", size)}


def _pseudonym(stream: str, number: int) -> str:
    return md5(f"{stream} {number}".encode(), usedforsecurity=False).hexdigest()
