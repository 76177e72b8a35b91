"""Bringing a log in: incident by incident, several in one commit, each of them whole or not at all.

What is on the desk already is compared with what the log tells: the desk gets what is new, and an incident that has
gone on here, or that the log now tells otherwise, is left as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Final

from domain.configuration import Configuration
from domain.event import Address, Content, Id, Source
from domain.instant import Instant
from domain.person import Decision, Event, Grant, Person, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant, join_organisation
from domain.refusal import Refused
from domain.reservation import reserve
from domain.ticket.opening import TicketOpened
from service.imports.groundwork import Needs, lay
from service.imports.history import History, history, opened
from service.imports.names import Names, written
from service.imports.report import Report, begun, counted
from service.imports.servicenow import Incident, LogFile, Note, Survey, incidents
from store.desk import Desk
from store.log import Change, Recorded

BATCH: Final = 50
"""Incidents in one commit."""
STAFF: Final = ("opened_by", "sys_updated_by", "assigned_to")

WORDS: Final = {
    "calendar_ended": "calendar {calendar} version {version} ends too early: apply the desk file again",
    "gone_on_here": "it has gone on at this desk since it was imported",
    "told_otherwise": "the log tells it otherwise than when it was imported",
    "level_unknown": "there is no service level {level}; known: {known}",
    "person_erased": "its caller was erased at this desk",
}
"""What a refusal means to whoever imports."""


@dataclass(frozen=True)
class Wanted:
    """What is to be imported: what the file says to have happened before `until`, under a service level."""

    file: LogFile
    survey: Survey
    names: Names
    level: str
    until: Instant


@dataclass(frozen=True)
class Import:
    """What is imported where, under which names, and up to when."""

    desk: Desk
    names: Names
    configuration: Configuration
    until: Instant
    met: set[tuple[str, Right | None]] = field(default_factory=set)
    """People that are known to be registered."""
    references: set[str] = field(default_factory=set)
    """Those given away by this import."""


@dataclass(frozen=True)
class Told:
    """An incident as the log tells it, and what the desk does not have of it."""

    incident: Incident
    history: History
    stream: Id
    past: Sequence[Recorded[Any]]
    news: Sequence[Any]


def import_log(desk: Desk, wanted: Wanted, heard: Callable[[int], None]) -> Report:
    """Import the log; `heard` is told how many rows are done.

    `Refused` if the level is unknown, `Conflict` if another import is at it.
    """
    known = wanted.survey
    report = begun(known)
    if known.opened is None:
        return report
    needs = Needs(wanted.names, wanted.level, known.groups, *known.opened)
    work = Import(desk, wanted.names, lay(desk, needs, at=desk.now()), wanted.until)
    return _all(work, incidents(wanted.file, known), report, heard)


def in_words(refused: Refused) -> str:
    """Why it cannot be imported."""
    return WORDS.get(refused.code, refused.code).format_map(refused.facts)


def _all(work: Import, found: Iterable[Incident | Note], report: Report, heard: Callable[[int], None]) -> Report:
    waiting: list[Told] = []
    done = 0
    for each in found:
        report, told = _heard(work, each, report)
        waiting += told
        if len(waiting) == BATCH:
            _store(work, waiting)
            waiting = []
        done += len(each.rows) if isinstance(each, Incident) else 1
        heard(done)
    _store(work, waiting)
    return report


def _heard(work: Import, found: Incident | Note, report: Report) -> tuple[Report, list[Told]]:
    """The report with the incident in it, and what is to be stored."""
    if isinstance(found, Note):
        return replace(report, rejected=(*report.rejected, found)), []
    incident = replace(found, rows=tuple(row for row in found.rows if row.at < work.until))
    if not incident.rows:
        return replace(report, later=report.later + 1), []
    try:
        told = _told(work, incident)
    except Refused as refused:
        note = Note(incident.rows[0].line, incident.number, in_words(refused))
        return replace(report, rejected=(*report.rejected, note)), []
    is_new = not told.past
    return counted(report, incident, told.history, is_new=is_new, stored=len(told.news)), [told] if told.news else []


def _told(work: Import, incident: Incident) -> Told:
    stream = work.names.ticket(incident.number)
    past = work.desk.log.read(stream)
    first = _opening(work, incident, past)
    told = history(first, incident.rows, work.names, work.configuration.book(), work.until)
    news = _news(past, told)
    if news and work.desk.keys.is_erased(first.requester):
        raise Refused("person_erased")
    return Told(incident, told, stream, past, news)


def _opening(work: Import, incident: Incident, past: Sequence[Recorded[Any]]) -> TicketOpened:
    """What was promised, and the reference, stay as they were at the first import."""
    if not past:
        return opened(incident, work.configuration, work.names, _reference(work, incident.number))
    known: TicketOpened = past[0].event
    told = opened(incident, work.configuration, work.names, known.reference)
    return replace(told, level=known.level, policy=known.policy, publicity=known.publicity)


def _reference(work: Import, number: str) -> str:
    """The first one of the incident's own that nobody has."""
    reference = next(each for each in work.names.references(number) if _is_free(work, each, number))
    work.references.add(reference)
    return reference


