from typing import Any

from domain.instant import DAY, HOUR
from domain.ticket.conversation import note
from domain.ticket.joining import merge
from domain.ticket.outcome import Closed, Closing, close, reopen
from domain.ticket.retention import expire
from projections import retention
from projections.retention import Due
from tests.cast import ACME, ANN, AROUND_THE_CLOCK, AT, CY
from tests.projections.story import Story, bulk

WITHDRAWN: dict[str, Any] = {"how": Closing.WITHDRAWN, "book": AROUND_THE_CLOCK, "by": CY}


def over(story: Story, until: int, limit: int = 5) -> list[str]:
    with story.seen() as connection:
        return [*retention.over(connection, until=until, limit=limit)]


def test_tickets_are_found_by_when_they_were_over(any_story: Story) -> None:
    story = any_story
    first, second, live = story.open(), story.open(), story.open()
    story.do(first, close, **WITHDRAWN)
    story.after(HOUR)
    story.do(second, merge, ticket_id=second, into=live, organisation=ACME, by=ANN)
    assert over(story, AT - 1) == []
    assert over(story, AT) == over(story, AT + DAY, limit=1) == [first]
    assert over(story, AT + HOUR) == [first, second]
    with story.seen() as connection:
        assert retention.due(connection, until=AT - 1) == Due(0, None)
        assert retention.due(connection, until=AT + DAY) == Due(2, AT)


def test_what_was_imported_counts_from_when_it_was_over_there(story: Story) -> None:
    stream = story.open()
    story.append(stream, Closed(at=AT - DAY, how=Closing.CONFIRMED, by=CY))
    assert over(story, AT - DAY) == [stream]


def test_what_is_reopened_is_kept_and_what_is_noted_changes_nothing(story: Story) -> None:
    stream = story.open()
    story.do(stream, close, **WITHDRAWN)
    story.after(HOUR)
    story.do(stream, note, message="n", by=ANN, body="Odd")
    assert over(story, AT) == [stream]
    story.do(stream, reopen, by=CY)
    assert over(story, AT + DAY) == []
    story.do(stream, close, **WITHDRAWN)
    assert (over(story, AT), over(story, AT + HOUR)) == ([], [stream])


def test_what_expired_is_not_due_again(story: Story) -> None:
    stream = story.open()
    story.do(stream, close, **WITHDRAWN)
    story.do(stream, expire, erasure="e" * 32, until=AT)
    assert over(story, AT + DAY) == []


def test_looking_is_as_quick_however_many_there_are(story: Story) -> None:
    bulk(story, 50)
    with story.seen() as connection:
        query = f"EXPLAIN QUERY PLAN SELECT stream FROM {retention.NAME} WHERE kept_since <= 1 ORDER BY 1"  # noqa: S608
        plan = " ".join(str(row) for row in connection.exec_driver_sql(query.replace("BY 1", "BY kept_since, stream")))
    assert f"USING COVERING INDEX {retention.NAME}_kept_since" in plan
