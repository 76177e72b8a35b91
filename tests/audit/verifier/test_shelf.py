"""What lies on the shelf is as if it were in memory."""

import pytest
from hypothesis import given

from audit.verifier import entry, tickets
from audit.verifier.report import Fault
from audit.verifier.shelf import LOT, Shelf
from tests.audit.verifier.forging import Evidence, republished
from tests.audit.verifier.test_histories import replayed
from tests.projections.histories import STEPS, history


@pytest.fixture
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may be put aside is, before anything new is put there."""
    monkeypatch.setattr(tickets, "AWAKE", 0)
    monkeypatch.setattr(entry, "AWAKE", 0)


def test_what_was_put_aside_is_found_again_and_can_be_changed() -> None:
    shelf = Shelf[list[int]](1)
    shelf.put("a", [1])
    shelf.put("b", [2])
    assert ([*shelf.awake], len(shelf)) == (["b"], 2)
    found = shelf.get("a")
    assert found == [1]
    found.append(3)
    shelf.rest("a", "b", "c")
    assert ([*shelf.awake], len(shelf), shelf.get("a"), shelf.get("c")) == ([], 2, [1, 3], None)


def test_what_may_not_rest_stays_and_room_is_made_for_twice_as_much() -> None:
    shelf = Shelf[int](2, may_rest=lambda value: value > 5)
    for number in range(1, 9):
        shelf.put(str(number), number)
    assert len(shelf.awake) == 8
    shelf.put("9", 9)
    assert ([*shelf.awake], len(shelf)) == (["1", "2", "3", "4", "5", "9"], 9)


def test_what_is_marked_is_shown_wherever_it_lies() -> None:
    shelf = Shelf[int](1, is_marked=lambda value: value % 2 == 0)
    for number in range(5):
        shelf.put(str(number), number)
    assert sorted(shelf.marked()) == [0, 2, 4]


def test_what_was_put_aside_together_wakes_together_and_nothing_is_lost() -> None:
    shelf, numbers = Shelf[int](100, is_marked=lambda value: value % 2 == 0), range(3 * LOT)
    for number in numbers:
        shelf.put(str(number), number)
    shelf.rest(*map(str, numbers))
    assert (len(shelf), shelf.get("0"), [*shelf.awake.values()]) == (3 * LOT, 0, [*range(LOT)])
    assert sorted(each for each in shelf.marked() if each >= LOT) == [*range(LOT, 3 * LOT, 2)]
    assert [shelf.get(str(number)) for number in numbers] == [*numbers]
    assert (len(shelf), sorted(shelf.awake.values())) == (3 * LOT, [*numbers])


@pytest.mark.usefixtures("nothing_stays")
def test_an_honest_log_is_clean_and_a_gap_in_a_ticket_that_rests_is_found(evidence: Evidence) -> None:
    assert evidence.faults() == set()
    closed = evidence.index("ticket.closed", -1)
    assert Fault.COUNTER in republished(evidence.without(closed))


@pytest.mark.usefixtures("nothing_stays")
def test_a_reason_that_does_not_hold_is_found_though_the_ticket_rests(evidence: Evidence) -> None:
    place = evidence.index("ticket.verdict_excluded")
    merged = evidence.changed(place, lambda said: said | {"reason": "merged"}).aged()
    assert Fault.EXCLUSION in republished(merged)


@given(STEPS)
def test_whatever_happens_the_report_is_the_same(steps: list[tuple[str, int, int]]) -> None:
    with history(steps) as story, pytest.MonkeyPatch.context() as patch:
        awake = replayed(story)
        patch.setattr(tickets, "AWAKE", 0)
        patch.setattr(entry, "AWAKE", 0)
        rested = replayed(story)
        months = sorted(awake.tickets.changed)
        assert rested.report.as_json() == awake.report.as_json()
        assert [rested.tickets.counts.get(month) for month in months] == [
            awake.tickets.counts.get(month) for month in months
        ]
        for month in months:
            undecided = [each.tickets.undecided(month, each.rules.configured.book(), "UTC") for each in (rested, awake)]
            assert undecided[0] == undecided[1]
