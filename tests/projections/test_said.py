"""Whatever is said of a component, in whatever order it is told, against the naive reading of its events."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, Final, TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from domain import component
from domain.component import ComponentStatus, StatusSet, Through, WorksBegun, WorksEnded, WorksPlanned
from domain.configuration.component import ComponentDefined
from domain.configuration.label import Label
from domain.event import Source
from domain.uptime import Spell, stretches
from projections import status
from projections.rows import Rows
from store.envelope import Envelope
from store.log import Recorded

WEB: Final = ComponentDefined(at=0, key="web", group="", label=Label("", ""), place=1, uptime_target=0)
STORED: Final = Envelope(name="any", shape=1, at=0, rec=0, source=Source.LIVE, command="")
STATUSES: Final = [*ComponentStatus, None]

Deed: TypeAlias = tuple[str, int, int]
"""Who says something, after how long, and which status, or how long ago."""

DEEDS: Final = st.lists(
    st.tuples(st.sampled_from(["own", "late", "one", "two", "works", "plan"]), st.integers(0, 4), st.integers(0, 9)),
    max_size=30,
)


def events_of(deeds: Sequence[Deed]) -> Iterator[Any]:
    """Own statuses may be told late; incidents and works go on in the order of time."""
    now, going = 100, False
    for source, after, number in deeds:
        now += after
        facts: dict[str, Any] = {"component": "web", "at": now}
        told = {**facts, "status": STATUSES[number % 6], "through": list(Through)[number % 4]}
        match source:
            case "own":
                yield StatusSet(**told)
            case "late":
                yield StatusSet(**told | {"at": now - 2 * number})
            case "works":
                going = not going
                window: dict[str, Any] = (
                    {"excused_from": now + number - 4, "excused_until": now + number} if number else {}
                )
                yield WorksBegun(**facts, works="w", **window) if going else WorksEnded(**facts, works="w")
            case "plan":
                yield WorksPlanned(**facts, works="w", start=now, end=now + number)
            case incident:
                yield StatusSet(**told, incident=incident)


def naive(events: Sequence[Any]) -> list[Spell]:
    """Each thing that is said holds until its source says the next one."""
    said = list(_naive_works(events))
    for source in (None, "one", "two"):
        own = [each for each in events if isinstance(each, StatusSet) and each.incident == source]
        own.sort(key=lambda each: each.at)
        for event, end in zip(own, [*(each.at for each in own[1:]), None], strict=False):
            if event.status and (source is None or event.status is not ComponentStatus.OPERATIONAL):
                said.append(Spell(event.at, end, event.status))
    return [each for each in said if each.start != each.end]


def _naive_works(events: Sequence[Any]) -> Iterator[Spell]:
    works = [number for number, each in enumerate(events) if isinstance(each, WorksBegun | WorksEnded)]
    for first, last in zip(works[::2], [*works[1::2], None], strict=False):
        begun, end = events[first], None if last is None else events[last].at
        plans = [each.end for each in events[first:last] if isinstance(each, WorksPlanned)]
        window = begun.excused_from or begun.at, min(begun.excused_until or begun.at, *plans, 10**6)
        edges = sorted({begun.at, *(each for each in window if begun.at < each < (end or 10**6))})
        for since, until in zip(edges, [*edges[1:], end], strict=False):
            excused = window[0] <= since < window[1]
            yield Spell(since, until, ComponentStatus.UNDER_MAINTENANCE, excused)


@given(DEEDS, st.data())
def test_at_any_position_and_instant_that_is_known_which_was_told_by_then(
    deeds: list[Deed], data: st.DataObject
) -> None:
    events = list(events_of(deeds))
    position, since = data.draw(st.integers(0, len(events))), data.draw(st.integers(80, 220))
    until = since + data.draw(st.integers(1, 50))
    with viewed(events, data.draw(st.integers(0, len(events)))) as connection:
        said = status.spells(connection, since=since, until=until, position=position)["web"]
    assert stretches(said, since, until) == stretches(naive(events[:position]), since, until)


@given(DEEDS, st.data())
def test_what_is_shown_is_what_decisions_read_and_since_when_it_is(deeds: list[Deed], data: st.DataObject) -> None:
    events = list(events_of(deeds))
    position, later = data.draw(st.integers(0, len(events))), data.draw(st.integers(0, 9))
    told = events[:position]
    at = max((each.at for each in told), default=0) + later
    with viewed(events) as connection:
        (web,) = status.components(connection, position, at)
    assert web.status == reduce(component.evolve, told, component.Component()).shown(at)
    course = stretches(naive(told), 0, at + 1)
    others = (number for number, each in enumerate(course, 1) if each.state is not course[-1].state)
    assert web.since == (course[max(others, default=0)].start if web.status else None)


@contextmanager
def viewed(events: Sequence[Any], cut: int = 0) -> Iterator[Connection]:
    """The view after these events, projected in two batches."""
    nothing: Any = None
    recorded = [Recorded(position, "a" * 32, position, event, STORED) for position, event in enumerate([WEB, *events])]
    with create_engine("sqlite://").begin() as connection:
        status.METADATA.create_all(connection)
        for batch in (recorded[:cut], recorded[cut:]):
            rows = Rows(connection)
            for each in batch:
                status.project(rows, each, nothing)
            rows.written()
        yield connection
