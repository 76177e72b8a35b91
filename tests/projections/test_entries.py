from projections import entries
from tests.projections.story import Story


def test_entries_are_counted_from_the_first_on(story: Story) -> None:
    story.open()
    positions = [each.position for each in story.desk.log.stored()]
    with story.seen() as connection:
        assert [entries.entries_at(connection, each) for each in positions] == [*range(1, len(positions) + 1)]


def test_a_gap_between_positions_is_no_entry(story: Story) -> None:
    head = story.desk.log.head()
    with story.seen() as connection:
        assert entries.entries_at(connection, head + 9) == entries.entries_at(connection, head)
        assert entries.entries_at(connection, 0) == 0