def _is_free(work: Import, reference: str, number: str) -> bool:
    holder = work.desk.reservations.load(work.desk.name("reference", reference))[0].holder
    return reference not in work.references and holder in (None, work.names.ticket(number))


def _news(past: Sequence[Recorded[Any]], told: History) -> Sequence[Any]:
    """What the log tells and the desk does not know; `Refused` if the two have parted."""
    imported = [_plain(each.event) for each in past if each.envelope.source is Source.IMPORT]
    rows, everything = [*map(_plain, told.events)], [*map(_plain, (*told.events, *told.since))]
    if len(imported) == len(past) and everything[: len(past)] == imported:
        return (*told.events, *told.since)[len(past) :]
    if imported[: len(rows)] == rows:
        return ()
    is_parted = rows[: len(imported)] != imported
    raise Refused("told_otherwise" if is_parted else "gone_on_here")


def _plain(event: Any) -> tuple[Any, ...]:
    """An event without its texts, which are sealed once it is stored."""
    values = (getattr(event, field.name) for field in fields(event))
    return type(event), *(each.owner if isinstance(each, Content | Address) else each for each in values)


def _store(work: Import, batch: Sequence[Told]) -> None:
    changes = [change for told in batch for change in _changes(work, told)]
    if changes:
        work.desk.log.append([*_people(work, batch), *changes], work.desk.new_id(), Source.IMPORT)


def _changes(work: Import, told: Told) -> list[Change]:
    ticket = Change(told.stream, told.past, told.news, told.history.ticket.published)
    if told.past:
        return [ticket]
    name = work.desk.name("reference", told.history.ticket.reference)
    reserving = work.desk.reservations.intend(name, reserve, holder=told.stream, at=told.incident.opened_at)
    return [reserving.attempt(None).change, ticket]


def _people(work: Import, batch: Sequence[Told]) -> list[Change]:
    """The people of the batch that the desk does not know yet, or not in this role."""
    roles: dict[str, dict[Right | None, Instant]] = {}
    for told in batch:
        for row in told.incident.rows:
            roles.setdefault(written(row.values["caller_id"]), {}).setdefault(None, row.at)
            for staff in filter(None, map(row.said, STAFF)):
                roles.setdefault(written(staff), {}).setdefault(Right.AGENT, row.at)
    new = {
        name: {role: at for role, at in each.items() if (name, role) not in work.met} for name, each in roles.items()
    }
    work.met.update((name, role) for name, each in new.items() for role in each)
    changes = [_introduced(work, name, each) for name, each in new.items() if each]
    return [change for change in changes if change.events]


def _introduced(work: Import, name: str, roles: dict[Right | None, Instant]) -> Change:
    person = work.names.person(name)
    first = partial(register, identity=person, name=name, at=min(roles.values()))
    decisions: list[Decision] = [first, *(_joining(work, role, at) for role, at in roles.items())]

    def decide(state: Person) -> list[Event]:
        return in_turn(state, *decisions) if state.is_active or not state.id else []

    return work.desk.people.intend(person, decide).attempt(None).change


def _joining(work: Import, role: Right | None, at: Instant) -> Decision:
    if role is None:
        return partial(join_organisation, organisation=work.names.organisation, at=at)
    return partial(grant, grant=Grant(role), at=at)
