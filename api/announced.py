"""Incidents and planned works as anybody is shown them: words in two languages, and no names of people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Path, Query
from pydantic import Field

from api.texts import text_out
from api.types import InstantOut, Out
from domain.announcement import LANGUAGES
from domain.code import LENGTH, code_of
from domain.component import ComponentStatus
from domain.event import Id, Sealed, Source
from domain.incident import IncidentOpened, IncidentReworded, IncidentStatus, IncidentUpdated
from domain.maintenance import WorksAnnounced, WorksReworded, WorksStatus, WorksUpdated
from projections.incidents import Incident, Update
from store.desk import Desk
from store.log import Recorded

Code: TypeAlias = Annotated[str, Path(pattern=f"^[0-9a-z]{{{LENGTH}}}$", examples=["5jfkz8q1mlql"])]
Few: TypeAlias = Annotated[int, Query(ge=1, le=50, description="How many at the most")]


class WordsOut(Out):
    """Words in each language that they were said in."""

    state: Literal["readable", "erased", "unreadable"]
    ru: str | None
    en: str | None


class LanguagesOut(Out):
    """Whether every word of it is there."""

    ru: bool
    en: bool


class AffectedOut(Out):
    """What an update changes in what an incident says of a component."""

    component: str
    old: ComponentStatus
    new: ComponentStatus


class ImportedOut(Out):
    """Where it was announced at first."""

    source: str
    external: str = Field(description="Its id there")
    url: str


class UpdateOut(Out):
    """What everybody was told."""

    id: str
    status: IncidentStatus | WorksStatus
    at: InstantOut
    created_at: InstantOut = Field(description="When it was stored")
    text: WordsOut | None = Field(description="None: time alone began or ended the works")
    affected: list[AffectedOut]
    is_backdated: bool = Field(description="Stored more than a minute after `at`")
    reworded_at: InstantOut | None


class AnnouncementOut(Out):
    """What incidents and planned works have in common."""

    id: str
    title: WordsOut
    created_at: InstantOut = Field(description="When it was stored")
    updated_at: InstantOut
    components: list[str]
    source: Source
    imported: ImportedOut | None
    is_backdated: bool = Field(description="Stored more than a minute after it began")
    languages: LanguagesOut
    updates: list[UpdateOut] = Field(description="The newest first")


def words_out(desk: Desk, text: Sealed) -> WordsOut:
    """What an announcement says."""
    said = text_out(desk, text)
    return WordsOut(state=said.state, **{language: said.parts.get(language) for language in LANGUAGES})


def languages(said: Iterable[WordsOut]) -> LanguagesOut:
    """The languages in which all of it is said."""
    found = list(said)
    return LanguagesOut(ru=all(each.ru for each in found), en=all(each.en for each in found))


def texts(past: Sequence[Recorded[Any]]) -> Mapping[Id | None, Sealed]:
    """The words in force: the title's under None, those of updates under their ids."""
    found: dict[Id | None, Sealed] = {}
    for each in past:
        match each.event:
            case IncidentOpened() | WorksAnnounced():
                found[None] = each.event.title
            case IncidentUpdated(text=text, update=update) | WorksUpdated(text=text, update=update) if text:
                found[update] = text
            case IncidentReworded() | WorksReworded():
                found[each.event.update] = each.event.text
            case _:
                pass
    return found


def announcement(desk: Desk, found: Incident) -> dict[str, Any]:
    """The fields that incidents and works have in common, with their texts."""
    title = words_out(desk, found.title)
    updates = [update_out(desk, each) for each in found.updates]
    said = [title, *(each.text for each in updates if each.text is not None)]
    return {
        "id": found.code,
        "status": found.status,
        "title": title,
        "created_at": found.created,
        "updated_at": found.updated_at,
        "components": list(found.components),
        "source": found.source,
        "imported": imported(found),
        "is_backdated": found.is_backdated,
        "languages": languages(said),
        "updates": updates,
    }


def imported(found: Incident) -> ImportedOut | None:
    """Where it came from, if it came from elsewhere."""
    if found.external_source is None:
        return None
    return ImportedOut(source=found.external_source, external=found.external, url=found.url)


def update_out(desk: Desk, update: Update) -> UpdateOut:
    """An update with its text."""
    return UpdateOut(
        id=code_of("update", update.id),
        status=update.status,
        at=update.at,
        created_at=update.rec,
        text=None if update.text is None else words_out(desk, update.text),
        affected=[AffectedOut.model_validate(each) for each in update.affected],
        is_backdated=update.is_backdated,
        reworded_at=update.reworded_at,
    )
