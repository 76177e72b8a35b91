from domain.attainment import ALL
from domain.classification import Complexity
from domain.clock import Exclusion
from domain.event import Content
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.assignment import accept, assign, hand_over
from domain.ticket.classing import categorise
from domain.ticket.conversation import answer
from domain.ticket.feedback import rate
from domain.ticket.joining import merge
from domain.ticket.outcome import Closing, Resolved, close, reopen, resolve
from domain.ticket.promise import exclude
from projections import kpi, sla
from projections.kpi import Axis, Figure
from tests.cast import ACME, ALWAYS, ANN, BORIS, CY, LINES, REASONS, accepted, opened
from tests.projections.story import Story, level

FOR_EVER = 2**60


def figures(story: Story, by: Axis = "owner") -> list[Figure]:
    with story.seen() as connection:
        return list(kpi.figures(connection, by, since=0, until=FOR_EVER))


def taken(story: Story, by: str = ANN) -> str:
    stream = story.open()
    story.do(stream, accept, by=by, teams=frozenset({"front"}))
    return stream


def solved(story: Story, stream: str, by: str = ANN) -> str:
    story.do(stream, resolve, message=f"done-{story.clock.now}", by=by, body="Try again")
    return stream


def confirmed(story: Story, stream: str) -> None:
    story.do(stream, close, how=Closing.CONFIRMED, book=story.desk.configured.state().book(), by=CY)


def handed_over(story: Story, stream: str, team: str) -> None:
    story.do(stream, hand_over, by=ANN, team=team, reason="skill", reasons=REASONS, lines=LINES)


def test_times_are_means_of_business_time(story: Story) -> None:
    for minutes in (10, 30):
        stream = taken(story)
        story.after(minutes * MINUTE)
        story.do(stream, answer, message="a", by=ANN, channel="mail", body="Soon")
        story.after(HOUR)
        solved(story, stream)
    (figure,) = figures(story)
    assert (figure.who, figure.tickets) == (ANN, 2)
    assert (figure.mean_first_response, figure.mean_resolution) == (20 * MINUTE, 80 * MINUTE)


def test_a_solution_is_a_first_response(story: Story) -> None:
    stream = taken(story)
    story.after(MINUTE)
    solved(story, stream)
    (figure,) = figures(story)
    assert figure.mean_first_response == MINUTE


def test_the_share_in_time_is_that_of_the_verdicts(story: Story) -> None:
    confirmed(story, solved(story, taken(story)))
    late = taken(story)
    story.after(5 * HOUR)
    confirmed(story, solved(story, late))
    (figure,) = figures(story)
    assert (figure.decided, figure.breached, figure.in_time) == (2, 1, ALL // 2)
    story.do(late, exclude, clock=Clock.RESOLUTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    (figure,) = figures(story)
    assert (figure.decided, figure.in_time) == (1, ALL)


def test_hands_are_counted(story: Story) -> None:
    stream = taken(story)
    story.do(stream, assign, by=ANN, owner=BORIS, teams=frozenset({"front"}), serves=False, lines=LINES)
    handed_over(story, stream, "network")
    handed_over(story, stream, "front")
    solved(story, stream)
    solved(story, taken(story))
    by_owner = {figure.who: figure for figure in figures(story)}
    assert (by_owner[BORIS].responsibility_changes, by_owner[BORIS].hand_overs) == (1, 2)
    assert (by_owner[BORIS].returned, by_owner[BORIS].returned_share) == (1, ALL)
    (line,) = figures(story, "line")
    assert (line.tickets, line.returned_share) == (2, ALL // 2)


def test_a_transfer_within_a_line_returns_nothing(story: Story) -> None:
    stream = taken(story)
    handed_over(story, stream, "front-night")
    handed_over(story, stream, "front")
    solved(story, stream)
    (team,) = figures(story, "team")
    assert (team.who, team.hand_overs, team.returned) == ("front", 2, 0)


def test_a_reopened_ticket_counts_when_it_is_solved_again(story: Story) -> None:
    stream = solved(story, taken(story))
    story.do(stream, reopen, by=CY)
    assert figures(story) == []
    story.after(HOUR)
    solved(story, stream)
    (figure,) = figures(story)
    assert (figure.tickets, figure.reopened, figure.mean_resolution) == (1, 1, HOUR)


def test_after_closing_the_next_verdict_counts(story: Story) -> None:
    stream = solved(story, taken(story))
    confirmed(story, stream)
    story.do(stream, reopen, by=CY)
    story.after(5 * HOUR)
    confirmed(story, solved(story, stream))
    (figure,) = figures(story)
    assert (figure.decided, figure.breached) == (1, 1)


def test_the_last_rating_counts(story: Story) -> None:
    rated = solved(story, taken(story))
    solved(story, taken(story))
    story.do(rated, rate, by=CY, csat=2, nps=0)
    story.do(rated, rate, by=CY, csat=5, nps=10)
    (figure,) = figures(story)
    assert (figure.csat_n, figure.csat_sum) == (1, 5)
    assert (figure.nps_n, figure.promoters, figure.detractors, figure.nps) == (1, 1, 0, 100)
    assert (figure.rated, figure.response_rate) == (1, ALL // 2)


def test_without_answers_there_is_no_score(story: Story) -> None:
    solved(story, taken(story))
    (figure,) = figures(story)
    assert (figure.nps, figure.csat_n, figure.response_rate) == (None, 0, 0)


def test_complex_tickets_are_counted(story: Story) -> None:
    stream = taken(story)
    story.do(stream, categorise, category="network", complexity=Complexity.COMPLEX, by=ANN)
    solved(story, stream)
    (figure,) = figures(story)
    assert figure.complex_tickets == 1


def test_a_merged_ticket_counts_for_nobody(story: Story) -> None:
    stream, other = taken(story), story.open()
    solved(story, stream)
    story.do(stream, merge, ticket_id=stream, into=other, organisation=ACME, by=ANN)
    assert figures(story) == []


def test_figures_are_of_the_time_asked_for(story: Story) -> None:
    solved(story, taken(story))
    with story.seen() as connection:
        assert kpi.figures(connection, "owner", since=story.clock.now + 1, until=FOR_EVER) == []
        assert kpi.figures(connection, "owner", since=0, until=story.clock.now) == []


def test_without_a_promise_no_business_time_is_known(story: Story) -> None:
    bare = level(level="bare", targets=())
    story.tell("configuration", story.desk.name("configuration"), bare)
    stream = story.open(level="bare")
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    story.after(HOUR)
    solved(story, stream)
    (figure,) = figures(story)
    assert (figure.tickets, figure.decided, figure.mean_resolution, figure.mean_first_response) == (1, 0, None, None)


def test_what_took_longer_than_its_calendar_lasts_has_no_known_time(story: Story) -> None:
    text = Content(CY, {"body": "Try again"})
    late = Resolved(at=ALWAYS.span.end + 1, message="done", by=ANN, text=text)
    story.append("5" * 32, opened(), accepted(), late)
    (figure,) = figures(story)
    assert (figure.who, figure.mean_resolution) == (ANN, None)
    with story.seen() as connection:
        clocks = sla.figures(connection, since=0, until=FOR_EVER, published=True, position=story.desk.log.head())
    assert {(figure.p50, figure.decided) for figure in clocks} == {(None, 0)}
