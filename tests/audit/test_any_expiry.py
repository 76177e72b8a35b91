"""Let the texts of any tickets expire at any time: only the words are gone, from every file and every view."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from audit.check import check
from audit.views import check_views
from domain.erasure import ErasureStep
from domain.event import Id
from domain.ticket import Ticket
from service.erasing import carry_out
from store.erasing import erasure_at
from store.expiring import request_expiry
from store.sealing import Erased
from tests.audit.test_any_erasure import GROWN, Steps, anyone, erase, texts, tickets, verified, views
from tests.projections.histories import ACTS, STEPS, history
from tests.projections.story import Story

WHICH: Final = st.sets(st.integers(0, 2), min_size=1)


def expire(story: Story, which: set[int]) -> Id | None:
    """Of these tickets those that are over; None if none is."""
    chosen = [stream for number, stream in enumerate(tickets(story)) if number in which]
    erasure = request_expiry(story.desk, chosen, until=story.clock.now, at=story.clock.now)
    with story.seen():
        if erasure:
            carry_out(story.desk, story.engine, erasure)
            assert erasure_at(story.desk, erasure).step is ErasureStep.COMPLETED
    return erasure


def over(story: Story) -> None:
    """Whatever goes on is withdrawn, but one."""
    for stream in tickets(story)[1:]:
        ACTS["withdraw"](story, stream, stream)


def folds(story: Story) -> Mapping[Id, Any]:
    """All that decisions read of the tickets, but what says that the texts are gone."""
    return {each: known(story.desk.tickets.load(each)[0]) for each in tickets(story)}


def known(ticket: Ticket) -> dict[str, Any]:
    return {name: value for name, value in vars(ticket).items() if name not in ("texts_expired_at", "untold")}


def views_without_retention(story: Story) -> Mapping[str, Any]:
    return {name: rows for name, rows in views(story).items() if not name.startswith((*GROWN, "retention"))}


def in_files(story: Story, sealed: list[bytes]) -> list[str]:
    files = [each.name for each in story.folder.iterdir() if each.is_file() and holds(each.read_bytes(), sealed)]
    return [name for name in files if not name.startswith("keys")]


def holds(content: bytes, sealed: list[bytes]) -> bool:
    return any(each in content for each in sealed)


@effort(max_examples=15)
@given(STEPS, WHICH)
def test_only_the_words_are_gone(steps: Steps, which: set[int]) -> None:
    with history(steps) as story:
        over(story)
        for stream in tickets(story):
            story.tick(stream)  # else a wait that is over by now would end in the views with the next event, whichever
        said, seen, proved, folded = texts(story), views_without_retention(story), verified(story), folds(story)
        entries, forgotten = [*story.desk.log.envelopes()], check(story.desk).erased_sections
        rows = [section for each in story.desk.log.stored() for section in each.sections]
        erasure = expire(story, which)
        gone = set(erasure_at(story.desk, erasure).tickets) if erasure else set()
        assert {each: text for each, text in texts(story).items() if each.stream not in gone} == {
            each: text for each, text in said.items() if each.stream not in gone
        }
        assert {text for each, text in texts(story).items() if each.stream in gone} <= {Erased()}
        assert in_files(story, [s.ciphertext for s in rows if s.stream.hex in gone and s.name != "facts"]) == []
        assert [*story.desk.log.envelopes()][: len(entries)] == entries
        assert views_without_retention(story) == seen
        assert folds(story) == folded
        assert verified(story) == proved
        report, counted = check(story.desk), erasure_at(story.desk, erasure).sections if erasure else 0
        assert (report.findings, report.erased_sections) == ([], forgotten + counted)


@effort(max_examples=15)
@given(STEPS, WHICH, st.integers(0, 9), STEPS, st.sampled_from(["before", "after"]))
def test_everything_goes_on_afterwards_whoever_is_erased_before_or_after(
    steps: Steps, which: set[int], whom: int, later: Steps, when: str
) -> None:
    with history(steps) as story:
        over(story)
        owner = anyone(story, whom)
        if when == "before":
            erase(story, owner)
        expire(story, which)
        streams = tickets(story)
        for name, number, duration in later:
            story.after(duration)
            ACTS[name](story, streams[number], streams[number - 1])
        if when == "after":
            erase(story, owner)
        with story.seen():
            assert check(story.desk).findings == []
            assert check_views(story.projector) == []
