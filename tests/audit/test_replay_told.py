"""A replay in words: as it was known then, and nothing that was stored is left out."""

import re
import sqlite3
from contextlib import closing

import pytest

from audit import replay_json
from audit.replay import replay
from audit.replay_html import page
from audit.replay_told import told, told_entry, told_event
from audit.replay_words import REASONS, STANDINGS, lasting, marked
from audit.then import then
from domain.deadline import Reason, Standing
from domain.event import Content, Id, Source
from domain.instant import HOUR, MINUTE, SECOND
from domain.person.identity import Renamed
from domain.ticket.joining import join_duplicate, link, merge
from domain.ticket.outcome import refuse
from domain.ticket.promise import exclude, state_next_act
from domain.ticket.provenance import AttributesImported
from domain.ticket.state import WaitFor
from domain.ticket.waiting import wait
from projections.words import LANGUAGES
from store.keys import KEYS
from tests.audit.replays import book_of, facts, heading, known_now, paged, proved, recorded, standing_now, terminal
from tests.cast import ACME, ANN, AROUND_THE_CLOCK, AT, BARE, CAUSES, CY, OPENED, opened
from tests.projections.story import Story

OTHER = "9" * 32


def test_the_terminal_tells_where_the_ticket_stands(story: Story) -> None:
    stream = story.open(policy=2)
    known = facts(story, stream)
    assert known["Stage"] == "opened"
    assert known["Responsible"] == "Front desk (the team has not taken it yet)"
    assert known["Contact, organisation"] == "Cy Young, Acme & Sons"
    assert known["Next act by"] == "2026-11-02 10:20:00 +00:00"
    assert facts(story, stream, "ru")["Группа, линия"] == "Приёмная, Первая линия"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_and_every_message_is_told(story: Story, stream: Id, language: str) -> None:
    shown, known = standing_now(story, stream), known_now(story, language)
    on_terminal, on_page = terminal(story, stream, language), paged(story, stream, language)
    for number, each in enumerate(shown.past, start=1):
        sentence = told_event(number, each, known).sentence
        assert sentence in on_terminal
        assert on_page.count(sentence) >= 2
    for number, each in shown.said:
        words = [part for _, part in told_entry(number, each, known).parts]
        assert all(line in on_terminal for part in words for line in part.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_segment_is_told_with_its_reason(story: Story, stream: Id, language: str) -> None:
    shown = told(standing_now(story, stream), known_now(story, language))
    lines, html = terminal(story, stream, language), paged(story, stream, language)
    for segment in (segment for clock in shown.clocks for segment in clock.segments):
        assert f"{segment.start} - {segment.end}" in lines
        assert segment.reason in lines
        assert f"<td>{segment.start}</td><td>{segment.end}</td><td>{segment.lasts}</td>" in html


def test_a_judged_clock_says_how_it_was_judged(story: Story, stream: Id) -> None:
    clocks = {clock.name: clock for clock in told(standing_now(story, stream), known_now(story)).clocks}
    assert (clocks["reaction 1"].state, clocks["reaction 1"].kind) == ("stopped, breached", "breached")
    assert clocks["resolution 1"].sums[:2] == [
        (Reason.OPEN, "counted: opening hours, 7 h 30 min"),
        (Reason.CLOSED, "skipped: outside opening hours, 15 h"),
    ]


def test_what_was_erased_says_so_and_stops_nothing(story: Story, stream: Id) -> None:
    story.desk.keys.destroy(CY, at=1)
    lines = terminal(story, stream)
    assert f"erased name {CY[:8]}" in lines
    assert "[erased]" in lines
    assert "Since nine" not in lines + paged(story, stream)
    assert "[стёрто]" in terminal(story, stream, "ru")


def test_what_cannot_be_read_says_why_and_stops_nothing(story: Story, stream: Id) -> None:
    with closing(sqlite3.connect(story.folder / "log.db")) as file, file:
        file.execute("UPDATE sections SET ciphertext=x'00' WHERE name='text'")
    with story.desk.keys._engine.begin() as connection:
        connection.execute(KEYS.delete().where(KEYS.c.owner == ANN))
    lines = terminal(story, stream)
    assert re.search(r"\[cannot be read: section 'text' of \w+:\d+ does not open", lines)
    assert f"unreadable name {ANN[:8]}" in lines
    assert "cannot be read" in paged(story, stream)


def test_names_are_those_of_then(story: Story) -> None:
    before = story.desk.log.head()
    story.tell("people", CY, Renamed(at=AT, name=Content(CY, {"name": "Cy Old"})))
    assert then(story.desk, before, "en").names(CY) == "Cy Young"
    assert known_now(story).names(CY) == "Cy Old"
    assert then(story.desk, 1, "en").names(CY) == CY


def test_before_the_configuration_was_known_things_are_called_by_their_keys(story: Story, stream: Id) -> None:
    known = dict(told(standing_now(story, stream), then(story.desk, 0, "en")).facts)
    assert (known["Team, line"], known["Service level"]) == ("network, 2", "gold, version 2")


def test_related_tickets_are_called_by_their_references(story: Story) -> None:
    other = story.open(policy=2)
    reference = story.desk.tickets.load(other)[0].reference
    third = story.open(policy=2)
    story.do(other, link, ticket_id=other, to=third, how="causes", by=ANN)
    story.do(third, join_duplicate, duplicate=other, by=ANN)
    story.do(other, merge, ticket_id=other, into=third, organisation=ACME, by=ANN)
    into = story.desk.tickets.load(third)[0].reference
    assert (facts(story, other)["Merged into ticket"], facts(story, third)["Duplicates"]) == (into, reference)
    assert facts(story, other)["Links"] == f"{into} (causes)"
    assert f"merged the ticket into {into}" in terminal(story, other)
    assert "There are no clocks." in terminal(story, other)


def test_a_wait_and_a_stated_act_are_told(story: Story) -> None:
    stream = story.open(policy=2)
    story.do(stream, state_next_act, what="Call the carrier", due=AT + MINUTE, by=ANN)
    story.do(stream, wait, what=WaitFor.CLIENT, until=AT + HOUR, by=ANN)
    assert facts(story, stream)["Waits for"] == "client, until 2026-11-02 11:00:00 +00:00"
    assert "Next act: Call the carrier" in terminal(story, stream)
    assert "of 4 h; due once the wait is over" in terminal(story, stream)


def test_a_refusal_explains_itself_before_it_offers_alternatives(story: Story) -> None:
    stream = story.open(policy=2)
    why = {"cause": "out_of_scope", "causes": CAUSES, "explanation": "Not ours.", "alternatives": "The carrier."}
    story.do(stream, refuse, message="1", by=ANN, **why)
    lines = terminal(story, stream)
    assert lines.index("Explanation: Not ours.") < lines.index("Alternatives: The carrier.")


def test_an_excluded_verdict_says_why(story: Story, stream: Id) -> None:
    verdict = standing_now(story, stream).verdicts[0]
    story.do(stream, exclude, clock=verdict.clock, instance=1, reason="clock_error", by=ANN)
    clock, told = (each for each in terminal(story, stream).splitlines() if "excluded: clock error" in each)
    assert ", excluded: clock error; used" in clock
    assert told.endswith("; excluded: clock error")


def test_a_clock_without_a_target_promises_nothing(story: Story) -> None:
    bare = replay(recorded([opened(level=BARE)]), AROUND_THE_CLOCK, AT + HOUR)
    clocks = told(bare, known_now(story)).clocks
    assert clocks[-1].facts == ["used 0 s, nothing is promised"]
    assert clocks[-1].sums == [(Reason.NO_TARGET, "skipped: nothing is promised, 1 h")]


def test_what_a_source_recorded_holds_until_it_says_otherwise(story: Story) -> None:
    said = [{"made_sla": "TRUE", "reopened": "0"}, {"reopened": "1"}]
    notes = [AttributesImported(at=AT, source="servicenow", attributes=each) for each in said]
    shown = replay(recorded([OPENED, *notes], Source.IMPORT), AROUND_THE_CLOCK, AT)
    assert dict(told(shown, known_now(story)).facts)["Recorded by the source"] == "made_sla: TRUE, reopened: 1"


def test_a_clock_that_is_late_and_runs_is_overdue(story: Story) -> None:
    stream = story.open(policy=2)
    story.after(HOUR)
    story.tick(stream)
    clock = told(standing_now(story, stream), known_now(story)).clocks[0]
    assert (clock.state, clock.kind) == ("overdue", "breached")


@pytest.mark.parametrize("source", [Source.IMPORT, Source.SIMULATION])
@pytest.mark.parametrize("language", LANGUAGES)
def test_asserted_entries_are_marked(story: Story, source: Source, language: str) -> None:
    known = known_now(story, language)
    shown = replay(recorded([OPENED], source), AROUND_THE_CLOCK, AT)
    mark = told_event(1, shown.past[0], known).mark
    assert mark == marked(source, language) != marked(Source.LIVE, language) == ""
    assert len(heading(shown, known, happened=AT)) == 4


def test_what_was_stored_later_says_when(story: Story) -> None:
    stream = story.open(policy=2)
    [first, *_] = story.desk.log.read(stream)
    assert told_event(1, first, known_now(story)).stored == ""
    story.after(HOUR)
    story.act(stream, lambda state: link(state, ticket_id=stream, to=OTHER, how="causes", by=ANN, at=AT))
    last = story.desk.log.read(stream)[-1]
    assert told_event(9, last, known_now(story)).stored == "stored 2026-11-02 11:00:00 +00:00"


def test_no_text_commands_the_terminal(story: Story) -> None:
    stream = story.open(text=Content(CY, {"subject": "\x1b[2J\u202e", "body": "a\tb\r\x07"}))
    lines = terminal(story, stream)
    assert "\\u001b[2J\\u202e" in lines
    assert not set(lines) & {"\x1b", "\u202e", "\t", "\r", "\x07"}


def test_a_clock_without_an_answer_says_until_when_its_calendar_is_known(story: Story) -> None:
    stream = story.open(policy=2)
    late = replay(story.desk.log.read(stream), book_of(story), AT * 2)
    shown = told(late, known_now(story))
    assert "cannot be reckoned: version 1 of calendar office is known until 2029-01-01" in shown.clocks[0].state
    html = page([late, late], known_now(story), ["Ticket"], proved(story, stream))
    assert "cannot be reckoned" in html
    values = replay_json.values(late, known_now(story), proved(story, stream))
    assert values["clocks"][0]["unknown"]["calendar"] == "office"


def test_every_standing_and_every_reason_has_words() -> None:
    assert STANDINGS.keys() == set(Standing)
    assert REASONS.keys() == set(Reason)


@pytest.mark.parametrize(
    ("duration", "words"),
    [(0, "0 s"), (999, "0 s"), (SECOND, "1 s"), (40 * MINUTE, "40 min"), (26 * HOUR + 5 * MINUTE, "26 h 5 min")],
)
def test_durations_are_rounded_down_to_the_second(duration: int, words: str) -> None:
    assert lasting(duration, "en") == words
