from functools import reduce

from hypothesis import given

from domain.canonical import canonical, parse
from domain.configuration import Configuration, Event, Wanted, evolve
from domain.policy import Action, Clock, Step
from domain.shapes import event_classes
from store.codec import Codec
from store.envelope import SIZE_LIMIT
from tests.domain.configuration.wishes import after, changes, level, wishes

CODEC = Codec(event_classes())


def stored_and_read(event: Event) -> Event:
    """Through the bytes of the log and back."""
    shape, parts = CODEC.split(event)
    raw = canonical({**parts.public, **parts.facts})
    assert len(raw) < SIZE_LIMIT * 2 // 3
    read: Event = CODEC.join(shape.name, shape.version, parse(raw), "0" * 32, 1)
    return read


def test_whom_a_level_names_is_not_told_in_public() -> None:
    step = Step(Clock.REACTION, 500, Action.NOTIFY, "desk")
    _, parts = CODEC.split(level(ladder=(step,)))
    assert {"label", "ladder"} == parts.facts.keys()


@given(wishes(), wishes())
def test_the_book_of_a_replayed_log_is_the_live_one(one: Wanted, other: Wanted) -> None:
    events = [*changes(after(), one), *changes(after(one), other)]
    replayed = reduce(evolve, map(stored_and_read, events), Configuration())
    assert replayed == after(one, other)
    assert replayed.book() == after(one, other).book()
