"""The proofs of a replay: each is verified by the verifier's own functions, and what does not hold is said to be so."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit import replay_json
from audit.proving import Published
from audit.replay_proofs import told_evidence
from audit.tlog.merkle import leaf_hash
from audit.tlog.note import Unverified
from audit.tlog.proof import verify_proof
from audit.verifier.proofs import Page
from domain.event import Id
from domain.ticket.conversation import note
from projections.words import LANGUAGES
from tests.audit.bundles import OTHER, SIGNER, signed
from tests.audit.replays import known_now, paged, proved, standing_now
from tests.cast import ANN
from tests.projections.story import Story


@pytest.fixture
def published(story: Story, stream: Id, tmp_path: Path) -> Published:
    assert stream
    return signed(story, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_proof_in_the_page_is_verified_as_it_stands_there(
    story: Story, stream: Id, published: Published, language: str
) -> None:
    texts = Page(paged(story, stream, language, published)).texts
    entries, proofs = ([text for kind, text in texts if kind == wanted] for wanted in ("entry", "tlog-proof"))
    assert [entry.encode() for entry in entries] == [each.raw for each in story.desk.log.read(stream)]
    for entry, proof in zip(entries, proofs, strict=True):
        assert verify_proof(proof.encode(), entry.encode(), [SIGNER.key]) == published.checkpoint
        with pytest.raises(Unverified):
            verify_proof(proof.encode(), entry.encode(), [OTHER.key])
    assert ("key", SIGNER.key.text) in texts


def test_the_page_says_how_many_entries_are_proven_under_which_checkpoint(
    story: Story, stream: Id, published: Published
) -> None:
    events, size = len(story.desk.log.read(stream)), published.checkpoint.size
    told = f"{events} of {events} entries are proven to stand in the log under the checkpoint, signed at "
    page = paged(story, stream, published=published)
    assert told in page
    assert f"of {size} entries." in page


def test_what_is_newer_than_the_checkpoint_is_said_to_wait(story: Story, stream: Id, published: Published) -> None:
    story.act(stream, note, message="9", by=ANN, body="Filed.", at=story.clock.now)
    found = proved(story, stream, published)
    assert found.proven == len(found.entries) - 1
    assert [each.proof is None for each in found.entries].index(True) == len(found.entries) - 1
    assert "under no checkpoint yet" in paged(story, stream, published=published)
    assert found.altered == []


def test_before_the_first_checkpoint_nothing_is_proven(story: Story, stream: Id) -> None:
    found = proved(story, stream)
    assert (found.proven, found.altered) == (0, [])
    assert "no checkpoint of it was signed yet" in told_evidence(found, known_now(story))[0]
    assert "tlog-proof" not in {kind for kind, _ in Page(paged(story, stream)).texts}


def test_an_entry_that_is_not_what_was_signed_is_named(story: Story, stream: Id, published: Published) -> None:
    moved = replace(published, node=lambda _, __: bytes(32))
    found = proved(story, stream, moved)
    assert (found.proven, found.altered) == (0, [*range(1, len(found.entries) + 1)])
    page = paged(story, stream, published=moved)
    assert page.count("NOT WHAT WAS SIGNED") == 2 * len(found.entries) + 1
    assert "tlog-proof" not in {kind for kind, _ in Page(page).texts}


def test_files_that_are_gone_prove_nothing(story: Story, stream: Id, published: Published, tmp_path: Path) -> None:
    for tile in (tmp_path / "evidence" / "tile").rglob("*"):
        if tile.is_file():
            tile.unlink()
    assert proved(story, stream, published).altered


def test_when_it_was_signed_is_told_if_that_is_known(story: Story, stream: Id, published: Published) -> None:
    found = replace(proved(story, stream, published), signed_at=None)
    assert "under the checkpoint of" in told_evidence(found, known_now(story))[0]


def test_a_program_gets_the_same(story: Story, stream: Id, published: Published) -> None:
    found = proved(story, stream, published)
    values = replay_json.values(standing_now(story, stream), known_now(story), found)
    assert values["evidence"]["checkpoint"]["size"] == published.checkpoint.size
    assert values["evidence"]["proven"] == len(values["trail"])
    for each in (each["logged"] for each in values["trail"]):
        verify_proof(each["proof"].encode(), each["entry"].encode(), [SIGNER.key])
        assert leaf_hash(each["entry"].encode()) == published.node(0, each["index"])


def test_a_program_is_told_that_nothing_is_signed(story: Story, stream: Id) -> None:
    told = replay_json.values(standing_now(story, stream), known_now(story), proved(story, stream))["evidence"]
    assert (told["checkpoint"], told["proven"]) == (None, 0)
