"""A log that goes on under another name: whoever comes to the site is told so, and what is left of the former one."""

import json
from dataclasses import replace
from typing import Any

import pytest

from domain.desk import DeskLogSucceeded, Ending
from status_page.former import former_logs
from tests.cast import AT
from tests.status_page.stage import FOUNDED, Stage
from tests.status_page.test_verify_page import Scripts

SAID = DeskLogSucceeded(
    at=AT,
    number=2,
    because=Ending.LOSS,
    former_origin=FOUNDED.origin,
    former_key=FOUNDED.log_key,
    former_size=12_345,
    former_root="root",
    kept=12_000,
    proof=(),
    origin=f"{FOUNDED.origin}/2",
    log_key="second",
    endorsement="signature",
)
NEXT = replace(
    SAID,
    number=3,
    because=Ending.KEY_LOST,
    former_origin=SAID.origin,
    former_key="second",
    former_size=11_000,
    kept=11_000,
    origin=f"{FOUNDED.origin}/3",
    log_key="third",
)


def goes_on(stage: Stage, *said: DeskLogSucceeded) -> None:
    stage.story.tell("founding", stage.story.desk.stream, *said)


def says(stage: Stage) -> Any:
    return json.loads(Scripts(stage.get("/en/verify").text).of["application/json"])


def test_a_log_that_goes_on_as_it_is_has_no_former_one(stage: Stage) -> None:
    assert former_logs(stage.story.desk) == []
    assert says(stage)["former"] == []
    assert "was continued as" not in stage.get("/en/verify").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/en/verify", "Of its 12,345 entries the first 12,000 are in this one, 345 are lost."),
        ("/ru/verify", "Записей в нём было 12\u00a0345: первые 12\u00a0000 есть и в этом, утрачено 345."),
        ("/llms.txt", "entries that were signed are lost. Of its 12,345 entries the first 12,000"),
    ],
)
def test_what_became_of_the_former_log_is_told(stage: Stage, path: str, words: str) -> None:
    goes_on(stage, SAID)
    told = stage.get(path).text
    assert words in told
    assert FOUNDED.origin in told
    assert "/evidence/former/1/checkpoint" in told


def test_the_check_is_made_with_the_key_in_force(stage: Stage) -> None:
    goes_on(stage, SAID, NEXT)
    page = stage.get("/en/verify").text
    assert 'value="third"' in page
    assert f"python3 verify.pyz https://status.example.org --key '{NEXT.log_key}'" in page


def test_of_the_first_log_no_more_is_there_than_the_last_one_kept(stage: Stage) -> None:
    goes_on(stage, SAID, NEXT)
    assert [each.kept for each in former_logs(stage.story.desk)] == [11_000, 11_000]
    assert says(stage)["former"][0] == {"origin": FOUNDED.origin, "kept": 11_000}
    page = stage.get("/en/verify").text
    assert "the first 11,000 are in this one, 1,345 are lost" in page
    assert "its key is lost. All of its 11,000 entries are in this one." in page
