"""A ticket whose texts expired, told to auditors and to its client: everything is there but the words."""

from pathlib import Path
from typing import Any

import pytest

from audit import replay_json
from domain.event import Id
from domain.instant import DAY
from store.expiring import choose_texts, delete_texts, request_expiry
from tests.audit.bundles import SIGNER, Forged, bundled, files_of, signed
from tests.audit.replays import facts, known_now, paged, proved, standing_now, terminal
from tests.cast import AT
from tests.projections.story import Story


@pytest.fixture
def expired(story: Story, stream: Id) -> Id:
    """A week later."""
    story.clock.now = AT + 7 * DAY
    erasure = request_expiry(story.desk, [stream], until=story.clock.now, at=story.clock.now)
    assert erasure
    choose_texts(story.desk, erasure)
    delete_texts(story.desk, erasure)
    return stream


def clocks(story: Story, stream: Id) -> Any:
    values = replay_json.values(standing_now(story, stream), known_now(story), proved(story, stream))
    return values["clocks"], values["verdicts"]


def test_it_says_when_and_why_the_texts_were_deleted(story: Story, expired: Id) -> None:
    assert facts(story, expired)["Texts deleted"] == "2026-11-09 10:00:00 +00:00, the retention period ended"
    assert facts(story, expired, "ru")["Тексты удалены"] == "09.11.2026 10:00:00 +00:00, истёк срок хранения"


def test_every_event_is_still_told_and_every_text_as_erased(story: Story, expired: Id) -> None:
    for shown in (terminal(story, expired), paged(story, expired)):
        assert "The texts of the ticket are deleted" in shown
        assert "Every number." not in shown
        assert "erased" in shown
    assert "Тексты заявки удаляются: истёк срок их хранения" in terminal(story, expired, "ru")


def test_programs_are_told_too(story: Story, expired: Id) -> None:
    values = replay_json.values(standing_now(story, expired), known_now(story), proved(story, expired))
    assert values["ticket"]["texts_expired_at"] == AT + 7 * DAY
    assert {each["text"]["state"] for each in values["conversation"] if each["text"]} == {"erased"}


def test_clocks_and_verdicts_are_what_they_were(story: Story, stream: Id, request: pytest.FixtureRequest) -> None:
    story.clock.now = AT + 7 * DAY
    before = clocks(story, stream)
    request.getfixturevalue("expired")
    assert clocks(story, stream) == before


def test_the_clients_bundle_has_every_proof_and_no_words(story: Story, expired: Id, tmp_path: Path) -> None:
    files = files_of(bundled(story, signed(story, tmp_path), [expired])[0])
    assert b"Every number" not in b"".join(files.values())
    report = Forged(files, tmp_path).report(key=SIGNER.key)
    assert report.findings == []
    [ticket] = report.shown
    names = [each["name"] for each in ticket["events"]]
    assert names[-1] == "ticket.texts_expired"
    assert any("they are erased" in each for each in report.unproven)
