"""Signed notes: who signed what, and what is no note at all."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.note import COSIGNATURE, ED25519, Malformed, Signer, Unverified, read_key, read_note, signed, verified
from tests.audit.tlog.trees import LOG, WITNESS

TEXT = "desk.example/log\n1\nAAAA\n"
NOTE = signed(TEXT, LOG)


def test_a_note_tells_who_signed_it() -> None:
    assert verified(NOTE, [LOG.key]).signers == [(LOG.key, None)]


def test_a_cosignature_tells_when_the_note_was_seen() -> None:
    found = verified(NOTE + WITNESS.line(TEXT, 1_700_000_000).encode(), [LOG.key, WITNESS.key])
    assert found.signers == [(LOG.key, None), (WITNESS.key, 1_700_000_000)]


def test_a_cosignature_is_of_its_time() -> None:
    line = WITNESS.line(TEXT, 1_700_000_000)
    head, name, packed = line.split()
    raw = base64.b64decode(packed)
    later = raw[:4] + (1_700_000_001).to_bytes(8) + raw[12:]
    with pytest.raises(Unverified, match=r"witness.example did not sign this"):
        verified(NOTE + f"{head} {name} {base64.b64encode(later).decode()}\n".encode(), [WITNESS.key])


def test_a_plain_signature_is_no_cosignature() -> None:
    plain = replace(WITNESS, type=ED25519)
    forged = Signer.line(plain, TEXT).split()[2]
    raw = WITNESS.key.id + base64.b64decode(forged)[4:]
    line = f"— {WITNESS.name} {base64.b64encode(raw).decode()}\n"
    with pytest.raises(Unverified):
        verified(NOTE + line.encode(), [WITNESS.key])


def test_the_same_secret_has_another_id_by_type_and_by_name() -> None:
    same = [LOG, replace(LOG, type=COSIGNATURE), replace(LOG, name="other.example/log")]
    assert len({each.key.id for each in same}) == 3


def test_signatures_of_strangers_are_ignored_and_alone_verify_nothing() -> None:
    stranger = replace(LOG, name="stranger.example")
    assert len(verified(signed(TEXT, stranger, LOG), [LOG.key]).signers) == 1
    with pytest.raises(Unverified, match="nobody"):
        verified(signed(TEXT, stranger), [LOG.key])


def test_a_signature_that_is_repeated_counts_once() -> None:
    assert len(verified(NOTE + LOG.line(TEXT).encode(), [LOG.key]).signers) == 1


def test_a_wrong_signature_of_a_known_key_is_never_ignored() -> None:
    note = TEXT.encode() + b"\n" + WITNESS.line(TEXT, 1).encode() + LOG.line(TEXT + "x").encode()
    with pytest.raises(Unverified, match=r"desk.example/log did not sign this"):
        verified(note, [LOG.key, WITNESS.key])


def test_two_keys_of_one_name_and_id_are_ambiguous() -> None:
    with pytest.raises(Unverified, match="two known keys"):
        verified(NOTE, [LOG.key, replace(LOG.key, public=bytes(32))])


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_a_note_with_any_byte_changed_is_not_verified(place: int, change: int) -> None:
    changed = bytes([*NOTE[:place], NOTE[place] ^ change, *NOTE[place + 1 :]])
    try:
        verified(changed, [LOG.key])
    except (Malformed, Unverified):
        return
    # The id in front of a signature, and bits of base64 that say nothing, are no part of what is signed.
    assert read_note(changed) == read_note(NOTE)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\n\n",
        b"text\n",
        b"text\n\n",
        NOTE.rstrip(b"\n"),
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b"\n1\n", b"\n\x071\n"),
        b"text\n\n" + "— name!\n".encode(),
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— na+me AAAAAAAA\n".encode(),
        b"x" * 1_000_001 + b"\n\n" + "— name AAAAAAAA\n".encode(),
        b"text\n\n" + "— name AAAAAAAA\n".encode() * 101,
    ],
)
def test_what_is_no_note_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read_note(raw)


def test_as_many_signatures_as_the_specification_demands_are_read() -> None:
    signers = [replace(LOG, name=f"{number}.example") for number in range(16)]
    assert len(verified(signed(TEXT, *signers), [each.key for each in signers]).signers) == 16


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_a_key_is_read_as_it_is_told(signer: Signer) -> None:
    assert read_key(signer.key.text) == signer.key


@given(st.sampled_from([LOG, WITNESS]), st.data())
def test_a_key_with_any_character_changed_is_refused_or_another(signer: Signer, data: st.DataObject) -> None:
    text = signer.key.text
    place, other = data.draw(st.integers(0, len(text) - 1)), data.draw(st.characters(min_codepoint=33, codec="ascii"))
    changed = text[:place] + other + text[place + 1 :]
    try:
        assert read_key(changed).text == text
    except Malformed:
        assert changed != text


@pytest.mark.parametrize(
    "vkey",
    ["", "name", "name+00000000", "na me+00000000+AQ==", "name+00000000+AQ==", "name+00000000+!", "name+0000000g+AQ=="],
)
def test_what_is_no_key_is_malformed(vkey: str) -> None:
    with pytest.raises(Malformed):
        read_key(vkey)
