"""Sealed texts as a reader is shown them: what was erased or cannot be read says so and stops nothing else."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from api.types import Out
from domain.event import Content, Id, Sealed
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


def name_of(desk: Desk, person: Id) -> str:
    """What a person is called; the id of one whose name is erased, unreadable or not there."""
    named = [each.event.name for each in desk.log.read(person) if isinstance(each.event, Registered | Renamed)]
    known = text_out(desk, named[-1]).parts if named else {}
    return known.get("name", person)
