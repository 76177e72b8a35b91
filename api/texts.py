"""Sealed texts as a reader is shown them: what was erased or cannot be read says so and stops nothing else."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Literal

from pydantic import Field

from api.types import Out
from domain.event import Address, Content, Id, Sealed
from domain.person.identity import Registered, Renamed
from store.desk import Desk
from store.sealing import Erased, Unreadable, Unsealed


class TextOut(Out):
    """Words that somebody wrote."""

    state: Literal["readable", "erased", "unreadable"]
    parts: dict[str, str] = Field(description="The words, by name; empty unless readable", examples=[{"body": "Hello"}])


def text_out(desk: Desk, text: Sealed) -> TextOut:
    """What a content field says."""
    return TextOut(**told(text.text if isinstance(text, Content) else desk.log.text(text)))


def told(said: Unsealed) -> Mapping[str, Any]:
    """A `TextOut`, as plain values."""
    match said:
        case Erased():
            return {"state": "erased", "parts": {}}
        case Unreadable():
            return {"state": "unreadable", "parts": {}}
        case _:
            return {"state": "readable", "parts": said}


def names_of(desk: Desk, people: AbstractSet[Id]) -> Mapping[Id, str]:
    """What people are called, however many in two statements; without one whose name is erased or not there."""
    past = desk.log.tails(dict.fromkeys(people, 0)) if people else {}
    named = {
        person: each.event.name
        for person, recorded in past.items()
        for each in recorded
        if isinstance(each.event, Registered | Renamed) and isinstance(each.event.name, Address)
    }
    said = zip(named, desk.log.texts([*named.values()]), strict=True)
    return {person: words["name"] for person, text in said if "name" in (words := told(text)["parts"])}
