from domain.event import Id
from domain.instant import DAY, HOUR, Instant
from domain.person.absence import AbsenceCancelled, AbsencePlanned
from domain.person.identity import Deactivated
from domain.ticket.assignment import assign
from domain.ticket.outcome import Closing, close
from projections import upkeep
from projections.rebuild import differing
from projections.upkeep import held_to, next_absence, of_absent, terms
from tests.cast import ANN, AROUND_THE_CLOCK, AT, CY, DORA, LEVEL, LINES
from tests.projections.story import Story

AWAY = "f" * 32


def owned(story: Story) -> Id:
    stream = story.open()
    story.act(stream, assign, by=ANN, owner=ANN, teams=frozenset({"front"}), serves=False, lines=LINES, at=AT)
    return stream


def plan(story: Story, start: Instant = AT + HOUR, end: Instant = AT + 2 * HOUR) -> None:
    story.tell("people", ANN, AbsencePlanned(at=AT, absence=AWAY, start=start, end=end, deputy=DORA))


def test_tickets_of_whoever_is_away_are_found_while_they_are(any_story: Story) -> None:
    stream = owned(any_story)
    any_story.open()
    plan(any_story)
    with any_story.seen() as connection:
        found = [of_absent(connection, at=at) for at in (AT + HOUR - 1, AT + HOUR, AT + 2 * HOUR)]
        assert found == [[], [(stream, ANN)], []]
        assert next_absence(connection, after=AT) == AT + HOUR
        assert next_absence(connection, after=AT + HOUR) is None


def test_whoever_is_not_away_after_all_keeps_their_tickets(story: Story) -> None:
    owned(story)
    plan(story)
    story.tell("people", ANN, AbsenceCancelled(at=AT, absence=AWAY))
    with story.seen() as connection:
        assert of_absent(connection, at=AT + HOUR) == []


def test_whoever_has_left_is_away_for_ever(any_story: Story) -> None:
    stream = owned(any_story)
    any_story.tell("people", ANN, Deactivated(at=AT + HOUR))
    with any_story.seen() as connection:
        found = [of_absent(connection, at=at) for at in (AT + HOUR - 1, AT + HOUR, AT + 9_999 * DAY)]
        assert found == [[], [(stream, ANN)], [(stream, ANN)]]


def test_a_ticket_that_is_over_passes_to_nobody(story: Story) -> None:
    stream = owned(story)
    plan(story)
    story.act(stream, close, how=Closing.WITHDRAWN, by=CY, book=AROUND_THE_CLOCK, at=AT)
    with story.seen() as connection:
        assert (of_absent(connection, at=AT + HOUR), terms(connection)) == ([], [])


def test_open_tickets_are_found_by_their_terms(any_story: Story) -> None:
    streams = sorted([any_story.open(), any_story.open()])
    with any_story.seen() as connection:
        assert terms(connection) == [(LEVEL, 1)]
        assert (held_to(connection, LEVEL, 1), held_to(connection, LEVEL, 2)) == (streams, [])
        assert len(held_to(connection, LEVEL, 1, limit=1)) == 1


def test_a_rebuilt_view_says_the_same(story: Story) -> None:
    owned(story)
    plan(story)
    with story.seen():
        assert differing(story.projector, upkeep) == []
