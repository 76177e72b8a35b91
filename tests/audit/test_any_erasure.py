"""Erase anyone at any time: all others read what they read before, and every figure is what it was."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from audit.check import check
from audit.views import check_views
from domain.erasure import ErasedKind, ErasureStep, Ground
from domain.event import Address, Id
from projections import ALL
from service.erasing import carry_out
from store.erasing import Demand, Whom, erasure_at, request
from store.sealing import Erased, Unsealed
from store.streams import Command
from tests.audit.verifier.test_histories import replayed
from tests.projections.histories import ACTS, STEPS, history
from tests.projections.story import Story, rows

GROWN: Final = ("entries", "erasures", "positions", "trail")
"""Views that tell of the erasure itself."""
OF_THE_MOMENT: Final = frozenset({"version", "from_position", "to_position", "node"})
"""Since which event a ticket is as it is: since the erasure, nothing else has changed."""
Steps = list[tuple[str, int, int]]


def erase(story: Story, owner: Id) -> Id:
    command = Command(story.desk.new_id())
    kind = ErasedKind.ANNOUNCEMENT if story.desk.log.read(owner) else ErasedKind.PERSON
    whom = Whom(kind, owner, frozenset({owner}))
    request(story.desk, command, whom, Demand(Ground.REQUEST_OF_SUBJECT, story.clock.now))
    with story.seen():
        carry_out(story.desk, story.engine, command.id)
    assert erasure_at(story.desk, command.id).step is ErasureStep.COMPLETED
    return command.id


def texts(story: Story) -> Mapping[Address, Unsealed]:
    return {each: story.desk.log.text(each) for each in addresses(story)}


def addresses(story: Story) -> Iterator[Address]:
    for recorded in story.desk.log.read_all(limit=10_000):
        yield from (value for value in vars(recorded.event).values() if isinstance(value, Address))


def anyone(story: Story, which: int) -> Id:
    """Somebody who has words: a person, an announcement, a subscriber."""
    owners = sorted({each.owner for each in addresses(story) if not story.desk.keys.is_erased(each.owner)})
    return owners[which % len(owners)]


def views(story: Story) -> Mapping[str, Any]:
    with story.seen():
        held = rows(story.engine)
    tables = {table.name: [*table.columns.keys()] for each in ALL for table in each.METADATA.sorted_tables}
    return {name: {known(tables[name], row) for row in held[name]} for name in held if not name.startswith(GROWN)}


def known(columns: list[str], row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value for name, value in zip(columns, row, strict=True) if name not in OF_THE_MOMENT)


def tickets(story: Story) -> list[Id]:
    opened = (each for each in story.desk.log.read_all(limit=10_000) if each.envelope.name == "ticket.opened")
    return [each.stream for each in opened]


def verified(story: Story) -> tuple[Any, ...]:
    replay = replayed(story)
    found = replay.report
    counted = {month: replay.tickets.counts.get(month) for month in replay.tickets.changed}
    return found.findings, found.verdicts, found.figures, found.excluded, counted


@effort(max_examples=15)
@given(STEPS, st.integers(0, 9))
def test_nobody_else_notices(steps: Steps, which: int) -> None:
    with history(steps) as story:
        for stream in tickets(story):
            story.tick(stream)  # else a wait that is over by now would end in the views with the next event, whichever
        said, seen, proved = texts(story), views(story), verified(story)
        entries = [*story.desk.log.envelopes()]
        forgotten = check(story.desk).erased_sections
        gone = anyone(story, which)
        stream = erase(story, gone)
        assert {each: text for each, text in texts(story).items() if each.owner != gone} == {
            each: text for each, text in said.items() if each.owner != gone
        }
        assert {text for each, text in texts(story).items() if each.owner == gone} == {Erased()}
        assert [*story.desk.log.envelopes()][: len(entries)] == entries
        assert views(story) == seen
        assert verified(story) == proved
        report = check(story.desk)
        assert (report.findings, report.erased_sections) == ([], forgotten + erasure_at(story.desk, stream).sections)


@effort(max_examples=15)
@given(STEPS, st.integers(0, 9), STEPS)
def test_everything_goes_on_afterwards(steps: Steps, which: int, later: Steps) -> None:
    with history(steps) as story:
        erase(story, anyone(story, which))
        streams = tickets(story)
        for name, number, duration in later:
            story.after(duration)
            ACTS[name](story, streams[number], streams[number - 1])
        with story.seen():
            assert check(story.desk).findings == []
            assert check_views(story.projector) == []
