"""What a client gets: everything that it may read of its own tickets, nothing else, and always the same bytes."""

import base64
import json
from pathlib import Path

import pytest

from audit.bundle import client_of
from audit.disclosed import TO_CLIENTS
from audit.tlog.proof import verify_proof
from domain.event import Id
from domain.person import Grant, Person, Right
from domain.ticket.opening import Publicity
from tests.audit.bundles import SIGNER, Files, bundled, files_of, signed
from tests.cast import ACME, ANN, AT, CY
from tests.projections.story import Story

OTHERS = "e" * 32
TEAMS = frozenset({"front", "network"})


def disclosed(files: Files) -> list[object]:
    """Everything that the bundle tells in clear."""
    lines = [line for name, content in files.items() if name.endswith(".disclosures") for line in content.split()]
    return [json.loads(base64.urlsafe_b64decode(line + b"=" * (-len(line) % 4)))[2] for line in lines]


def names(files: Files) -> set[str]:
    facts = [each for each in disclosed(files) if isinstance(each, dict)]
    return {each["ty"] for each in facts if "ty" in each}


@pytest.fixture
def files(story: Story, stream: Id, tmp_path: Path) -> Files:
    return files_of(bundled(story, signed(story, tmp_path), [stream])[0])


def test_each_event_is_proved_by_its_own_files(files: Files) -> None:
    entries = [name for name in files if name.endswith(".entry")]
    for name in entries:
        verify_proof(files[name.replace(".entry", ".tlog-proof")], files[name], [SIGNER.key])
    assert len(files) == 4 + 3 * len(entries) > 40


def test_the_client_reads_what_was_said_to_it_and_by_it(files: Files) -> None:
    said = str(disclosed(files))
    assert "Every number." in said
    assert "A cable was replaced." in said


def test_notes_and_hand_overs_of_the_staff_are_not_in_it(files: Files) -> None:
    assert "Looks like the exchange" not in str(disclosed(files))
    assert names(files) <= TO_CLIENTS


def test_the_same_log_makes_the_same_bytes(story: Story, stream: Id, tmp_path: Path) -> None:
    published = signed(story, tmp_path)
    assert bundled(story, published, [stream]) == bundled(story, published, [stream])


def test_tickets_of_others_are_not_in_it_even_if_they_are_asked_for(story: Story, stream: Id, tmp_path: Path) -> None:
    theirs = story.open(organisation=OTHERS, publicity=Publicity.OPAQUE)
    made, told = bundled(story, signed(story, tmp_path), [theirs, stream])
    assert told.tickets == 1
    assert OTHERS not in str(disclosed(files_of(made)))


@pytest.mark.parametrize(("grants", "count"), [((), 1), ((Grant(Right.SEES_ORGANISATION, ACME),), 2)])
def test_a_contact_gets_what_it_asked_for_itself_or_all_by_grant(
    story: Story, stream: Id, tmp_path: Path, grants: tuple[Grant, ...], count: int
) -> None:
    colleague = Person(id="c" * 31 + "1", organisations=frozenset({ACME, OTHERS}), grants=frozenset(grants))
    mine = story.open(requester=colleague.id)
    theirs = story.open(requester=colleague.id, organisation=OTHERS)
    client = client_of(ACME, colleague)
    _, told = bundled(story, signed(story, tmp_path), [stream, mine, theirs], client)
    assert told.tickets == count


def test_whoever_works_here_as_well_gets_no_more_than_a_contact(story: Story, stream: Id, tmp_path: Path) -> None:
    both = Person(id=ANN, organisations=frozenset({ACME}), grants=frozenset({Grant(Right.AGENT)}), teams=TEAMS)
    assert bundled(story, signed(story, tmp_path), [stream], client_of(ACME, both))[1].tickets == 0


def test_what_is_newer_than_the_checkpoint_waits(story: Story, stream: Id, tmp_path: Path) -> None:
    published = signed(story, tmp_path)
    newer = story.open()
    _, told = bundled(story, published, [stream, newer])
    assert (told.tickets, told.waiting > 0) == (1, True)


def test_what_was_erased_is_missing_and_everything_else_is_there(
    story: Story, stream: Id, tmp_path: Path, files: Files
) -> None:
    story.desk.keys.destroy(CY, AT)
    after = files_of(bundled(story, signed(story, tmp_path), [stream])[0])
    assert "Every number." not in str(disclosed(after))
    assert {name: each for name, each in after.items() if name.endswith(".entry")} == {
        name: each for name, each in files.items() if name.endswith(".entry")
    }


def test_it_says_in_both_languages_what_it_is(files: Files) -> None:
    for name in ("README.md", "README.ru.md"):
        assert SIGNER.key.text.encode() in files[name]
