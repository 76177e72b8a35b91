"""An announcement in the words of one language, for those who read it in a mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.code import code_of
from domain.event import Address
from domain.instant import Instant
from domain.maintenance import WorksRescheduled
from projections import incidents
from projections.announced import Kind
from projections.incidents import Incident, Update
from projections.words import word
from status_page import words
from status_page.edition import Edition
from status_page.files.told import BY_TIME, TAKEN_BACK, name_of
from status_page.words import Language, Said, said
from store.log import Recorded

MOVED: Final = {"en": "Moved to another time", "ru": "Перенесено"}
WORKS: Final = {"en": "Planned works", "ru": "Плановые работы"}


class Change(NamedTuple):
    """What an incident says of a component, from now on."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """What a mail says of an announcement, whoever gets it."""

    language: Language
    site: str
    subject: str
    """The same for all that is told of an incident, so that mails of it stay together."""
    headline: str
    title: Said
    body: Said
    at: str
    window: str
    """When works are to be done; of an incident empty."""
    changes: Sequence[Change]
    components: str
    url: str
    thread: str
    """The same likewise: the code of the incident."""


def told_of(edition: Edition, recorded: Recorded[object], language: Language) -> Told:
    """What an event of an incident, or of works, says."""
    code = code_of("incident", recorded.stream)
    incident = incidents.one(edition.connection, code, position=edition.position)
    assert incident is not None  # noqa: S101 -- the view has got to its announcement
    update = _update(incident, recorded)
    site, title = words.site_name(edition.configured.state.page, language), _said(edition, incident.title, language)
    kind = f"{WORKS[language]}: " if incident.kind is Kind.WORKS else ""
    return Told(
        language=language,
        site=site,
        subject=f"[{site}] {kind}{title.text}",
        headline=_sentence(word(update.status, language)) if update else MOVED[language],
        title=title,
        body=_said(edition, update.text, language) if update else Said("", language),
        at=_when(edition, update.at if update else edition.at, language),
        window=_window(edition, incident, language),
        changes=_changes(edition, update, language),
        components=", ".join(name_of(edition, key, language) for key in incident.components),
        url=f"{edition.address}/{language}/incidents/{code}",
        thread=code,
    )


def _update(incident: Incident, recorded: Recorded[object]) -> Update | None:
    """The update that was told; None: works were put off."""
    if isinstance(recorded.event, WorksRescheduled):
        return None
    told = getattr(recorded.event, "update", None)
    return next(each for each in incident.updates if each.id == told)


def _said(edition: Edition, text: Address | None, language: Language) -> Said:
    """In the language of the reader if there is one, as on the page; without a text time alone brought it."""
    if text is None:
        return Said(BY_TIME[language], language)
    found = said(edition.texts(text), language)
    return found if found.text else Said(TAKEN_BACK[language], language)


def _changes(edition: Edition, update: Update | None, language: Language) -> list[Change]:
    return [
        Change(name_of(edition, each.component, language), word(each.old, language), word(each.new, language))
        for each in (update.affected if update else ())
    ]


def _window(edition: Edition, incident: Incident, language: Language) -> str:
    start, end = incident.scheduled_for, incident.scheduled_until
    if start is None or end is None:
        return ""
    return f"{words.instant(start, language, edition.zone)} – {_when(edition, end, language)}"


def _when(edition: Edition, at: Instant, language: Language) -> str:
    return f"{words.instant(at, language, edition.zone)} ({edition.zone})"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
