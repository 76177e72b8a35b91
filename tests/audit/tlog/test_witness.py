"""A witness cosigns one history of a log, and never two."""

import base64
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import Hash, prove_consistency
from audit.tlog.note import signed, verified
from audit.tlog.witness import Answer, Witness
from tests.audit.tlog.trees import LOG, MOST, ROOTS, WITNESS, node

AT = 1_700_000_000


@dataclass
class Kept:
    """A witness with its memory."""

    newest: dict[str, Checkpoint] = field(default_factory=dict)
    faster: list[Checkpoint] = field(default_factory=list)
    """What others store just before."""

    def store(self, new: Checkpoint, before: Checkpoint | None) -> bool:
        if self.faster:
            self.newest[new.origin] = self.faster.pop()
        if self.newest.get(new.origin) != before:
            return False
        self.newest[new.origin] = new
        return True

    def ask(self, old: int, new: int, *, root: Hash | None = None, proof: list[Hash] | None = None) -> Answer:
        checkpoint = Checkpoint(LOG.name, new, ROOTS[new] if root is None else root)
        path = prove_consistency(node, old, new) if proof is None and 0 < old <= new else proof or []
        return self.add(old, path, signed(checkpoint.text, LOG))

    def add(self, old: int, path: list[Hash], note: bytes) -> Answer:
        lines = [f"old {old}", *(base64.b64encode(each).decode() for each in path), "", ""]
        body = "\n".join(lines).encode() + note
        return Witness(WITNESS, {LOG.name: LOG.key}).add(body, at=AT, known=self.newest.get, store=self.store)


@given(st.lists(st.integers(1, MOST), min_size=1, max_size=8).map(sorted))
def test_a_history_that_goes_on_is_cosigned_step_by_step(sizes: list[int]) -> None:
    witness = Kept()
    for old, new in zip([0, *sizes], sizes, strict=False):
        answer = witness.ask(old, new)
        assert answer.status == HTTPStatus.OK
        note = signed(Checkpoint(LOG.name, new, ROOTS[new]).text, LOG) + answer.body.encode()
        assert verified(note, [WITNESS.key]).signers == [(WITNESS.key, AT)]
    assert witness.newest[LOG.name].size == sizes[-1]


@given(old=st.integers(1, MOST), new=st.integers(1, MOST))
def test_another_history_is_never_cosigned(old: int, new: int) -> None:
    witness = Kept()
    witness.ask(0, old)
    answer = witness.ask(old, max(old, new), root=bytes(32))
    assert answer.status == (HTTPStatus.CONFLICT if new <= old else HTTPStatus.UNPROCESSABLE_ENTITY)
    assert witness.newest[LOG.name].size == old


def test_whoever_does_not_know_the_newest_size_is_told() -> None:
    witness = Kept()
    witness.ask(0, 9)
    assert witness.ask(5, 12) == Answer(HTTPStatus.CONFLICT, "9\n")
    assert Kept().ask(5, 12) == Answer(HTTPStatus.CONFLICT, "0\n")


def test_a_checkpoint_that_is_older_than_its_beginning_is_no_request() -> None:
    assert Kept().ask(5, 4).status == HTTPStatus.BAD_REQUEST


def test_a_first_checkpoint_needs_no_proof_and_takes_none() -> None:
    assert Kept().ask(0, 4, proof=[bytes(32)]).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_whoever_is_beaten_by_another_request_is_told_where_the_log_is_now() -> None:
    witness = Kept()
    witness.ask(0, 5)
    witness.faster = [Checkpoint(LOG.name, 8, ROOTS[8])]
    assert witness.ask(5, 12) == Answer(HTTPStatus.CONFLICT, "8\n")
    assert witness.newest[LOG.name].size == 8


def test_nothing_is_answered_before_it_is_stored() -> None:
    witness = Kept()
    witness.store = None  # type: ignore[assignment,method-assign]
    with pytest.raises(TypeError):
        witness.ask(0, 5)


def test_an_unknown_log_is_told_so() -> None:
    other = Checkpoint("other.example/log", 1, ROOTS[1])
    assert Kept().add(0, [], signed(other.text, LOG)).status == HTTPStatus.NOT_FOUND


def test_a_checkpoint_that_the_log_did_not_sign_is_forbidden() -> None:
    forged = signed(Checkpoint(LOG.name, 1, ROOTS[2]).text, LOG).replace(b"\n1\n", b"\n2\n")
    assert Kept().add(0, [], forged).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "body", [b"", b"old 0", b"old 01\n\n", b"old 0\nAAAA\n\n", b"old 0\n!\n\n", b"old 0\n\nno note"]
)
def test_what_is_no_request_is_told_so(body: bytes) -> None:
    rest = signed(Checkpoint(LOG.name, 1, ROOTS[1]).text, LOG) if body.endswith(b"\n\n") else b""
    answer = Witness(WITNESS, {}).add(body + rest, at=AT, known=lambda _: None, store=lambda *_: True)
    assert answer.status == HTTPStatus.BAD_REQUEST


def test_a_proof_that_is_too_long_is_no_request() -> None:
    assert Kept().ask(0, 1, proof=[bytes(32)] * 64).status == HTTPStatus.BAD_REQUEST
