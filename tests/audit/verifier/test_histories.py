"""Whatever happens to a desk: from public values alone the same follows as from everything that the desk knows."""

from collections.abc import Mapping
from typing import Final

from hypothesis import given

from audit.verifier.components import Said, spells_of
from audit.verifier.decode import Decoder
from audit.verifier.replay import Replay
from audit.verifier.report import Report
from audit.verifier.timed import waited
from domain.instant import DAY, Instant
from domain.shapes import event_classes
from domain.ticket import folded
from domain.ticket.waiting import until_promised
from domain.uptime import stretches
from projections import status
from tests.cast import AT
from tests.projections.histories import STEPS, history
from tests.projections.story import Story

DECODER: Final = Decoder(event_classes())
LATER: Final = AT + 1_000 * DAY


def replayed(story: Story) -> Replay:
    replay = Replay(Report(), {}, DECODER)
    replay.take(0, [envelope for _, envelope in story.desk.log.envelopes()])
    replay.finish()
    return replay


def tickets_of(story: Story) -> Mapping[str | None, str]:
    """The streams of the tickets, each by its pseudonym."""
    recorded = story.desk.log.read_all(limit=10_000)
    return {each.envelope.pseudonym: each.stream for each in recorded if each.envelope.name == "ticket.opened"}


@given(STEPS)
def test_an_honest_desk_has_nothing_to_fear_and_its_clocks_follow_from_what_is_public(
    steps: list[tuple[str, int, int]],
) -> None:
    with history(steps) as story:
        replay = replayed(story)
        assert replay.report.findings == []
        for pseudonym, stream in tickets_of(story).items():
            whole = folded([each.event for each in story.desk.log.read(stream)])
            assert waited(replay.tickets.tickets.awake[str(pseudonym)], LATER) == until_promised(whole, LATER).clocks


@given(STEPS)
def test_uptime_follows_from_what_is_public(steps: list[tuple[str, int, int]]) -> None:
    during = AT - 10 * DAY, AT + 40 * DAY
    with history(steps) as story, story.seen() as views:
        told = replayed(story).components.said
        known = status.spells(views, since=during[0], until=during[1])
        assert {*known} <= {*told}
        for key, said in told.items():
            assert course(said, during) == stretches(known.get(key, []), *during)


def course(said: Said, during: tuple[Instant, Instant]) -> object:
    return stretches(spells_of(said), *during)
