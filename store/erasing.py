"""Erasing over several streams and stores: the request, the destruction of the keys, the deletion of the sealed texts.

Each step can be done again, by whoever comes next, after whatever happened in between: what was requested is erased.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from domain import erasure
from domain.alert import AlertFired
from domain.configuration.contract import ContractSigned
from domain.erasure import ErasedKind, Erasure, ErasureRequested, ErasureStep, Ground, complete, destroyed
from domain.event import Id
from domain.incident import IncidentOpened
from domain.instant import Instant
from domain.maintenance import WorksAnnounced
from domain.organisation import OrganisationRegistered, remove_webhook
from domain.person import Decision, in_turn
from domain.person.absence import release_deputy
from domain.person.farewell import take_leave
from domain.refusal import Refused
from domain.reservation import release, reserve
from store.desk import Desk
from store.erased import sealed_under
from store.expiring import delete_again
from store.people import person_of
from store.streams import Acted, Command, Intent


class Whom(NamedTuple):
    """What an erasure is about, and the owners of all keys that it destroys."""

    kind: ErasedKind
    subject: Id
    identities: frozenset[Id]


@dataclass(frozen=True)
class Demand:
    """Who wants an erasure, and why."""

    ground: Ground
    at: Instant
    number: str = ""
    by: Id | None = None
    administrators: frozenset[Id] = frozenset()
    """All that there are: the last one stays."""


def whole_person(desk: Desk, person: Id) -> Whom:
    """The person with all duplicates, whichever of them is named. Refused: `person_unknown`."""
    known = person_of(desk, person)
    while known.merged_into:
        known = person_of(desk, known.merged_into)
    return Whom(ErasedKind.PERSON, known.id, known.identities)


def organisation(desk: Desk, stream: Id) -> Whom:
    """A client, but not its contacts. Refused: `organisation_not_registered`, `organisation_has_contract`."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, OrganisationRegistered)):
        raise Refused("organisation_not_registered")
    contracts = desk.configured.state().of(ContractSigned).values()
    if any(each.organisation == stream and each.is_in_force(desk.now()) for each in contracts):
        raise Refused("organisation_has_contract")
    return Whom(ErasedKind.ORGANISATION, stream, frozenset({stream}))


def announcement(desk: Desk, stream: Id) -> Whom:
    """All words of an incident or of planned works. Refused: `incident_unknown`."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, IncidentOpened | WorksAnnounced)):
        raise Refused("incident_unknown")
    return Whom(ErasedKind.ANNOUNCEMENT, stream, frozenset({stream}))


def alert(desk: Desk, stream: Id) -> Whom:
    """The annotations of an alert, but not its labels: those are facts. Refused: `alert_unknown`."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, AlertFired)):
        raise Refused("alert_unknown")
    return Whom(ErasedKind.ALERT, stream, frozenset({stream}))


def erasure_of(desk: Desk, whom: Whom) -> Id | None:
    """The erasure that was requested of it already."""
    return desk.reservations.load(_name(desk, whom))[0].holder


def erasure_at(desk: Desk, stream: Id) -> Erasure:
    """The erasure of that id. Refused: `erasure_unknown`, whatever else the id may stand for."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, ErasureRequested)):
        raise Refused("erasure_unknown")
    return desk.erasures.fold(past)


def request(desk: Desk, command: Command, whom: Whom, demand: Demand) -> Acted[Erasure, erasure.Event]:
    """Ask for it, in the stream of the command's id, and end what the subject may do. Asked for once it is no news.

    Refused as `domain.erasure.request`.
    """
    ending = _of_person(desk, whom, demand) if whom.kind is ErasedKind.PERSON else _of_organisation(desk, whom, demand)
    named = desk.reservations.intend(_name(desk, whom), reserve, holder=command.id, at=demand.at)
    try:
        return desk.erasures.act(
            command.with_also(named, *ending), command.id, erasure.request,
            ground=demand.ground, kind=whom.kind, subject=whom.subject, identities=whom.identities,
            administrators=demand.administrators, number=demand.number, at=demand.at, by=demand.by,
        )  # fmt: skip
    except Refused as refused:
        if refused.code != "name_taken":
            raise
        return Acted(Erasure(), 0, ())


def destroy_keys(desk: Desk, stream: Id) -> None:
    """Nobody can read the texts from now on; what they were is counted while they are still there."""
    state, at = erasure_at(desk, stream), desk.now()
    if state.step is not ErasureStep.REQUESTED:
        return
    for each in state.identities:
        desk.keys.destroy(each, at)
    keys, until = desk.keys.ids_of(state.identities), desk.log.head()
    found = sealed_under(desk, keys, until)
    desk.erasures.act(
        Command(desk.new_id()), stream, destroyed,
        keys=len(keys), digest=found.digest, until=until, counts=found.counts, at=at,
    )  # fmt: skip


def delete_sections(desk: Desk, stream: Id) -> None:
    """The texts do not exist any more, not even as what nobody can read."""
    state = erasure_at(desk, stream)
    if state.step is ErasureStep.KEYS_DESTROYED:
        desk.log.delete_under(desk.keys.ids_of(state.identities))
        desk.erasures.act(Command(desk.new_id()), stream, complete, at=desk.now())


def erase_again(desk: Desk) -> None:
    """Before anything is read: a key store that was restored from an older copy has keys that were destroyed.

    What somebody was sealing while its key was destroyed is deleted, too; and texts of tickets that are back.
    """
    requests = [each for each in desk.log.erasures() if isinstance(each.event, ErasureRequested)]
    owners = {owner: each.event.at for each in requests for owner in each.event.identities}
    for owner in desk.keys.not_erased(owners):
        desk.keys.destroy(owner, owners[owner])
    if _has_texts(desk, owners):
        for each in requests:
            _delete_left_over(desk, each.stream)
    delete_again(desk, requests)


def _of_person(desk: Desk, whom: Whom, demand: Demand) -> Iterator[Intent]:
    """Every identity takes leave, its addresses are free again, and so are its deputies."""
    at, by = demand.at, demand.by
    people = {each: desk.people.load(each)[0] for each in whom.identities}
    absences = {each for person in people.values() for each in person.absences if each.end > at}
    deputies = {each.deputy for each in absences} - whom.identities
    for each, person in people.items():
        yield desk.people.intend(each, take_leave, at=at, by=by)
        for address in person.addresses:
            yield desk.reservations.intend(address, release, holder=each, at=at)
    for deputy in deputies:
        over = [each.absence for each in absences if each.deputy == deputy]
        released: list[Decision] = [partial(release_deputy, absence=each, at=at, by=by) for each in over]
        yield desk.people.intend(deputy, in_turn, *released)


def _of_organisation(desk: Desk, whom: Whom, demand: Demand) -> Iterator[Intent]:
    if whom.kind is ErasedKind.ORGANISATION:
        yield desk.organisations.intend(whom.subject, remove_webhook, at=demand.at)


def _has_texts(desk: Desk, owners: Collection[Id]) -> bool:
    return next(desk.log.under(desk.keys.ids_of(owners), desk.log.head()), None) is not None


def _delete_left_over(desk: Desk, stream: Id) -> None:
    """One that is not complete goes on by itself, and counts first."""
    state = erasure_at(desk, stream)
    if state.step is ErasureStep.COMPLETED and _has_texts(desk, state.identities):
        desk.log.delete_under(desk.keys.ids_of(state.identities))


def _name(desk: Desk, whom: Whom) -> Id:
    return desk.name("erasure", whom.subject)
