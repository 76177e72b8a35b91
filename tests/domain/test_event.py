from dataclasses import FrozenInstanceError, fields

import pytest

from domain.event import Public, Visibility, event, shape_of
from domain.instant import Instant


@event("door.opened", en="{by} opened the door", ru="{by}: дверь открыта")
class Opened:
    at: Public[Instant]
    by: str = "somebody"


@event("door.built", visibility=Visibility.CLEAR, version=2, en="A door", ru="Дверь")
class Built:
    at: Public[Instant]


def test_an_event_is_a_value() -> None:
    assert Opened(at=1) == Opened(at=1, by="somebody") != Opened(at=2)
    assert [field.name for field in fields(Opened)] == ["at", "by"]
    with pytest.raises(FrozenInstanceError):
        Opened(at=1).at = 2  # type: ignore[misc]


def test_an_event_is_written_with_the_names_of_its_fields() -> None:
    with pytest.raises(TypeError, match="positional"):
        Opened(1)  # type: ignore[call-arg]


def test_an_event_knows_how_it_is_stored_and_told() -> None:
    shape = shape_of(Opened)
    assert (shape.name, shape.version, shape.visibility) == ("door.opened", 1, Visibility.STREAM)
    assert shape.words["en"].format(by="Ann") == "Ann opened the door"
    assert shape.words["ru"].format(by="Ann") == "Ann: дверь открыта"
    assert shape_of(Built).version == 2


def test_a_class_that_is_no_event_is_a_mistake() -> None:
    with pytest.raises(AttributeError):
        shape_of(int)


@pytest.mark.parametrize(
    ("visibility", "if_published", "if_not"),
    [(Visibility.CLEAR, True, True), (Visibility.STREAM, True, False), (Visibility.OPAQUE, False, False)],
)
def test_who_can_read_an_envelope(visibility: Visibility, if_published: bool, if_not: bool) -> None:
    shape = shape_of(event("door.shut", visibility=visibility, en="", ru="")(type("Shut", (), {})))
    assert (shape.is_clear(published=True), shape.is_clear(published=False)) == (if_published, if_not)
