"""A lawful erasure: asked for, the keys destroyed, the sealed texts deleted, and what can be told of it for ever.

Each erasure is a stream of its own. That there was one, when, on what ground and how much it took is for anybody to
see; whose it was stands under the desk's key. No event says why in words: they would have to be erased in turn.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused

NUMBER: Final = re.compile(r"[\w№/.-]{1,64}")
"""A number in a registry has no spaces: that is no place for a name."""


class Ground(StrEnum):
    """Why the law demands or allows it (152-FZ, article 21; GDPR, article 17)."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    PURPOSE_REACHED = "purpose_reached"
    UNLAWFUL = "unlawful"
    """It should never have been kept, or never been published."""
    REQUEST_OF_SUBJECT = "request_of_subject"
    RETENTION = "retention"
    """It was kept for as long as it was to be kept."""


class ErasedKind(StrEnum):
    """What the erased texts are about."""

    PERSON = "person"
    ORGANISATION = "organisation"
    ANNOUNCEMENT = "announcement"
    """An incident, or planned works: what was published by mistake."""
    ALERT = "alert"
    """What the monitoring wrote about people."""
    TICKETS = "tickets"
    """Texts of tickets that were over long enough ago: the desk's own policy."""


class ErasureStep(StrEnum):
    """How far an erasure is."""

    NONE = "none"
    REQUESTED = "requested"
    KEYS_DESTROYED = "keys_destroyed"
    TEXTS_CHOSEN = "texts_chosen"
    COMPLETED = "completed"


@event(
    "erasure.requested",
    visibility=Visibility.CLEAR,
    en="An erasure was requested ({kind}): {ground}",
    ru="Запрошено удаление данных ({kind}): {ground}",
)
class ErasureRequested:
    """From now on nothing can stop it: whoever works next goes on with it."""

    at: Public[Instant]
    ground: Public[Ground]
    kind: Public[ErasedKind]
    subject: Id
    """The person, organisation, incident, works or alert; empty where it is about tickets."""
    identities: tuple[Id, ...]
    """The owners of the keys: a person with all duplicates; nobody where it is about tickets."""
    number: str = ""
    """Of the request in a registry outside."""
    by: Id | None = None
    tickets: tuple[Id, ...] = ()
    """Those whose texts expired with it, in the same commit."""


@event(
    "erasure.keys_destroyed",
    visibility=Visibility.CLEAR,
    en="The keys were destroyed: {keys}; texts that nobody can read any more: {sections}",
    ru="Ключи уничтожены: {keys}; текстов, которые больше никто не прочтёт: {sections}",
)
class ErasureKeysDestroyed:
    """What is erased, counted before it is deleted."""

    at: Public[Instant]
    keys: Public[int]
    sections: Public[int]
    digest: Public[str]
    """SHA-256, in hexadecimal digits, of the `_sd` digests of these sections, ascending, each with a line feed."""
    until: int
    """The position in the log up to which they were counted."""
    counts: Mapping[str, int]
    """How many, by the name of their event."""


@event(
    "erasure.texts_chosen",
    visibility=Visibility.CLEAR,
    en="Chosen to be deleted: {sections} texts of {tickets} tickets; no key is destroyed",
    ru="Выбраны для удаления тексты: {sections}, заявок: {tickets}; ключи не уничтожаются",
)
class ErasureTextsChosen:
    """What is deleted of tickets, counted while it is still there: the keys are those of people who have other words.

    What was erased with its author before is not among it.
    """

    at: Public[Instant]
    tickets: Public[int]
    sections: Public[int]
    digest: Public[str]
    """As of `ErasureKeysDestroyed`."""
    until: int
    """The position in the log up to which they were counted."""
    counts: Mapping[str, int]
    """How many, by the name of their event."""


@event(
    "erasure.completed",
    visibility=Visibility.CLEAR,
    en="The erasure is complete: {sections} sealed texts were deleted",
    ru="Удаление завершено: удалено зашифрованных текстов: {sections}",
)
class ErasureCompleted:
    """The sealed texts do not exist any more, either."""

    at: Public[Instant]
    keys: Public[int]
    sections: Public[int]
    digest: Public[str]


