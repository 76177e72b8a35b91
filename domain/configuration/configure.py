"""The one decision about the configuration: make it what is wanted, by appending only what changes."""

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from domain.configuration import calendar, definitions, level
from domain.configuration.calendar import Calendars
from domain.configuration.level import OpenTickets
from domain.configuration.state import Configuration, Event
from domain.configuration.wanted import Wanted, missing
from domain.instant import Instant
from domain.refusal import Refused


def configure(state: Configuration, wanted: Wanted, *, at: Instant) -> list[Event]:
    """Append what differs, nothing if nothing does.

    Refused: `not_defined` if something named is not there, `amendment_undecided` if open periods that are already
    published would change and it is not said whether open tickets move.
    """
    _demand_whole(wanted)
    _demand_decided(state, wanted)
    timetables = [each for one in wanted.calendars for each in calendar.changes(state.calendars, one, at=at)]
    pinned = _versions(reduce(calendar.evolve, timetables, state.calendars))
    open_tickets = OpenTickets.MOVE if wanted.moves_open_tickets else OpenTickets.STAY
    drafts = [replace(each, open_tickets=open_tickets) for each in wanted.levels]
    return [
        *timetables,
        *(each for draft in drafts for each in level.changes(state.levels, draft, pinned, at=at)),
        *definitions.changes(state.definitions, wanted.definitions, at=at),
        *level.withdrawals(state.levels, frozenset(draft.level for draft in drafts), at=at),
    ]


def _demand_whole(wanted: Wanted) -> None:
    for name, needed_by in missing(wanted):
        facts = {"noun": name.noun, "key": name.key, "needed_by": " ".join(filter(None, needed_by))}
        raise Refused("not_defined", **facts)


def _demand_decided(state: Configuration, wanted: Wanted) -> None:
    amended = [each.key for each in wanted.calendars if calendar.is_amended(state.calendars, each)]
    if amended and wanted.moves_open_tickets is None:
        raise Refused("amendment_undecided", calendars=", ".join(amended))


def _versions(calendars: Calendars) -> Mapping[str, int]:
    return {ref.key: ref.version for ref in sorted(calendars, key=lambda ref: ref.version)}
