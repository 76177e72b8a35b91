"""`glasno apply`: make the desk what its file says, in one commit, or show what would change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Final, TypeAlias

from domain import configuration, desk, organisation
from domain.configuration import Configuration, Wanted, configure, missing
from domain.configuration.contract import ContractSigned
from domain.configuration.definitions import Name
from domain.configuration.probe import ProbeDefined
from domain.event import Address, Content, Id, shape_of
from domain.instant import SECOND, Duration, Instant
from domain.month import MonthFixed
from domain.refusal import Refused
from domain.routing import Fact
from domain.ticket.opening import TicketOpened
from service.desk_file import DeskFile
from service.desk_yaml import BadDeskFile, read_desk_file
from service.difference import desk_difference, difference
from service.wanted import wanted_of
from store.desk import Desk
from store.streams import Command, Intent

DEFAULT: Final = Path(__file__).with_name("default.yaml")
"""The configuration that a desk is founded with."""

FOR_EVER: Final[Duration] = 2**62

ADVICE: Final = {
    "amendment_undecided": "hours that are already published would change: write moves_open_tickets: true or false",
    "changed_meanwhile": "somebody else has changed the configuration: look at the difference again",
    "zone_is_fixed": "the desk has tickets, whose months would move: leave desk.zone as it is",
}

NameDecision: TypeAlias = Callable[..., list[organisation.Event]]


@dataclass(frozen=True)
class Plan:
    """What is to be done, and what it means in words."""

    wanted: Wanted
    version: int
    """The version of the configuration that the plan is for."""
    along: tuple[Intent, ...]
    changes: list[str]
    warnings: list[str]


def plan(built: Desk, file: DeskFile, *, at: Instant) -> Plan:
    """Work out what the file changes; `BadDeskFile` if it cannot be. Nothing is stored."""
    before, version = built.configuration.load(built.name("configuration"))
    names = _names(built, file, before)
    wanted = wanted_of(file, before.calendars, built.name, at)
    if mistakes := [*_lacking(wanted, names), *_unknown(built, file)]:
        raise BadDeskFile(mistakes)
    try:
        events = configure(before, wanted, at=at)
        desk_intent, desk_changes = _desk(built, file, at)
    except Refused as refused:
        raise BadDeskFile([in_words(refused)]) from None
    after = reduce(configuration.evolve, events, before)
    organisations = dict(_organisations(built, file, at))
    changes = [*desk_changes, *organisations, *difference(before, after, names)]
    warnings = [*_warnings(before, after, at), *_held(built, after)]
    return Plan(wanted, version, (desk_intent, *organisations.values()), changes, warnings)


def carry_out(built: Desk, planned: Plan, *, at: Instant) -> None:
    """Store the plan in one commit; `Refused` if the configuration has changed since it was made."""
    command = Command(built.new_id(), expected=planned.version, along=planned.along)
    built.configuration.act(command, built.name("configuration"), configure, planned.wanted, at=at)


def in_words(refused: Refused) -> str:
    """The refusal and what to do about it."""
    facts = ", ".join(f"{name} {value}" for name, value in refused.facts.items())
    return f"{facts}: {ADVICE.get(refused.code, refused.code)}"


def default_configuration(built: Desk, at: Instant) -> Intent:
    """The built-in configuration, to be stored with the founding of the desk."""
    file = read_desk_file(DEFAULT.read_bytes())
    wanted = wanted_of(file, {}, built.name, at)
    return built.configuration.intend(built.name("configuration"), configure, wanted, at=at)


def _lacking(wanted: Wanted, names: Mapping[Id, str]) -> Iterator[str]:
    for name, needed_by in missing(wanted):
        if name.key:
            yield f"{_said(needed_by, names)}: there is no {_said(name, names)}"


def _said(name: Name, names: Mapping[Id, str]) -> str:
    return f"{name.noun.replace('_', ' ')} {names.get(name.key, name.key)}".rstrip()


def _unknown(built: Desk, file: DeskFile) -> Iterator[str]:
    """A rule for an organisation that nobody knows would do nothing."""
    signed = {each.organisation for each in file.contracts.values()}
    for key, section in _ruled(file).items():
        if key not in signed and _name_of(built, built.name("organisation", key)) is None:
            yield f"{section}: there is no organisation {key}: it has no contract"


def _ruled(file: DeskFile) -> Mapping[str, str]:
    """The organisations that rules name, and the section that does."""
    routed = [key for rule in file.routing.rules for key in rule.when.get(Fact.ORGANISATION, ())]
    alerted = [rule.organisation for rule in file.alerts.rules if rule.organisation]
    return {**dict.fromkeys(alerted, "alerts"), **dict.fromkeys(routed, "routing")}


def _desk(built: Desk, file: DeskFile, at: Instant) -> tuple[Intent, list[str]]:
    def decide(state: desk.Desk) -> list[desk.Event]:
        zone, languages, currency = file.desk.zone, file.desk.languages, file.desk.currency
        tickets = any(built.log.has(shape_of(each).name) for each in (TicketOpened, MonthFixed))
        return desk.set_up(state, zone=zone, languages=languages, currency=currency, tickets=tickets, at=at)

    before, _ = built.founding.load(built.stream)
    after = reduce(desk.evolve, decide(before), before)
    return built.founding.intend(built.stream, decide), desk_difference(before, after)


def _organisations(built: Desk, file: DeskFile, at: Instant) -> Iterator[tuple[str, Intent]]:
    """What is to be done about each organisation, by what it is in words; an erased one is left alone."""
    for key, name in {each.organisation: each.name for each in file.contracts.values()}.items():
        stream = built.name("organisation", key)
        content = Content(stream, {"name": name})
        known = _name_of(built, stream)
        if known is None:
            yield f"organisation {key}: registered", _intend(built, stream, organisation.register, content, at)
        elif known not in ("", name):
            yield f"organisation {key}: renamed", _intend(built, stream, organisation.rename, content, at)


def _intend(built: Desk, stream: Id, decide: NameDecision, name: Content, at: Instant) -> Intent:
    return built.organisations.intend(stream, decide, name=name, at=at)


def _name_of(built: Desk, stream: Id) -> str | None:
    """The organisation's name, empty if it cannot be read; None if it is not registered."""
    name = built.organisations.load(stream)[0].name
    if name is None:
        return None
    text = built.log.text(name) if isinstance(name, Address) else name.text
    return text["name"] if isinstance(text, Mapping) else ""


