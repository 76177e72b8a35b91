"""Acts of erasures, to be printed and signed: in Russian as order 179 demands, and in plain English.

Order 179 of Roskomnadzor (28.10.2022), for automated processing: an act, and an extract of the system's journal of
events. Whoever was erased has no name here any more: that is written in by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.configuration.page import PLAIN, PageDescribed
from domain.erasure import ErasedKind, ErasureKeysDestroyed, ErasureRequested, ErasureTextsChosen, Event
from domain.event import Id
from projections.words import Telling, instant, sentence, word
from service.evidence import log_of
from store.desk import Desk
from store.log import Recorded

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
LANGUAGES: Final = ("ru", "en")

CATEGORIES: Final[Mapping[tuple[str, ...], tuple[str, str]]] = {
    ("person.registered", "person.renamed"): ("фамилия, имя, отчество", "name"),
    ("person.address_attached",): ("адреса и номера для связи", "addresses and numbers"),
    ("ticket.opened",): ("тексты обращений субъекта", "texts of the subject's tickets"),
    ("ticket.client_wrote",): ("сообщения субъекта", "messages of the subject"),
    ("ticket.answered", "ticket.auto_replied", "ticket.resolved", "ticket.refused", "ticket.next_act_stated"): (
        "тексты, написанные субъекту",
        "texts written to the subject",
    ),
    ("ticket.noted",): ("служебные заметки о субъекте", "internal notes about the subject"),
    ("ticket.rated",): ("комментарии к оценкам", "comments on ratings"),
    ("component.status_set",): ("пояснения к состоянию компонентов", "remarks on the state of components"),
    ("organisation.registered", "organisation.renamed"): ("наименование организации", "name of the organisation"),
    ("organisation.webhook_set",): ("адрес уведомлений организации", "address of the organisation's notices"),
    ("incident.opened", "incident.updated", "incident.reworded"): ("тексты объявления", "texts of the announcement"),
    ("maintenance.announced", "maintenance.updated", "maintenance.reworded"): (
        "тексты объявления о работах",
        "texts of the announcement of works",
    ),
    ("alert.fired",): ("тексты предупреждений мониторинга", "texts of alerts"),
    ("alert.dismissed",): ("пояснения к отклонённым предупреждениям", "remarks on dismissed alerts"),
    ("subscription.requested",): ("адрес подписчика", "address of the subscriber"),
}
"""What the sealed text of an event is, in Russian and English."""
OF_TICKETS: Final = {"ru": "тексты закрытых заявок", "en": "texts of closed tickets"}
"""Whoever wrote them."""


@dataclass(frozen=True)
class Entry:
    """A line of the extract."""

    number: int
    """The entry's index in the log, from 0 on."""
    at: str
    name: str
    sentence: str


@dataclass(frozen=True)
class Proved:
    """That the last event stands in the log: it as it was logged, and the proof (C2SP tlog-proof)."""

    entry: bytes
    proof: bytes


def written(
    desk: Desk, past: Sequence[Recorded[Event]], numbers: Sequence[int], proved: Proved | None
) -> Iterator[tuple[str, bytes]]:
    """The files of an act by name; `numbers` are the indexes of the events in the log."""
    stem = f"erasure-{past[0].stream}"
    for language in LANGUAGES:
        yield f"{stem}.{language}.html", _page(desk, past, numbers, language, stem if proved else None).encode()
    if proved:
        yield f"{stem}.entry", proved.entry
        yield f"{stem}.tlog-proof", proved.proof


def categories(counts: Mapping[str, int], language: str) -> list[tuple[str, int]]:
    """What was erased, and how many texts of it."""
    found = [
        (words[LANGUAGES.index(language)], sum(counts.get(name, 0) for name in names))
        for names, words in CATEGORIES.items()
    ]
    return [(words, count) for words, count in found if count]


def _page(desk: Desk, past: Sequence[Recorded[Event]], numbers: Sequence[int], language: str, files: str | None) -> str:
    state, founded = desk.erasures.fold(past), log_of(desk)
    zone = desk.founding.load(desk.stream)[0].zone
    asked, counted = past[0].event, past[1].event
    assert isinstance(asked, ErasureRequested)  # noqa: S101 -- an erasure that is complete was requested,
    assert isinstance(counted, ErasureKeysDestroyed | ErasureTextsChosen)  # noqa: S101 -- and what it takes counted
    is_of_tickets = asked.kind is ErasedKind.TICKETS
    return TEMPLATES.get_template(f"act.{language}.html.j2").render(
        id=past[0].stream,
        operator=_operator(desk, language),
        origin=founded.origin,
        log_key=founded.log_key,
        subject=asked.subject,
        identities=asked.identities,
        number=asked.number,
        kind=word(asked.kind, language),
        is_person=asked.kind is ErasedKind.PERSON,
        is_of_tickets=is_of_tickets,
        references=sorted(desk.tickets.load(each)[0].reference for each in asked.tickets),
        ground=word(asked.ground, language),
        categories=[(OF_TICKETS[language], state.sections)] if is_of_tickets else categories(counted.counts, language),
        state=state,
        counted_at=instant(counted.at, language, zone),
        completed_at=instant(past[-1].event.at, language, zone),
        journal=[_entry(each, number, language, zone) for each, number in zip(past, numbers, strict=True)],
        files=files,
    )


def _entry(each: Recorded[Event], number: int, language: str, zone: str) -> Entry:
    telling = Telling(language, zone, _unnamed)
    told = sentence(type(each.event), vars(each.event), telling)
    return Entry(number, instant(each.envelope.rec, language, zone), each.envelope.name, told)


def _unnamed(person: Id) -> str:
    return person


def _operator(desk: Desk, language: str) -> str:
    """What the public page is called; empty if nobody said so."""
    described = desk.configured.state().of(PageDescribed).get(PageDescribed.key, PLAIN)
    return (described.name.ru if language == "ru" else described.name.en) if described.name else ""
