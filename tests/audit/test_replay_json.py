"""A replay for programs."""

import json
import sqlite3
from contextlib import closing

from audit import replay_json
from domain.event import Id
from domain.instant import HOUR, MINUTE
from tests.audit.replays import known_now, proved, standing_now
from tests.cast import CY
from tests.projections.story import Story


def test_a_program_gets_exact_figures_and_the_state_of_every_text(story: Story, stream: Id) -> None:
    values = replay_json.values(standing_now(story, stream), known_now(story), proved(story, stream))
    segment = json.loads(json.dumps(values))["clocks"][0]["segments"][0]
    assert (segment["reason"], segment["calendar"]) == ("open", {"key": "office", "version": 1})
    assert [clock["used"] for clock in values["clocks"]][:3] == [30 * MINUTE, 30 * MINUTE, 7 * HOUR + 30 * MINUTE]
    assert values["conversation"][0]["text"]["parts"] == {"subject": "No dial tone", "body": "Since this morning."}
    assert values["conversation"][-1]["text"] is None
    assert [each["internal"] for each in values["conversation"]].count(True) == 1


def test_a_program_gets_verdicts_by_the_names_of_their_parts(story: Story, stream: Id) -> None:
    first = replay_json.values(standing_now(story, stream), known_now(story), proved(story, stream))["verdicts"][0]
    assert (first["clock"], first["instance"], first["excluded"]) == ("reaction", 1, None)


def test_a_program_is_told_of_erased_and_unreadable_texts(story: Story, stream: Id) -> None:
    with closing(sqlite3.connect(story.folder / "log.db")) as file, file:
        file.execute("DELETE FROM sections WHERE name='text' AND originator_version=1")
    first = replay_json.values(standing_now(story, stream), known_now(story), proved(story, stream))["conversation"][0]
    assert first["text"] == {"state": "unreadable", "why": "its section is missing from the log"}
    story.desk.keys.destroy(CY, at=1)
    first = replay_json.values(standing_now(story, stream), known_now(story), proved(story, stream))["conversation"][0]
    assert first["text"] == {"state": "erased"}
