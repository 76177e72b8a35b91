from collections.abc import Mapping

from hypothesis import given, settings

from domain.classification import Priority
from domain.clock import Exclusion
from domain.component import ComponentStatus
from domain.event import Source
from domain.incident import IncidentImpact, IncidentStatus
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.assignment import accept
from domain.ticket.classing import reprioritise
from domain.ticket.outcome import Closing, close, reopen, resolve
from domain.ticket.promise import exclude
from projections import flow
from projections.rebuild import differing, rebuild
from tests.cast import ANN, CY, LEVEL, opened
from tests.projections.announcing import announce, post
from tests.projections.histories import STEPS, WEIGHTED, history
from tests.projections.story import Story

ONE = "1a" * 16
Counts = Mapping[tuple[str, ...], tuple[int, int, int]]


def tickets(story: Story) -> Counts:
    """Opened, closed, reopened."""
    with story.seen() as connection:
        found = flow.tickets(connection)
    return {(each.priority, each.channel): (each.opened, each.closed, each.reopened) for each in found}


def verdicts(story: Story) -> Counts:
    """Decided, breached, excluded."""
    with story.seen() as connection:
        found = flow.verdicts(connection)
    keys = [(each.clock, each.level, each.kind, each.priority) for each in found]
    counts = [(each.decided, each.breached, each.excluded) for each in found]
    return dict(zip(keys, counts, strict=True))


def solved(story: Story, stream: str) -> None:
    story.do(stream, resolve, message=f"done-{story.clock.now}", by=ANN, body="Try again")
    story.do(stream, close, how=Closing.CONFIRMED, book=story.desk.configured.state().book(), by=CY)


def test_a_ticket_is_counted_by_its_priority_at_each_event(story: Story) -> None:
    stream = story.open()
    story.do(stream, reprioritise, priority=Priority.CRITICAL, **WEIGHTED)
    solved(story, stream)
    story.do(stream, reopen, by=CY)
    assert tickets(story) == {("normal", "mail"): (1, 0, 0), ("critical", "mail"): (0, 1, 1)}


def test_whoever_names_a_channel_makes_no_new_series(story: Story) -> None:
    for channel in ("phone", "pigeon", "smoke signals"):
        story.open(channel=channel)
    assert tickets(story) == {("normal", "phone"): (1, 0, 0), ("normal", flow.OTHER): (2, 0, 0)}


def test_what_was_imported_is_not_counted_but_what_comes_of_it_here_is(story: Story) -> None:
    story.append(ONE, opened(), source=Source.IMPORT)
    assert tickets(story) == {}
    solved(story, ONE)
    assert tickets(story) == {("normal", "mail"): (0, 1, 0)}


def test_an_exclusion_is_counted_and_the_verdict_stays(story: Story) -> None:
    stream = story.open()
    story.after(30 * MINUTE)
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    reaction = (Clock.REACTION, LEVEL, "incident", "normal")
    assert verdicts(story) == {reaction: (1, 1, 0)}
    story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    assert verdicts(story) == {reaction: (1, 1, 1)}


def test_a_verdict_keeps_the_class_it_was_given_for(story: Story) -> None:
    stream = story.open()
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    story.do(stream, reprioritise, priority=Priority.CRITICAL, **WEIGHTED)
    assert verdicts(story) == {(Clock.REACTION, LEVEL, "incident", "normal"): (1, 0, 0)}


def test_an_incident_is_counted_by_the_impact_that_it_had_at_first(story: Story) -> None:
    announce(story, ONE, components={"web": ComponentStatus.DEGRADED})
    announce(story, "2b" * 16, impact=IncidentImpact.CRITICAL)
    announce(story, "3c" * 16, source=Source.IMPORT)
    story.after(HOUR)
    post(story, ONE, IncidentStatus.IDENTIFIED, web=ComponentStatus.MAJOR_OUTAGE)
    with story.seen() as connection:
        assert flow.incidents(connection) == {"minor": 1, "critical": 1}


def test_without_any_words_it_is_built_the_same(story: Story) -> None:
    stream = story.open()
    announce(story, ONE)
    solved(story, stream)
    before = tickets(story), verdicts(story)
    story.desk.log.delete_texts([stream, ONE])
    assert not story.desk.log.has_texts([stream, ONE])
    assert differing(story.projector, flow) == []
    rebuild(story.projector, flow)
    assert (tickets(story), verdicts(story)) == before


@settings(max_examples=8)
@given(STEPS)
def test_no_count_ever_falls(steps: list[tuple[str, int, int]]) -> None:
    last: dict[tuple[str, ...], tuple[int, int, int]] = {}

    def look(story: Story) -> None:
        for counts in (tickets(story), verdicts(story)):
            for key, now in counts.items():
                assert all(count >= before for count, before in zip(now, last.get(key, now), strict=True))
                last[key] = now

    with history(steps, after_each=look) as story:
        assert {*last} <= {*tickets(story), *verdicts(story)}
