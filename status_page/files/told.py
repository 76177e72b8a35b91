"""What is told in every file alike: announcements as plain text in one language, and ids that last for ever."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from domain.component import ComponentStatus, State
from domain.configuration.component import ComponentDefined
from domain.desk import DeskFounded
from domain.instant import Instant
from projections.incidents import Incident, Update
from status_page.edition import Edition
from status_page.pages.front import overall_of
from status_page.words import Language, said

TAKEN_BACK: Final[Mapping[Language, str]] = {"en": "This text was taken back.", "ru": "Этот текст отозван."}
BY_TIME: Final[Mapping[Language, str]] = {"en": "At its time, as announced.", "ru": "В объявленное время."}
"""What an update says that time alone brought."""


def title_of(edition: Edition, incident: Incident, language: Language) -> str:
    return said(edition.texts(incident.title), language).text or TAKEN_BACK[language]


def body_of(edition: Edition, update: Update, language: Language) -> str:
    if update.text is None:
        return BY_TIME[language]
    return said(edition.texts(update.text), language).text or TAKEN_BACK[language]


def name_of(edition: Edition, component: str, language: Language) -> str:
    """What a component is called now; its key if it is not on the page any more."""
    defined = edition.configured.state.of(ComponentDefined).get(component)
    return getattr(defined.label, language) if defined else component


def changed_at(incident: Incident) -> Instant:
    """When anything of it was told or reworded last; what was told late of the past is news when it was stored."""
    return max(incident.updated_at, *(each.rec for each in incident.updates if each.is_backdated), 0)


def founding(edition: Edition) -> DeskFounded:
    """The first entry of the log: the desk's id, and when it was founded."""
    first: DeskFounded = edition.desk.log.read(edition.desk.stream)[0].event
    return first


def lasting_id(desk: str, name: str) -> UUID:
    """The id of a thing that a desk publishes (RFC 9562, version 5): the same for ever, wherever it is published."""
    return uuid5(UUID(desk), name)


def address_of(edition: Edition, path: str, language: Language) -> str:
    """Where a file stands in a language: English ones have none in their address."""
    return edition.address + path if language == "en" else f"{edition.address}/{language}{path}"


def state_of(edition: Edition) -> State:
    """How the whole page is shown; an incident that is open while all components work is not told as nothing."""
    overall = overall_of(edition)
    is_hidden = overall.is_open and overall.state in (ComponentStatus.OPERATIONAL, None)
    return ComponentStatus.DEGRADED if is_hidden else overall.state
