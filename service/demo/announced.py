"""What everybody was told in the ninety days: incidents and planned works, decided by the domain as any others."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, Final, NamedTuple

from domain import incident, maintenance
from domain.component import (
    Component,
    ComponentStatus,
    Event,
    Through,
    begin_works,
    claim,
    end_works,
    plan_works,
)
from domain.configuration.component import ComponentDefined
from domain.event import Id
from domain.incident import Incident, IncidentStatus, IncidentUpdated
from domain.instant import DAY, HOUR, MINUTE, Duration, Instant
from domain.maintenance import Works, WorksStatus
from service.demo.cast import drawn_id, member
from service.demo.play import World
from service.demo.public_texts import PROGRESS, TITLES, WORKS_TEXT, WORKS_TITLE
from store.log import Change

AUTHOR: Final = "yastrebova"
NOTICED: Final = 4 * MINUTE
"""Until somebody has seen that something is wrong, and says so."""
SHORT: Final = 12 * MINUTE
"""What is over sooner is not announced."""
LONG: Final[Duration] = 2 * HOUR
"""Planned works."""
DAYS_AHEAD: Final = 3 * DAY
"""When works are announced, usually."""


class Deed(NamedTuple):
    """Something that becomes of a component."""

    at: Instant
    decide: Callable[[Component], Sequence[Event]]


@dataclass
class Announced:
    """What was announced, and what it means for components."""

    changes: list[Change] = field(default_factory=list)
    deeds: dict[str, list[Deed]] = field(default_factory=dict)

    def mean(self, key: str, at: Instant, decide: Callable[..., Sequence[Event]], **facts: Any) -> None:
        """It means this for a component."""
        self.deeds.setdefault(key, []).append(Deed(at, partial(decide, key=key, at=at, **facts)))


class Failure(NamedTuple):
    """A component fails for a while."""

    key: str
    begin: Instant
    lasting: Duration
    worst: ComponentStatus


class Planned(NamedTuple):
    """Works on components; `announced` and `extended` are how long before the start, and after the planned end."""

    keys: frozenset[str]
    begin: Instant
    announced: Duration
    extended: Duration = 0


def announced(world: World, failures: Iterable[Failure], planned: Iterable[Planned]) -> Announced:
    """The incidents and works as far as they have come by now."""
    told = Announced()
    for failure in failures:
        if failure.lasting >= SHORT and failure.begin + NOTICED <= world.now:
            _tell_of_failure(told, world, failure)
    for works in planned:
        if works.begin - works.announced <= world.now:
            _tell_of_works(told, world, works)
    return told


def _tell_of_failure(told: Announced, world: World, failure: Failure) -> None:
    stream, by = drawn_id("incident", *failure[:2]), member(AUTHOR).id
    state, events = Incident(), list[incident.Event]()
    for number, (share, status, said) in enumerate(_course(failure)):
        at = failure.begin + max(NOTICED, failure.lasting * share // 100)
        if at <= world.now:
            text = PROGRESS[failure.worst][status]
            update = incident.Update(drawn_id("update", stream, number), status, text, {failure.key: said})
            facts: dict[str, Any] = {"stream": stream, "known": frozenset({failure.key}), "by": by, "at": at}
            title = _named(TITLES[failure.worst], world, [failure.key])
            first = partial(incident.open_incident, state, title=title, first=update, through=Through.PERSON, **facts)
            decided = incident.post(state, update=update, through=Through.PERSON, **facts) if events else first()
            state, events = reduce(incident.evolve, decided, state), [*events, *decided]
    _claim(told, stream, events)
    told.changes.append(Change(stream, (), events, published=False))


def _course(failure: Failure) -> Iterator[tuple[int, IncidentStatus, ComponentStatus]]:
    """The per cent of the time after which something is told, and what."""
    yield 0, IncidentStatus.INVESTIGATING, failure.worst
    yield 40, IncidentStatus.IDENTIFIED, failure.worst
    yield 75, IncidentStatus.MONITORING, ComponentStatus.DEGRADED
    yield 100, IncidentStatus.RESOLVED, ComponentStatus.OPERATIONAL


def _claim(told: Announced, stream: Id, events: Sequence[incident.Event]) -> None:
    for event in events:
        for each in event.affected if isinstance(event, IncidentUpdated) else ():
            by = member(AUTHOR).id
            told.mean(each.component, event.at, claim, incident=stream, status=each.new, through=Through.PERSON, by=by)


def _tell_of_works(told: Announced, world: World, works: Planned) -> None:
    stream = drawn_id("works", *sorted(works.keys), works.begin)
    state, events = Works(), list[maintenance.Event]()
    for decide in _done(world, stream, works):
        decided = decide(state)
        state, events = reduce(maintenance.evolve, decided, state), [*events, *decided]
    _plan(told, world, stream, works, events)
    told.changes.append(Change(stream, (), events, published=False))


def _done(world: World, stream: Id, works: Planned) -> Iterator[Callable[[Works], list[maintenance.Event]]]:
    begin, end, by = works.begin, works.begin + LONG, member(AUTHOR).id
    first = maintenance.Update(drawn_id("update", stream, 0), WorksStatus.SCHEDULED, WORKS_TEXT)
    yield partial(
        maintenance.announce, stream=stream, title=_named(WORKS_TITLE, world, works.keys), first=first,
        components=works.keys, known=works.keys, start=begin, end=end, at=begin - works.announced, by=by,
    )  # fmt: skip
    if begin <= world.now:
        yield partial(maintenance.tick, stream=stream, update=drawn_id("update", stream, 1), at=begin)
    if works.extended and end - 10 * MINUTE <= world.now:
        later = end + works.extended
        yield partial(maintenance.reschedule, start=begin, end=later, at=end - 10 * MINUTE, by=by)
    if end + works.extended <= world.now:
        done = end + works.extended
        yield partial(maintenance.tick, stream=stream, update=drawn_id("update", stream, 2), at=done)


def _plan(told: Announced, world: World, stream: Id, works: Planned, events: Sequence[maintenance.Event]) -> None:
    notice = world.configuration.uptime_rule.notice
    for key, event in ((key, event) for key in works.keys for event in events):
        match event:
            case maintenance.WorksAnnounced() | maintenance.WorksRescheduled():
                told.mean(key, event.at, plan_works, works=stream, start=event.start, end=event.end)
            case maintenance.WorksUpdated(status=WorksStatus.IN_PROGRESS):
                told.mean(key, event.at, begin_works, works=stream, notice=notice)
            case maintenance.WorksUpdated(status=WorksStatus.COMPLETED):
                told.mean(key, event.at, end_works, works=stream)
            case _:
                pass


def _named(title: Mapping[str, str], world: World, keys: Iterable[str]) -> Mapping[str, str]:
    labels = [world.configuration.of(ComponentDefined)[key].label for key in sorted(keys)]
    names = {"ru": ", ".join(each.ru for each in labels), "en": ", ".join(each.en for each in labels)}
    return {language: said.format(names[language]) for language, said in title.items()}
