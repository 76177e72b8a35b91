from typing import Any, get_type_hints

from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.event import Content, shape_of
from domain.instant import DAY, MINUTE
from domain.policy import Clock
from domain.ticket import EVOLVE, Event, Stage, Ticket, evolve, folded
from tests.cast import ANN, AROUND_THE_CLOCK, AT, LEVEL, OPENED
from tests.life import Life

INSTANTS = st.integers(AT - DAY, AT + DAY)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("at", "due", "until"), INSTANTS),
    "ended": st.none() | INSTANTS,
    "text": st.just(Content(ANN, {"body": "Words."})),
    "level": st.just(LEVEL),
    "policy": st.just(1),
    "message": st.sampled_from(["first", "second"]),
    "agreed": st.sampled_from([None, "first", "second"]),
    "instance": st.integers(1, 3),
    "notice": st.integers(1, 3),
}


def any_of(event_class: type) -> st.SearchStrategy[Any]:
    return st.builds(event_class, **{name: VALUES[name] for name in get_type_hints(event_class) if name in VALUES})


@for_all(st.lists(st.one_of([any_of(each) for each in EVOLVE]), max_size=30))
def test_any_events_in_any_order_make_a_ticket(events: list[Event]) -> None:
    ticket = folded(events)
    assert len({(each.clock, each.instance) for each in ticket.clocks.verdicts}) == len(ticket.clocks.verdicts)


@for_all(st.lists(st.one_of([any_of(each) for each in EVOLVE]), max_size=20), st.integers(0, 20))
def test_a_history_may_be_folded_in_parts(events: list[Event], cut: int) -> None:
    assert folded(events[cut:], folded(events[:cut])) == folded(events)


def test_every_event_has_a_name_of_its_own() -> None:
    names = [shape_of(each).name for each in EVOLVE]
    assert len(set(names)) == len(names)
    assert all(name.startswith("ticket.") for name in names)


def test_without_events_there_is_no_ticket() -> None:
    assert folded([]) == Ticket()
    assert evolve(Ticket(), OPENED).stage is Stage.OPENED


def test_a_long_life_does_not_make_a_ticket_slow_to_fold() -> None:
    life = Life(AROUND_THE_CLOCK)
    life.open(OPENED)
    for turn in range(100):
        life.sleep_until(life.now + 20 * MINUTE)
        life.act("write" if turn % 2 else "answer and wait", turn)
    assert len(life.past) > 200
    assert len(life.ticket.clocks.runs) <= len(Clock)