Event: TypeAlias = ErasureRequested | ErasureKeysDestroyed | ErasureTextsChosen | ErasureCompleted


@dataclass(frozen=True)
class Erasure:
    """The state of an erasure; as constructed, of one that was never asked for."""

    step: ErasureStep = ErasureStep.NONE
    ground: Ground = Ground.REQUEST_OF_SUBJECT
    kind: ErasedKind = ErasedKind.PERSON
    subject: Id = ""
    identities: tuple[Id, ...] = ()
    tickets: tuple[Id, ...] = ()
    requested_at: Instant = 0
    keys: int = 0
    sections: int = 0
    digest: str = ""
    until: int = 0
    completed_at: Instant | None = None


def evolve(erasure: Erasure, event: Event) -> Erasure:
    """The erasure after an event."""
    match event:
        case ErasureRequested():
            whose = event.ground, event.kind, event.subject, event.identities, event.tickets, event.at
            return Erasure(ErasureStep.REQUESTED, *whose)
        case ErasureKeysDestroyed():
            return replace(_counted(erasure, event), step=ErasureStep.KEYS_DESTROYED, keys=event.keys)
        case ErasureTextsChosen():
            return replace(_counted(erasure, event), step=ErasureStep.TEXTS_CHOSEN)
        case ErasureCompleted():
            return replace(erasure, step=ErasureStep.COMPLETED, completed_at=event.at)
        case _:
            assert_never(event)


def _counted(erasure: Erasure, event: ErasureKeysDestroyed | ErasureTextsChosen) -> Erasure:
    return replace(erasure, sections=event.sections, digest=event.digest, until=event.until)


def request(
    erasure: Erasure,
    *,
    ground: Ground,
    kind: ErasedKind,
    subject: Id,
    identities: Collection[Id],
    administrators: Collection[Id],
    number: str = "",
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """Ask for it; `administrators` are all that there are.

    Refused: `last_administrator`, for somebody has to be able to act; `number_invalid`.
    """
    if erasure.step is not ErasureStep.NONE:
        return []
    if administrators and set(administrators) <= set(identities):
        raise Refused("last_administrator")
    if number and not NUMBER.fullmatch(number):
        raise Refused("number_invalid")
    whose = tuple(sorted(identities))
    return [ErasureRequested(at=at, ground=ground, kind=kind, subject=subject, identities=whose, number=number, by=by)]


def request_of_tickets(erasure: Erasure, *, tickets: Collection[Id], at: Instant) -> list[Event]:
    """Ask for the texts of tickets that were over long enough ago."""
    if erasure.step is not ErasureStep.NONE:
        return []
    kind, which = ErasedKind.TICKETS, tuple(sorted(tickets))
    return [ErasureRequested(at=at, ground=Ground.RETENTION, kind=kind, subject="", identities=(), tickets=which)]


def destroyed(
    erasure: Erasure, *, keys: int, digest: str, until: int, counts: Mapping[str, int], at: Instant
) -> list[Event]:
    """The keys do not exist any more; `counts` are the texts under them by event, up to the position `until`."""
    if erasure.step is not ErasureStep.REQUESTED:
        return []
    sections = sum(counts.values())
    return [ErasureKeysDestroyed(at=at, keys=keys, sections=sections, digest=digest, until=until, counts=counts)]


def chosen(erasure: Erasure, *, digest: str, until: int, counts: Mapping[str, int], at: Instant) -> list[Event]:
    """These are the texts of the tickets; `counts` are they by event, up to the position `until`."""
    if erasure.step is not ErasureStep.REQUESTED:
        return []
    tickets, sections = len(erasure.tickets), sum(counts.values())
    return [ErasureTextsChosen(at=at, tickets=tickets, sections=sections, digest=digest, until=until, counts=counts)]


def complete(erasure: Erasure, *, at: Instant) -> list[Event]:
    """The texts do not exist any more."""
    if erasure.step not in (ErasureStep.KEYS_DESTROYED, ErasureStep.TEXTS_CHOSEN):
        return []
    return [ErasureCompleted(at=at, keys=erasure.keys, sections=erasure.sections, digest=erasure.digest)]
