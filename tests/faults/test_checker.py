"""The checker finds what is wrong: otherwise its silence would say nothing."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Edge, leaf_hash
from audit.tlog.note import Signer, signed
from service.build import build_desk
from service.settings import Settings
from service.views import views_of
from tests.faults.checker import Entry, delivered, disorder, effects, forks, wrong_views
from tests.faults.figures import Figures, unlike
from tests.faults.furnishing import furnish
from tests.faults.load import Answer, Asked

ASKED: Final = Asked("key-1", "ticket.answered", "words", "/v1/tickets/100000001/messages", {"body": "words"})
ANSWER: Final = Answer(201, "", {"position": 1, "receipt": "signed"})
FOUND: Final = (
    Entry(1, "ticket", 1, 10, "ticket.answered", "command", "the words"),
    Entry(2, "receipt", 1, 10, "request.received", "command"),
)
ELSEWHERE: Final = Entry(3, "other", 1, 11, "ticket.noted", "nobody's")
ORIGIN: Final = "desk.example/log"
SIGNER: Final = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
STRANGER: Final = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
LOG: Final = [b"one", b"two", b"three"]


def wrong(found: Sequence[Entry], answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    return [*effects({"command": ASKED}, answers, found)]


def note(entries: Sequence[bytes], signer: Signer = SIGNER) -> bytes:
    edge = Edge()
    for each in entries:
        edge.append(leaf_hash(each))
    return signed(Checkpoint(ORIGIN, edge.size, edge.root).text, signer)


def test_what_was_acknowledged_and_is_there_once_is_right() -> None:
    assert wrong(FOUND, {"command": [ANSWER, ANSWER]}) == []


@pytest.mark.parametrize("found", [FOUND, ()])
def test_what_was_never_acknowledged_may_be_there_or_not(found: Sequence[Entry]) -> None:
    assert wrong(found, {}) == []


def test_a_loss_is_found() -> None:
    assert [each.split(":")[0] for each in wrong((), {"command": [ANSWER]})] == ["lost", "misplaced"]


def test_a_duplicate_is_found() -> None:
    again = replace(FOUND[0], position=3, version=2)
    assert wrong([*FOUND, again], {}) == ["done 2 times, with 1 receipts: key-1 (ticket.answered)"]


def test_an_effect_without_its_receipt_is_found() -> None:
    assert wrong(FOUND[:1], {}) == ["done 1 times, with 0 receipts: key-1 (ticket.answered)"]


def test_what_nobody_asked_for_is_found() -> None:
    assert wrong([*FOUND, ELSEWHERE], {}) == ["unexpected: ticket.noted at position 3"]


def test_other_words_are_found() -> None:
    assert wrong([replace(FOUND[0], words="altered"), FOUND[1]], {}) != []


@pytest.mark.parametrize("other", [{"status": 200}, {"location": "/elsewhere"}, {"body": {"position": 2}}])
def test_another_answer_to_the_same_request_is_found(other: Mapping[str, Any]) -> None:
    assert wrong(FOUND, {"command": [ANSWER, replace(ANSWER, **other)]}) == ["answered in two ways: key-1"]


def test_a_receipt_may_be_left_out_while_nothing_can_be_signed() -> None:
    unsigned = replace(ANSWER, body={"position": 1, "receipt": None})
    assert wrong(FOUND, {"command": [ANSWER, unsigned]}) == []


def test_an_answer_that_names_another_place_is_found() -> None:
    assert wrong(FOUND, {"command": [replace(ANSWER, body={"position": 3})]}) != []


def test_streams_may_follow_each_other_in_any_order() -> None:
    assert [*disorder([*FOUND, replace(FOUND[0], position=3, version=2)])] == []


@pytest.mark.parametrize(
    "next_one",
    [{"version": 3}, {"version": 1}, {"version": 2, "rec": 9}, {"version": 2, "position": 2}],
    ids=["gap", "twice", "stored before", "position"],
)
def test_disorder_is_found(next_one: dict[str, Any]) -> None:
    assert len([*disorder([*FOUND, replace(FOUND[0], **({"position": 3} | next_one))])]) == 1


def test_checkpoints_that_grow_with_the_log_are_right() -> None:
    notes = [note(LOG[:size]) for size in (1, 2, 2, 3)]
    assert [*forks(notes, SIGNER.key, LOG)] == []


@pytest.mark.parametrize(
    "notes",
    [
        [note([b"one", b"other"]), note(LOG)],
        [note(LOG), note(LOG[:2])],
        [note([*LOG, b"four"])],
        [note(LOG, STRANGER)],
        [b"none at all"],
    ],
    ids=["fork", "back", "more than the log has", "another key", "no checkpoint"],
)
def test_a_fork_is_found(notes: Sequence[bytes]) -> None:
    assert len([*forks(notes, SIGNER.key, LOG)]) == 1


@pytest.mark.parametrize(
    "got",
    [[1, 2], [1, 3, 2], [1, 2, 2, 3], [1, 2, 3, 4], [2, 3]],
    ids=["missing at the end", "another order", "twice", "too many", "missing at the start"],
)
def test_what_a_consumer_did_not_get_as_it_is_in_the_log_is_found(got: Sequence[int]) -> None:
    logged = [(position, b"%d" % position) for position in (1, 2, 3)]
    assert [*delivered(logged, logged)] == []
    assert len([*delivered([(position, b"%d" % position) for position in got], logged)]) == 1


def test_an_altered_message_is_found() -> None:
    assert [*delivered([(1, b"altered")], [(1, b"stored")])] != []


@pytest.mark.parametrize("computed", [{}, {("reaction",): (1, 0)}, {("update",): (1, 1)}])
def test_a_wrong_figure_is_found(computed: Figures) -> None:
    told: Figures = {("reaction",): (1, 1)}
    assert [*unlike("2026-11", told, told)] == []
    assert [*unlike("2026-11", told, computed)] != []


def test_a_wrong_row_is_found(embedded: Settings) -> None:
    furnish(embedded)
    with closing(build_desk(embedded)) as desk:
        views_of(embedded, desk).catch_up()
        assert wrong_views(embedded, desk, desk.log.head()) == []
        with closing(sqlite3.connect(embedded.data_dir / "views.db")) as views, views:
            views.execute("UPDATE entries_v1 SET number = 7 WHERE number = 3")
        assert wrong_views(embedded, desk, desk.log.head()) != []
