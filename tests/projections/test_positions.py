from projections import positions
from tests.cast import AT
from tests.projections.story import Story


def test_an_instant_means_the_newest_event_stored_by_then(story: Story) -> None:
    first = story.desk.log.head()
    story.after(10)
    story.open()
    with story.seen() as connection:
        found = [positions.position_at(connection, at) for at in (AT - 1, AT, AT + 9, AT + 10, AT + 10**9)]
    assert found == [0, first, first, story.desk.log.head(), story.desk.log.head()]


def test_a_clock_that_was_set_back_hides_nothing_that_was_known(story: Story) -> None:
    story.after(10)
    story.open()
    story.clock.now = AT + 5
    story.open()
    with story.seen() as connection:
        assert positions.position_at(connection, AT + 5) < positions.position_at(connection, AT + 10)
        assert positions.position_at(connection, AT + 10) == story.desk.log.head()
