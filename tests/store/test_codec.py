"""Which field is stored where, and what comes back."""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

import pytest

from domain.event import PUBLIC, Address, Content, Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from store.codec import Codec, UnknownEvent
from store.upcasts import shape_after, upcast
from tests.store.notebook import ANN

STREAM = "1" * 32


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Page:
    number: int
    title: str = "untitled"


@event("sheet.drawn", en="{by} drew", ru="{by}: рисунок")
class Drawn:
    at: Public[Instant]
    colour: Public[Colour]
    sizes: Public[tuple[int, ...]]
    left: Public[str | None]
    by: Id
    pages: tuple[Page, ...]
    note: str | None
    caption: Sealed | None


DRAWN = Drawn(at=1, colour=Colour.RED, sizes=(1, 2), left=None, by=ANN, pages=(Page(1),), note=None, caption=None)
CODEC = Codec([Drawn])

INSTANT: Any = Public[Instant]
STRING: Any = Public[str]
WORDS: Any = Annotated[Sealed, PUBLIC]


def joined(values: dict[str, Any], *, name: str = "sheet.drawn") -> Any:
    return CODEC.join(name, 1, values, STREAM, 7)


def test_an_event_is_taken_apart_by_place_of_storage() -> None:
    shape, parts = CODEC.split(DRAWN)
    assert (shape.name, shape.version) == ("sheet.drawn", 1)
    assert parts.public == {"at": 1, "colour": "red", "sizes": (1, 2)}
    assert parts.facts == {"by": ANN, "pages": ({"number": 1, "title": "untitled"},)}
    assert parts.contents == {}


def test_an_event_comes_back_as_it_was_with_what_was_left_out() -> None:
    _, parts = CODEC.split(DRAWN)
    assert joined({**parts.facts, **parts.public, "cmd": "whatever else stands there"}) == DRAWN


def test_content_stays_apart_and_comes_back_as_its_address() -> None:
    content = Content(ANN, MappingProxyType({"body": "words"}))
    _, parts = CODEC.split(Drawn(**{**vars(DRAWN), "caption": content}))
    assert parts.contents == {"caption": content}
    assert parts.facts["caption"] == ANN
    assert joined({**parts.facts, **parts.public}).caption == Address(ANN, STREAM, 7, "caption")


def test_a_field_that_came_later_has_its_default_in_older_events() -> None:
    _, parts = CODEC.split(DRAWN)
    assert joined({**parts.facts, **parts.public, "pages": [{"number": 3}]}).pages == (Page(3),)


def test_an_event_of_a_newer_version_of_the_code_is_told() -> None:
    with pytest.raises(UnknownEvent, match="run the newer version"):
        joined({"at": 1}, name="sheet.folded")


def test_a_newer_shape_of_a_known_event_is_told_too() -> None:
    _, parts = CODEC.split(DRAWN)
    with pytest.raises(UnknownEvent, match="run the newer version"):
        CODEC.join("sheet.drawn", 99, {**parts.facts, **parts.public}, STREAM, 1)
    assert CODEC.knows("sheet.drawn", 1)
    assert not CODEC.knows("sheet.drawn", 99)
    assert not CODEC.knows("sheet.folded", 1)


def test_values_of_another_type_are_refused() -> None:
    _, parts = CODEC.split(DRAWN)
    with pytest.raises(ValueError, match="Expected `int`"):
        joined({**parts.facts, **parts.public, "at": "yesterday"})


def test_an_event_that_lacks_what_it_must_have_is_refused() -> None:
    with pytest.raises(TypeError, match="stored without"):
        joined({"at": 1})


def test_upcasts_follow_each_other_until_the_shape_is_the_current_one() -> None:
    steps = {
        ("sheet.made", 1): ("sheet.made", 2, lambda old: {**old, "colour": "red"}),
        ("sheet.made", 2): ("sheet.drawn", 1, lambda old: {"at": old["when"], "colour": old["colour"]}),
    }
    assert upcast("sheet.made", 1, {"when": 5}, steps) == ("sheet.drawn", 1, {"at": 5, "colour": "red"})
    assert upcast("sheet.made", 2, {"when": 5, "colour": "blue"}, steps)[2]["colour"] == "blue"
    assert upcast("sheet.drawn", 1, {"at": 5}, steps) == ("sheet.drawn", 1, {"at": 5})
    assert [shape_after(*each, steps) for each in [*steps, ("sheet.drawn", 1)]] == [("sheet.drawn", 1)] * 3


def test_an_event_that_could_not_be_stored_as_it_is_written_is_a_mistake() -> None:
    assert mistake({"at": INSTANT, "rec": int}) == "['rec'] are names of the envelope"
    assert mistake({"at": INSTANT, "facts": Sealed}) == "['facts'] are names of the envelope"
    assert mistake({"at": Instant}).startswith("an event says when it happened")
    assert mistake({}).startswith("an event says when it happened")
    assert mistake({"at": INSTANT, "text": WORDS}) == "text is somebody's words: they are never public"
    assert mistake({"at": INSTANT, "line": STRING | None}).startswith("line would not be public")
    assert mistake({"at": INSTANT, "line": str | None}, line="first").endswith("cannot have another default")
    made_anew: list[str] = field(default_factory=list)
    assert mistake({"at": INSTANT, "lines": list[str]}, lines=made_anew).startswith("lines has a default")


def mistake(annotations: dict[str, Any], **defaults: Any) -> str:
    shape = event("sheet.folded", en="folded", ru="сложен", visibility=Visibility.CLEAR)
    with pytest.raises(TypeError) as fault:
        Codec([shape(type("Folded", (), {"__annotations__": annotations, "__module__": __name__, **defaults}))])
    return str(fault.value).removeprefix("Folded: ")


def test_types_are_learnt_before_threads_need_them() -> None:
    """The library crashes the process if two threads make it learn the same one at once."""

    @dataclass(frozen=True)
    class Leaf:
        number: int

    @event("tree.planted", en="A tree", ru="Дерево")
    class Planted:
        at: Public[Instant]
        leaves: tuple[Leaf, ...]

    Planted.__annotations__["leaves"] = tuple[Leaf, ...]
    Codec([Planted])
    assert "__msgspec_cache__" in vars(Leaf)
