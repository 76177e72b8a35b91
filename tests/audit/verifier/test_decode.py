"""Events come back from their public values; whatever else they have is empty."""

import json
from dataclasses import fields
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import pytest

from audit.verifier.decode import NOWHERE, UNREADABLE, Decoder
from domain.event import PUBLIC, event, shape_of
from domain.shapes import event_classes
from domain.ticket.opening import TicketOpened
from tests.golden import FOLDER, file_of

DECODER: Final = Decoder(event_classes())
CLEAR: Final = [each for each in event_classes() if "at" in json.loads(file_of(each).read_text())["envelope"]]


def public_of(event_class: type) -> list[str]:
    hints = get_type_hints(event_class, include_extras=True)
    names = [each.name for each in fields(event_class)]
    return [name for name in names if get_origin(hints[name]) is Annotated and PUBLIC in get_args(hints[name])]


@pytest.mark.parametrize("event_class", CLEAR, ids=lambda each: shape_of(each).name)
def test_what_was_ever_stored_in_clear_is_decoded(event_class: type) -> None:
    from store.codec import Codec  # noqa: PLC0415 -- what the desk itself reads from the same values

    stored = json.loads(file_of(event_class).read_text())
    values, facts = stored["envelope"], stored["facts"]
    known: Any = Codec(event_classes()).join(values["ty"], values["v"], values | facts, "0" * 32, 1)
    told = DECODER.event(values["ty"], values)
    assert {name: getattr(told, name) for name in public_of(event_class)} == {
        name: getattr(known, name) for name in public_of(event_class)
    }


def test_there_are_events_in_clear() -> None:
    assert {"ticket.opened", "month.fixed", "level.published"} <= {shape_of(each).name for each in CLEAR}
    assert len(CLEAR) < len([*FOLDER.glob("*.json")])


def test_what_is_not_public_is_empty() -> None:
    opened = DECODER.event(
        "ticket.opened", {"at": 1, "kind": "incident", "priority": "low", "level": "gold", "policy": 1}
    )
    assert isinstance(opened, TicketOpened)
    assert (opened.reference, opened.text, opened.category) == ("", NOWHERE, None)


def test_an_event_that_lacks_a_value_is_none() -> None:
    with pytest.raises(KeyError):
        DECODER.event("ticket.opened", {"at": 1})
    with pytest.raises(KeyError):
        DECODER.event("ticket.blessed", {"at": 1})


@pytest.mark.parametrize("junk", [None, 7, [], {}, "nothing", [[1]], {"a": 1}])
def test_values_that_make_no_sense_are_unreadable_at_most(junk: Any) -> None:
    for event_class in event_classes():
        values = dict.fromkeys(public_of(event_class), junk)
        try:
            DECODER.event(shape_of(event_class).name, values)
        except UNREADABLE:
            continue


def test_a_class_that_grew_is_read_from_older_values() -> None:
    @event("thing.grown", ru="", en="")
    class Grown:
        at: Annotated[int, PUBLIC]
        more: Annotated[int, PUBLIC] = 3
        perhaps: Annotated[int | None, PUBLIC] = None

    assert Decoder((Grown,)).event("thing.grown", {"at": 1}) == Grown(at=1)
    assert Decoder((Grown,)).event("thing.grown", {"at": 1, "more": 2, "perhaps": 5}) == Grown(at=1, more=2, perhaps=5)
