from typing import Any

from sqlalchemy import Connection

from domain.attainment import ALL
from domain.classification import Priority
from domain.clock import Exclusion
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.assignment import accept
from domain.ticket.conversation import answer
from domain.ticket.joining import merge
from domain.ticket.opening import Publicity
from domain.ticket.outcome import Closing, close, refuse, reopen, resolve
from domain.ticket.promise import exclude
from projections import sla
from projections.sla import Figure
from tests.cast import ACME, ANN, AT, CAUSES, CY
from tests.projections.effort import plans
from tests.projections.story import Story

FOR_EVER = 2**60


def figures(story: Story, clock: Clock, **asked: object) -> list[Figure]:
    facts = {"since": 0, "until": FOR_EVER, "published": True, "position": story.desk.log.head(), "by": ("clock",)}
    with story.seen() as connection:
        found = sla.figures(connection, **(facts | asked))  # type: ignore[arg-type]
    return [figure for figure in found if figure.group["clock"] == clock]


def accepted(story: Story, stream: str, after: int) -> None:
    story.after(after)
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))


def solved(story: Story, stream: str) -> None:
    story.do(stream, resolve, message=f"done-{story.clock.now}", by=ANN, body="Try again")


def confirmed(story: Story, stream: str) -> None:
    story.do(stream, close, how=Closing.CONFIRMED, book=story.desk.configured.state().book(), by=CY)


