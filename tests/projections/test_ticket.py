import pytest

from domain.classification import Priority
from domain.refusal import Refused
from domain.ticket.assignment import accept
from domain.ticket.conversation import answer, note, write
from domain.ticket.joining import join_duplicate, link, merge
from domain.ticket.outcome import reopen, resolve
from domain.ticket.promise import state_next_act
from projections import ticket
from projections.cursor import written
from projections.scope import Filters
from tests.cast import ACME, ANN, AT, CY
from tests.projections.story import EVERYTHING, Story


def header(story: Story, stream: str, position: int | None = None) -> ticket.Header:
    with story.seen() as connection:
        found = ticket.header(connection, stream, position)
        assert found
        return found


def test_a_ticket_is_found_by_its_reference(story: Story) -> None:
    stream = story.open()
    with story.seen() as connection:
        assert ticket.find(connection, header(story, stream).reference) == stream
        assert ticket.find(connection, "000000000") is None


def test_the_header_shows_the_ticket_as_it_stands_and_as_it_stood(story: Story) -> None:
    stream = story.open()
    then = story.desk.log.head()
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    now, before = header(story, stream), header(story, stream, then)
    assert (before.stage, before.owner, before.opened_at) == ("opened", None, AT)
    assert (now.stage, now.owner, now.opened_at) == ("accepted", ANN, AT)
    assert (now.rule, now.channel, now.organisation, now.level) == ("everything", "mail", ACME, "gold")


def test_before_its_opening_there_is_no_ticket(story: Story) -> None:
    before = story.desk.log.head()
    stream = story.open()
    with story.seen() as connection:
        assert ticket.header(connection, stream, before) is None


def test_a_reopened_ticket_is_not_solved(story: Story) -> None:
    stream = story.open()
    story.do(stream, resolve, message="done", by=ANN, body="Try again")
    assert header(story, stream).resolved_at == AT
    story.do(stream, reopen, by=CY)
    assert header(story, stream).resolved_at is None


def test_what_belongs_together_is_shown(story: Story) -> None:
    stream, duplicate = story.open(), story.open()
    story.do(stream, join_duplicate, duplicate=duplicate, by=ANN)
    story.do(duplicate, merge, ticket_id=duplicate, into=stream, organisation=ACME, by=ANN)
    story.do(stream, link, ticket_id=stream, to=duplicate, how="related", by=ANN)
    assert (header(story, stream).duplicates, header(story, stream).links) == ([duplicate], [(duplicate, "related")])
    assert header(story, duplicate).merged_into == stream


def test_the_conversation_is_kept_by_address_and_unsealed_by_the_log(story: Story) -> None:
    stream = story.open()
    story.do(stream, write, message="m1", by=CY, channel="telegram", body="Any news?")
    with story.seen() as connection:
        opening, message = ticket.entries(connection, stream, internal=False)
    assert (opening.what, message.what) == ("ticket.opened", "ticket.client_wrote")
    assert (message.by, message.channel, message.message, message.at) == (CY, "telegram", "m1", AT)
    assert message.text
    assert story.desk.log.text(message.text) == {"body": "Any news?"}


def test_no_view_holds_a_text_in_clear(story: Story) -> None:
    stream = story.open()
    story.do(stream, write, message="m1", by=CY, channel="mail", body="unmistakable")
    story.projector.catch_up()
    story.engine.dispose()
    assert b"unmistakable" not in b"".join(path.read_bytes() for path in story.folder.glob("views.db*"))


def test_what_is_internal_is_shown_to_the_staff_alone(story: Story) -> None:
    stream = story.open()
    story.do(stream, note, message="n1", by=ANN, body="Odd")
    story.do(stream, state_next_act, what="Call", due=AT + 1, by=ANN)
    with story.seen() as connection:
        public = ticket.entries(connection, stream, internal=False)
        all_of_it = ticket.entries(connection, stream, internal=True)
    assert [entry.what for entry in public] == ["ticket.opened"]
    assert [entry.internal for entry in all_of_it] == [False, True, True]


def test_the_conversation_is_paged_and_told_as_of_a_position(story: Story) -> None:
    stream = story.open()
    then = story.desk.log.head()
    story.do(stream, answer, message="a1", by=ANN, channel="mail", body="Soon")
    with story.seen() as connection:
        (first,) = ticket.entries(connection, stream, internal=True, limit=1)
        (second,) = ticket.entries(connection, stream, internal=True, after=first.position)
        assert ticket.entries(connection, stream, internal=True, position=then) == [first]
    assert second.what == "ticket.answered"


def test_tickets_are_listed_newest_first_page_by_page(story: Story) -> None:
    streams = [story.open(at=story.after(1)) for _ in range(3)]
    with story.seen() as connection:
        first = ticket.page(connection, EVERYTHING, Filters(), limit=2)
        story.open()
        second = ticket.page(connection, EVERYTHING, Filters(), cursor=first.cursor, limit=2)
    assert [each.stream for each in (*first.tickets, *second.tickets)] == streams[::-1]
    assert second.cursor is None


def test_a_list_is_narrowed_by_filters(story: Story) -> None:
    story.open()
    urgent = story.open(priority=Priority.CRITICAL)
    with story.seen() as connection:
        page = ticket.page(connection, EVERYTHING, Filters(priority=Priority.CRITICAL))
    assert [each.stream for each in page.tickets] == [urgent]


@pytest.mark.parametrize("cursor", ["?", "bm8", "WzEsMl0", written(1, 2, 3), "é"])
def test_a_cursor_that_is_none_is_refused(story: Story, cursor: str) -> None:
    with story.seen() as connection, pytest.raises(Refused, match="cursor_invalid"):
        ticket.page(connection, EVERYTHING, Filters(), cursor=cursor)
