"""Receipts: what the log signed before the entry was in it, and nothing that could be taken for anything else."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.note import Malformed, Unverified, signed
from audit.tlog.receipt import Receipt, read_receipt, receipt
from tests.audit.tlog.trees import LEAVES, LOG, ROOTS

REC = 1_770_000_000_123
GIVEN = receipt(LOG, LEAVES[3], REC)


def test_a_receipt_says_of_which_entry_in_which_log_until_when() -> None:
    told = read_receipt(GIVEN, [LOG.key])
    assert told == Receipt(LOG.name, LEAVES[3], REC, 60)
    assert told.due == REC + 60_000


def test_it_is_text_that_can_be_read_without_a_program() -> None:
    lines = GIVEN.decode().split("\n")
    leaf = base64.b64encode(LEAVES[3]).decode()
    assert lines[:6] == ["desk.example/log", "receipt", leaf, str(REC), "60", ""]


def test_the_same_entry_has_the_same_receipt() -> None:
    assert receipt(LOG, LEAVES[3], REC) == GIVEN


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\r\n"])
def test_a_receipt_that_was_copied_with_other_line_breaks_at_its_end_is_read(end: bytes) -> None:
    assert read_receipt(GIVEN.rstrip(b"\n") + end, [LOG.key]).leaf == LEAVES[3]


def test_nobody_takes_a_receipt_for_a_checkpoint_or_the_reverse() -> None:
    with pytest.raises(Malformed):
        read_checkpoint(Receipt(LOG.name, LEAVES[3], REC).text)
    with pytest.raises(Malformed):
        read_receipt(signed(Checkpoint(LOG.name, 3, ROOTS[3]).text, LOG), [LOG.key])


def test_what_another_key_signed_promises_nothing() -> None:
    with pytest.raises(Unverified):
        read_receipt(GIVEN, [replace(LOG, name="other.example/log").key])


@given(place=st.integers(0, len(GIVEN.partition(b"\n\n")[0])), change=st.integers(1, 255))
def test_no_byte_of_the_promise_can_be_changed(place: int, change: int) -> None:
    with pytest.raises((Malformed, Unverified)):
        read_receipt(bytes([*GIVEN[:place], GIVEN[place] ^ change, *GIVEN[place + 1 :]]), [LOG.key])


@pytest.mark.parametrize(
    ("line", "instead"),
    [(0, ""), (1, "promise"), (2, "!"), (2, "AAAA"), (3, "-1"), (3, "007"), (4, "soon"), (4, "60\nmore")],
)
def test_what_is_signed_but_no_receipt_is_malformed(line: int, instead: str) -> None:
    lines = Receipt(LOG.name, LEAVES[3], REC).text.split("\n")
    text = "\n".join([*lines[:line], instead, *lines[line + 1 :]])
    with pytest.raises(Malformed):
        read_receipt(signed(text, LOG), [LOG.key])
