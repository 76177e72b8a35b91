"""What `glasno check` finds in the evidence."""

import shutil

from audit.evidence_check import check_evidence
from tests.audit.sequenced import Scene, altered


def test_a_log_that_was_altered_further_back_is_not_what_its_files_say(small: Scene) -> None:
    small.write(3)
    known = small.advance()
    altered(small, 2)
    found = check_evidence(small.shelf.log, small.folder, known.checkpoint)
    assert found == [
        "evidence tile/entries/000.p/3 is not what the log says",
        "evidence tile/0/000.p/3 is not what the log says",
        "the log is not the one of which 3 entries were signed",
    ]


def test_evidence_that_has_grown_meanwhile_is_what_the_log_says(small: Scene) -> None:
    small.write(250)
    known = small.advance()
    small.write(10)
    small.advance()
    heard: list[int] = []
    assert check_evidence(small.shelf.log, small.folder, known.checkpoint, heard.append) == []
    assert heard == [*range(1, 251)]


def test_lost_evidence_is_named(small: Scene) -> None:
    small.write(260)
    known = small.advance()
    shutil.rmtree(small.folder.path / "tile/0")
    assert check_evidence(small.shelf.log, small.folder, known.checkpoint) == [
        "evidence tile/0/000 is not what the log says",
        "evidence tile/0/001.p/4 is not what the log says",
    ]
