"""Erasures are listed, and told to their end with the same counts."""

from typing import Any

from audit.verifier.report import Fault
from tests.audit.verifier.forging import Evidence, republished

REQUESTED = {"ty": "erasure.requested", "ground": "request_of_subject", "kind": "person"}
COUNTED = {"keys": 1, "sections": 4, "digest": "d" * 64}
DESTROYED = {"ty": "erasure.keys_destroyed"} | COUNTED
COMPLETED = {"ty": "erasure.completed"} | COUNTED
OF_TICKETS: dict[str, Any] = {"ty": "erasure.requested", "ground": "retention", "kind": "tickets"}
CHOSEN: dict[str, Any] = {"ty": "erasure.texts_chosen", "tickets": 2, "sections": 4, "digest": "d" * 64}
DELETED: dict[str, Any] = COMPLETED | {"keys": 0}


def erased(evidence: Evidence, *steps: dict[str, Any]) -> Evidence:
    """With an erasure in the middle of the log."""
    place = evidence.index("month.fixed")
    for step in reversed(steps):
        evidence = evidence.told(place, **step, tk="e" * 32)
    return evidence


def test_what_was_erased_is_listed(evidence: Evidence) -> None:
    done = erased(evidence, REQUESTED, DESTROYED, COMPLETED)
    assert republished(done) == set()
    assert [each[1:] for each in done.verified().erased] == [("request_of_subject", "person", 1, 4)]
    assert any("what 4 texts said" in each for each in done.verified().unproven)


def test_an_erasure_that_is_under_way_is_told(evidence: Evidence) -> None:
    under_way = erased(evidence, REQUESTED, DESTROYED)
    assert republished(under_way) == set()
    assert "that 1 erasures are completed" in under_way.verified().unproven


def test_an_erasure_is_told_in_its_order(evidence: Evidence) -> None:
    for steps in ([DESTROYED], [REQUESTED, COMPLETED], [REQUESTED, REQUESTED]):
        assert Fault.ORDER in republished(erased(evidence, *steps))


def test_an_erasure_deletes_what_it_counted(evidence: Evidence) -> None:
    assert Fault.ORDER in republished(erased(evidence, REQUESTED, DESTROYED, COMPLETED | {"sections": 5}))


def test_texts_of_closed_tickets_are_listed_too(evidence: Evidence) -> None:
    done = erased(evidence, OF_TICKETS, CHOSEN, DELETED)
    assert republished(done) == set()
    assert [each[1:] for each in done.verified().erased] == [("retention", "tickets", 0, 4)]
    assert Fault.ORDER in republished(erased(evidence, OF_TICKETS, CHOSEN, DELETED | {"keys": 1}))
    assert Fault.ORDER in republished(erased(evidence, OF_TICKETS, CHOSEN, DELETED | {"sections": 5}))


def test_no_key_goes_with_tickets_and_whoever_is_erased_loses_keys(evidence: Evidence) -> None:
    wrong: list[list[dict[str, Any]]] = [
        [OF_TICKETS, DESTROYED, COMPLETED],
        [REQUESTED, CHOSEN, DELETED],
        [OF_TICKETS, CHOSEN, CHOSEN],
    ]
    for steps in wrong:
        assert Fault.ORDER in republished(erased(evidence, *steps))