def _names(built: Desk, file: DeskFile, before: Configuration) -> Mapping[Id, str]:
    """Contracts and organisations in the words of the file; a contract it does not name by whose it is."""
    signed = before.of(ContractSigned).items()
    return {
        **{key: _name_of(built, contract.organisation) or key for key, contract in signed},
        **{built.name("contract", key): key for key in file.contracts},
        **{built.name("organisation", each.organisation): each.organisation for each in file.contracts.values()},
        **{built.name("organisation", key): key for key in _ruled(file)},
    }


def _warnings(before: Configuration, after: Configuration, at: Instant) -> Iterator[str]:
    for each in before.ending(at):
        yield f"calendar {each.key} as stored ends on {_day(each.span.end)}"
    if after.retention is not None and after.retention < (before.retention or FOR_EVER):
        closed = _day(at - after.retention)
        yield f"texts of tickets closed before {closed} are deleted within a day, and nothing brings them back"


def _held(built: Desk, after: Configuration) -> Iterator[str]:
    """Components whose probes change nothing as long as a person's word stands against them."""
    for key in sorted({each.component for each in after.of(ProbeDefined).values() if each.component}):
        if built.components.load(built.name("component", key))[0].is_held:
            yield f"{key} is set by a person: its probes do not count until `glasno component release {key}`"


def _day(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d}"
