"""Proofs as files: whoever has the entry and the log's key needs nothing else."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import NotProved
from audit.tlog.note import Malformed, Unverified, signed
from audit.tlog.proof import proved, read_proof, verify_proof
from tests.audit.tlog.trees import LOG, MOST, ROOTS, node


def proof_of(index: int, size: int) -> bytes:
    checkpoint = Checkpoint(LOG.name, size, ROOTS[size])
    return proved(node, index, checkpoint, signed(checkpoint.text, LOG))


@given(size=st.integers(1, MOST), data=st.data())
def test_an_entry_is_proved_by_its_file_and_the_key_of_the_log(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    assert verify_proof(proof_of(index, size), b"%d" % index, [LOG.key]) == Checkpoint(LOG.name, size, ROOTS[size])


@given(size=st.integers(1, MOST), data=st.data())
def test_another_entry_is_not(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    with pytest.raises(NotProved):
        verify_proof(proof_of(index, size), b"%d" % (index + 1), [LOG.key])


@given(place=st.integers(0, len(proof_of(3, 7)) - 1), change=st.integers(1, 255))
def test_a_file_with_any_byte_changed_proves_nothing(place: int, change: int) -> None:
    raw = proof_of(3, 7)
    changed = bytes([*raw[:place], raw[place] ^ change, *raw[place + 1 :]])
    try:
        verify_proof(changed, b"3", [LOG.key])
    except (Malformed, Unverified, NotProved):
        return
    # Bits of base64 that say nothing are no part of what is proved.
    assert read_proof(changed).path == read_proof(raw).path


def test_the_key_of_another_log_opens_nothing() -> None:
    with pytest.raises(Unverified):
        verify_proof(proof_of(3, 7), b"3", [replace(LOG, name="other.example/log").key])


def test_extra_data_is_read_over() -> None:
    raw = proof_of(3, 7).replace(b"index", b"extra %b\nindex" % base64.b64encode(b"unsigned"))
    assert verify_proof(raw, b"3", [LOG.key]).size == 7


def test_the_only_entry_has_no_path() -> None:
    assert proof_of(0, 1).startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + LOG.name.encode() + b"\n1\n")


@pytest.mark.parametrize(
    ("was", "instead"),
    [
        (b"proof@v1", b"proof@v2"),
        (b"index 3", b"index 03"),
        (b"index 3", b"index -3"),
        (b"index 3\n", b""),
        (b"index", b"extra !\nindex"),
        (b"index 3\n", b"index 3\nAAAA\n"),
        (b"index 3\n", b"index 3\n!\n"),
        (b"\n\n", b"\n"),
        (
            b"index 3\n",
            b"index 3\n" + base64.b64encode(bytes(32)) + b"\n" * 1 + (base64.b64encode(bytes(32)) + b"\n") * 63,
        ),
    ],
)
def test_what_is_no_proof_is_malformed(was: bytes, instead: bytes) -> None:
    with pytest.raises(Malformed):
        read_proof(proof_of(3, 7).replace(was, instead))


def test_what_is_not_signed_yet_has_no_proof() -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        proof_of(7, 7)
