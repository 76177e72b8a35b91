"""What has to be there before the first incident: organisation, contract, teams, a level that reaches back.

A calendar covers the years around now; the incidents were opened earlier.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

from domain.calendar import Calendar, Period
from domain.configuration import Configuration, Event, calendar, definitions, level
from domain.configuration.calendar import CalendarPublished, latest
from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.definitions import Definition
from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, OpenTickets
from domain.configuration.line import LineDefined
from domain.configuration.reason import Occasion, ReasonDefined
from domain.configuration.team import TeamDefined
from domain.event import Content
from domain.instant import DAY, Instant
from domain.organisation import register
from domain.policy import CalendarRef
from domain.refusal import Refused
from service.desk_file import CalendarSection
from service.imports.names import LINE, Names, team_of
from service.notation import WEEKDAYS
from service.timetables import timetable
from store.desk import Desk
from store.streams import Command

REASON: Final = "imported"
"""The reason of every imported hand-over: the log tells none."""
HOLIDAYS: Final = "holidays"
TITLE: Final = "ServiceNow"


@dataclass(frozen=True)
class Needs:
    """What the incidents refer to, and when the first and the last of them were opened."""

    names: Names
    level: str
    groups: frozenset[str | None]
    first: Instant
    last: Instant


def lay(desk: Desk, needs: Needs, *, at: Instant) -> Configuration:
    """Store what is not there yet in one commit; `Refused` if the level is not there."""
    stream = desk.name("configuration")
    recorded = (each.event for each in desk.log.read(stream))
    published = {each.key: each for each in recorded if isinstance(each, CalendarPublished)}
    organisation = needs.names.organisation
    name = Content(organisation, {"name": TITLE if needs.names.key == TITLE.lower() else needs.names.key})
    registered = desk.organisations.intend(organisation, register, name=name, at=at)
    command = Command(desk.new_id(), along=(registered,))
    return desk.configuration.act(command, stream, laid, needs, published, at=at).state


def laid(state: Configuration, needs: Needs, published: Mapping[str, CalendarPublished], *, at: Instant) -> list[Event]:
    """What the configuration lacks; everything else stays as it is. `published` are the newest calendar versions."""
    current = state.levels.current(needs.level)
    if current is None:
        raise Refused("level_unknown", level=needs.level, known=", ".join(sorted(state.levels.in_force)))
    wanted = [*state.definitions.values(), *_definitions(state, needs, at)]
    return [
        *_reaching_back(state, current, published, needs.first, at),
        *definitions.changes(state.definitions, wanted, at=at),
    ]


def _definitions(state: Configuration, needs: Needs, at: Instant) -> Iterator[Definition]:
    yield LineDefined(at=at, key=LINE, label=Label("Импорт", "Imported"))
    yield ReasonDefined(
        at=at,
        key=REASON,
        label=Label("Причина в импорте не указана", "The imported log tells no reason"),
        occasion=Occasion.HAND_OVER,
    )
    for group in sorted(needs.groups, key=team_of):
        label = Label(group, group) if group else Label("Без группы", "No group")
        yield TeamDefined(at=at, key=team_of(group), label=label, line=LINE)
    yield _contract(state, needs, at)


def _contract(state: Configuration, needs: Needs, at: Instant) -> ContractSigned:
    """Only for the time of the imported incidents: it tells nothing about who has the level now."""
    key = needs.names.contract
    known = state.of(ContractSigned).get(key)
    return ContractSigned(
        at=at,
        key=key,
        organisation=needs.names.organisation,
        level=needs.level,
        since=min(needs.first, known.since) if known else needs.first,
        consent=Consent.NOT_GIVEN,
        until=max(needs.last + 1, known.until or 0) if known else needs.last + 1,
    )


def _reaching_back(
    state: Configuration,
    current: LevelPublished,
    published: Mapping[str, CalendarPublished],
    first: Instant,
    at: Instant,
) -> list[Event]:
    """Versions of the level's calendars that begin early enough, and a version of the level that pins them."""
    pinned = {(each.calendar, each.calendar_version) for each in current.targets}
    pinned.add((current.confirmation_calendar, current.confirmation_calendar_version))
    short = {key for key, version in pinned if state.calendars[CalendarRef(key, version)].span.start > first}
    if not short:
        return []
    newest = {key: latest(state.calendars, key) for key in short}
    earlier = [
        each
        for key, known in sorted(newest.items())
        if known and known.span.start > first
        for each in _earlier(known, published[key], first, at)
    ]
    calendars = reduce(calendar.evolve, earlier, state.calendars)
    versions = {ref.key: ref.version for ref in sorted(calendars, key=lambda ref: ref.version)}
    draft = replace(current, open_tickets=OpenTickets.STAY)
    return [*earlier, *level.changes(state.levels, draft, versions, at=at)]


def _earlier(known: Calendar, published: CalendarPublished, first: Instant, at: Instant) -> Iterable[calendar.Event]:
    """The next version: the same hours from the year of `first` on."""
    ref = CalendarRef(known.key, known.version)
    since = replace(known, span=Period(first - DAY, known.span.end))
    wanted = timetable(known.key, _section(published), {ref: since}, at)
    return [replace(each, version=known.version + 1) for each in calendar.changes({}, wanted, at=at)]


def _section(published: CalendarPublished) -> CalendarSection:
    """The hours as a desk file would say them, read from those that were published in words."""
    words = dict(line.split(" ", 1) for line in published.hours)
    country = words.pop(HOLIDAYS, "").removeprefix("of ").split(" ")[0]
    return CalendarSection.model_validate(
        {
            "zone": published.zone,
            "hours": {day: words.pop(day) for day in WEEKDAYS if day in words},
            "holidays": {"country": country} if country else None,
            "exceptions": words,
        }
    )
