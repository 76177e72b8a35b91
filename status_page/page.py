"""The public page as a value: a function of a log position and an instant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from domain.component import ComponentStatus
from domain.configuration import Configuration, evolve
from domain.configuration import Event as ConfigurationEvent
from domain.configuration.calendar import CalendarPublished
from domain.event import Source
from domain.instant import MINUTE, Instant
from domain.opening_hours import EPOCH, instant_at
from domain.policy import CalendarRef
from projections import status, ticket, trail
from projections.span import holding_at
from projections.status import Component, Group
from status_page.sla_tables import LevelTable, level_tables

State: TypeAlias = ComponentStatus | None
"""None is unknown: neither up nor down."""

WORST_FIRST: Final[Sequence[State]] = (
    ComponentStatus.MAJOR_OUTAGE,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.DEGRADED,
    ComponentStatus.UNDER_MAINTENANCE,
    None,
    ComponentStatus.OPERATIONAL,
)
OTHERS: Final = Group("", "Прочее", "Other", 0)
"""Where components stand whose group was withdrawn."""


@dataclass(frozen=True)
class Configured:
    """The configuration, and where the open periods of its calendars come from in words."""

    state: Configuration = field(default_factory=Configuration)
    calendars: Mapping[CalendarRef, CalendarPublished] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """A group with its components; it is as its worst member."""

    group: Group
    components: Sequence[Component]
    state: State


@dataclass(frozen=True)
class Page:
    """Everything that the page tells, in no language."""

    at: Instant
    until: Instant
    """The next instant at which the page changes by time alone."""
    zone: str
    state: State
    is_behind: bool
    """The views do not follow the log: how things stand is not known."""
    tally: Mapping[State, int]
    blocks: Sequence[Block]
    levels: Sequence[LevelTable]
    calendars: Mapping[CalendarRef, CalendarPublished]
    published: int
    opaque: int
    """Tickets that are counted in no public figure."""
    sources: Sequence[Source]
    """Where events come from that are asserted only."""


def configured_by(known: Configured, event: ConfigurationEvent) -> Configured:
    """The configuration after an event."""
    after = replace(known, state=evolve(known.state, event))
    if not isinstance(event, CalendarPublished):
        return after
    return replace(after, calendars={**known.calendars, CalendarRef(event.key, event.version): event})


def read_page(
    connection: Connection, configured: Configured, zone: str, *, position: int, at: Instant, is_behind: bool
) -> Page:
    """The page as known at a position, for the instant `at`; months and days are those of the IANA zone."""
    components = status.components(connection, position)
    state = None if is_behind else worst(components)
    return Page(
        at=at,
        until=_next_change(state, zone, at),
        zone=zone,
        state=state,
        is_behind=is_behind,
        tally=_tally(components),
        blocks=list(_blocks(status.groups(connection, position), components)),
        levels=level_tables(connection, configured.state, zone, position=position, at=at),
        calendars=configured.calendars,
        published=_tickets(connection, position, published=True),
        opaque=_tickets(connection, position, published=False),
        sources=[each for each in (Source.SIMULATION, Source.IMPORT) if _has(connection, each, position)],
    )


def worst(components: Sequence[Component]) -> State:
    """Operational only if every one is; of no components nothing is known."""
    return min((each.status for each in components), key=WORST_FIRST.index, default=None)


def _next_change(state: State, zone: str, at: Instant) -> Instant:
    """Midnight, when months end and freeze; while something does not work, the next full minute."""
    tomorrow = (EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    midnight = instant_at(zone, tomorrow, 0)
    return midnight if state is ComponentStatus.OPERATIONAL else min(midnight, at - at % MINUTE + MINUTE)


def _tally(components: Sequence[Component]) -> Mapping[State, int]:
    states = [each.status for each in components]
    return {state: states.count(state) for state in WORST_FIRST if state in states}


def _blocks(groups: Sequence[Group], components: Sequence[Component]) -> Iterator[Block]:
    """The groups that have components; a component whose group is gone is shown all the same."""
    known = {group.key for group in groups}
    for group in (*groups, OTHERS):
        members = [each for each in components if (each.group if each.group in known else OTHERS.key) == group.key]
        if members:
            yield Block(group, members, worst(members))


def _tickets(connection: Connection, position: int, *, published: bool) -> int:
    held = holding_at(ticket.TICKETS, position), ticket.TICKETS.c.published == published
    counted: int = connection.execute(select(func.count()).select_from(ticket.TICKETS).where(*held)).scalar_one()
    return counted


def _has(connection: Connection, source: Source, position: int) -> bool:
    return bool(trail.page(connection, before=position + 1, source=source.value, limit=1))