def test_met_and_breached_are_decided(story: Story) -> None:
    in_time, late = story.open(), story.open()
    accepted(story, in_time, 10 * MINUTE)
    accepted(story, late, 11 * MINUTE)
    (figure,) = figures(story, Clock.REACTION)
    assert (figure.decided, figure.breached, figure.attainment) == (2, 1, ALL // 2)
    assert (figure.p50, figure.p90) == (10 * MINUTE, 21 * MINUTE)


def test_percentiles_are_of_the_nearest_rank(story: Story) -> None:
    streams = [story.open() for _ in range(10)]
    for stream in streams:
        accepted(story, stream, MINUTE)
    (figure,) = figures(story, Clock.REACTION)
    assert (figure.p50, figure.p90) == (5 * MINUTE, 9 * MINUTE)


def test_a_breach_counts_at_once_and_its_time_when_it_is_over(story: Story) -> None:
    stream = story.open()
    story.after(30 * MINUTE)
    story.tick(stream)
    (figure,) = figures(story, Clock.REACTION)
    assert (figure.breached, figure.p50) == (1, None)
    accepted(story, stream, 10 * MINUTE)
    (figure,) = figures(story, Clock.REACTION)
    assert (figure.breached, figure.p50) == (1, 40 * MINUTE)


def test_a_resolution_is_undecided_until_the_ticket_closes(story: Story) -> None:
    stream = story.open()
    solved(story, stream)
    (figure,) = figures(story, Clock.RESOLUTION)
    assert (figure.decided, figure.undecided, figure.attainment) == (0, 1, None)
    confirmed(story, stream)
    (figure,) = figures(story, Clock.RESOLUTION)
    assert (figure.decided, figure.undecided, figure.attainment) == (1, 0, ALL)


def test_what_was_solved_before_is_shown_as_reopened(story: Story) -> None:
    stream = story.open()
    solved(story, stream)
    story.after(HOUR)
    story.do(stream, reopen, by=CY)
    story.after(MINUTE)
    solved(story, stream)
    confirmed(story, stream)
    (figure,) = figures(story, Clock.RESOLUTION)
    assert (figure.decided, figure.reopened, figure.p50) == (1, 1, MINUTE)


def test_a_refusal_is_shown_apart(story: Story) -> None:
    stream = story.open()
    story.do(
        stream, refuse, message="no", by=ANN, cause="out_of_scope", causes=CAUSES, explanation="No", alternatives="Ask"
    )
    confirmed(story, stream)
    (figure,) = figures(story, Clock.RESOLUTION)
    assert (figure.refused, figure.decided) == (1, 0)


def test_an_excluded_verdict_is_shown_apart_and_still_counted_as_of_before(story: Story) -> None:
    stream = story.open()
    accepted(story, stream, 30 * MINUTE)
    then = story.desk.log.head()
    story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    (figure,) = figures(story, Clock.REACTION)
    assert (figure.excluded, figure.decided, figure.breached, figure.p50) == (1, 0, 0, None)
    (figure,) = figures(story, Clock.REACTION, position=then)
    assert (figure.excluded, figure.decided, figure.breached, figure.p50) == (0, 1, 1, 30 * MINUTE)


def test_a_merged_ticket_keeps_its_breach_and_nothing_else(story: Story) -> None:
    stream, other = story.open(), story.open()
    story.after(30 * MINUTE)
    story.do(stream, merge, ticket_id=stream, into=other, organisation=ACME, by=ANN)
    (figure,) = figures(story, Clock.REACTION)
    assert (figure.breached, figure.undecided) == (1, 1)
    (figure,) = figures(story, Clock.RESOLUTION)
    assert figure.undecided == 1


def test_opaque_tickets_are_counted_apart(story: Story) -> None:
    for publicity in Publicity:
        accepted(story, story.open(publicity=publicity), MINUTE)
    assert [figure.decided for figure in figures(story, Clock.REACTION)] == [1]
    assert [figure.decided for figure in figures(story, Clock.REACTION, published=False)] == [1]


def test_figures_are_told_by_any_of_the_axes(story: Story) -> None:
    for priority in (Priority.HIGH, Priority.LOW):
        accepted(story, story.open(priority=priority), MINUTE)
    by_all = figures(story, Clock.REACTION, by=sla.AXES)
    assert [figure.group["priority"] for figure in by_all] == ["high", "low"]
    assert [figure.group["level"] for figure in by_all] == ["gold", "gold"]


def test_an_organisation_sees_its_own_figures(story: Story) -> None:
    accepted(story, story.open(), MINUTE)
    accepted(story, story.open(organisation="b" * 32), MINUTE)
    (figure,) = figures(story, Clock.REACTION, organisation=ACME)
    assert figure.decided == 1


def test_a_verdict_counts_in_the_month_of_its_due_instant(story: Story) -> None:
    since, until = sla.month("2026-11", "Etc/UTC")
    accepted(story, story.open(at=AT), MINUTE)
    assert len(figures(story, Clock.REACTION, since=since, until=until)) == 1
    assert figures(story, Clock.REACTION, since=until) == []


def test_a_month_begins_at_midnight_of_its_zone() -> None:
    since, until = sla.month("2026-12", "Europe/Moscow")
    assert (until - since, sla.month("2027-01", "Europe/Moscow")[0]) == (31 * 24 * HOUR, until)


def test_a_figure_of_everything_needs_no_axis(story: Story) -> None:
    accepted(story, story.open(), MINUTE)
    with story.seen() as connection:
        (figure,) = sla.figures(
            connection, since=0, until=FOR_EVER, published=True, position=story.desk.log.head(), by=()
        )
    assert (figure.group, figure.decided, figure.p50) == ({}, 1, MINUTE)


def test_the_figures_of_a_clock_are_read_from_an_index_alone(story: Story) -> None:
    def ask(connection: Connection) -> object:
        asked: dict[str, Any] = {"since": AT, "until": AT + HOUR, "published": True, "position": 7, "by": ("clock",)}
        return sla.figures(connection, **asked, clock=Clock.FIRST_RESPONSE)

    with story.seen() as connection:
        found = plans(connection, lambda: ask(connection))
    by = "published=? AND clock=? AND due>? AND due<?"
    assert [f"SEARCH {sla.NAME} USING COVERING INDEX {sla.NAME}_due ({by})" in plan for plan in found] == [True, True]


def test_an_answer_ends_the_first_response(story: Story) -> None:
    stream = story.open()
    story.after(5 * MINUTE)
    story.do(stream, answer, message="a", by=ANN, channel="mail", body="Soon")
    (figure,) = figures(story, Clock.FIRST_RESPONSE)
    assert (figure.decided, figure.p50) == (1, 5 * MINUTE)
