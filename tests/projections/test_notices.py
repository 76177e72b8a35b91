from domain.event import Address, Content, Source
from domain.instant import MINUTE
from domain.organisation import OrganisationRegistered, WebhookRemoved, WebhookSet
from domain.ticket.assignment import accept
from domain.ticket.notices import give_up, retry, told
from domain.ticket.outcome import Closing, close, reopen
from projections import notices
from projections.notices import DeadLetter, Notice, dead_letters, undelivered
from projections.rebuild import differing
from store.streams import Command
from tests.cast import ACME, ANN, AROUND_THE_CLOCK, AT, CY
from tests.projections.story import Story

NAME, URL = Content(ACME, {"name": "Acme"}), Content(ACME, {"url": "https://acme.example/"})


def with_webhook(story: Story) -> None:
    story.tell("organisations", ACME, OrganisationRegistered(at=AT, name=NAME), WebhookSet(at=AT, url=URL))


def waiting(story: Story) -> list[tuple[int, str]]:
    with story.seen() as connection:
        found = [Notice(*row) for row in connection.execute(undelivered())]
    return sorted((each.notice, each.stage) for each in found)


def dead(story: Story) -> list[DeadLetter]:
    with story.seen() as connection:
        return list(dead_letters(connection))


def test_a_notice_waits_until_it_is_delivered(any_story: Story) -> None:
    with_webhook(any_story)
    stream = any_story.open()
    any_story.act(stream, accept, by=ANN, teams=frozenset({"front"}), at=AT)
    assert waiting(any_story) == [(1, "opened"), (2, "accepted")]
    any_story.act(stream, told, notice=1, attempts=1, at=AT)
    assert waiting(any_story) == [(2, "accepted")]


def test_a_dead_letter_is_listed_until_it_is_retried(any_story: Story) -> None:
    with_webhook(any_story)
    stream = any_story.open()
    any_story.act(stream, give_up, notice=1, attempts=9, why="timed_out", at=AT)
    [letter] = dead(any_story)
    assert (letter.stream, letter.organisation, letter.stage) == (stream, ACME, "opened")
    assert (letter.at, letter.attempts, letter.why) == (AT, 9, "timed_out")
    assert waiting(any_story) == []
    any_story.act(stream, retry, notice=1, at=AT)
    assert (dead(any_story), waiting(any_story)) == ([], [(1, "opened")])


def test_a_reopening_makes_what_waits_void(story: Story) -> None:
    with_webhook(story)
    stream = story.open()
    story.act(stream, close, how=Closing.WITHDRAWN, by=CY, book=AROUND_THE_CLOCK, at=AT)
    story.act(stream, reopen, by=CY, at=AT + MINUTE)
    assert waiting(story) == [(3, "opened")]


def test_only_what_arises_while_there_is_a_webhook_waits(story: Story) -> None:
    story.open()
    with_webhook(story)
    story.tell("organisations", ACME, WebhookSet(at=AT, url=URL))
    story.open()
    story.tell("organisations", ACME, WebhookRemoved(at=AT))
    story.open()
    assert waiting(story) == [(1, "opened")]


def test_what_waits_for_nobody_is_no_dead_letter(story: Story) -> None:
    story.act(story.open(), give_up, notice=1, attempts=9, why="timed_out", at=AT)
    assert (waiting(story), dead(story)) == ([], [])


def test_what_was_imported_is_told_to_nobody(story: Story) -> None:
    with_webhook(story)
    stream = story.open()
    command = Command("e" * 32, Source.IMPORT)
    story.desk.tickets.act(command, stream, accept, by=ANN, teams=frozenset({"front"}), at=AT)
    assert waiting(story) == [(1, "opened")]


def test_a_rebuilt_view_says_the_same_and_holds_no_address(story: Story) -> None:
    with_webhook(story)
    story.act(story.open(), give_up, notice=1, attempts=9, why="timed_out", at=AT)
    story.open()
    with story.seen():
        assert differing(story.projector, notices) == []
    assert isinstance(story.desk.organisations.load(ACME)[0].webhook, Address)
