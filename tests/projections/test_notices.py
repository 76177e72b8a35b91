from typing import Any

from domain.desk import DeskWebhookRemoved, DeskWebhookSet
from domain.event import Address, Content, Id, Source
from domain.instant import MINUTE
from domain.organisation import OrganisationRegistered, WebhookRemoved, WebhookSet
from domain.policy import Action, Clock
from domain.ticket.assignment import accept
from domain.ticket.notices import give_up, retry, told
from domain.ticket.outcome import Closing, close, reopen
from domain.ticket.promise import Escalated
from projections import notices
from projections.notices import STAFF, DeadLetter, Notice, dead_letters, undelivered
from projections.rebuild import differing
from store.streams import Command
from tests.cast import ACME, ANN, AROUND_THE_CLOCK, AT, CY
from tests.projections.story import Story

NAME, URL = Content(ACME, {"name": "Acme"}), Content(ACME, {"url": "https://acme.example/"})


def with_webhook(story: Story) -> None:
    story.tell("organisations", ACME, OrganisationRegistered(at=AT, name=NAME), WebhookSet(at=AT, url=URL))


def with_staff_webhook(story: Story) -> None:
    story.tell("founding", story.desk.stream, DeskWebhookSet(at=AT, url="https://desk.example/"))


def escalate(story: Story, stream: Id, notice: int | None = 2, source: Source = Source.LIVE) -> None:
    step: dict[str, Any] = {
        "clock": Clock.REACTION,
        "instance": 1,
        "per_mille": 500,
        "action": Action.NOTIFY,
        "whom": "lead",
    }
    story.append(stream, Escalated(at=AT, notice=notice, **step), source=source)


def outstanding(story: Story) -> list[Notice]:
    with story.seen() as connection:
        found = [Notice(*row) for row in connection.execute(undelivered())]
    return sorted(found, key=lambda each: each.notice)


def waiting(story: Story) -> list[tuple[int, str]]:
    return [(each.notice, each.values["stage"]) for each in outstanding(story)]


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
    assert (letter.stream, letter.receiver, letter.values) == (stream, ACME, {"stage": "opened"})
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


def test_what_the_ladder_says_waits_for_the_staff(any_story: Story) -> None:
    with_staff_webhook(any_story)
    stream = any_story.open()
    escalate(any_story, stream)
    [notice] = outstanding(any_story)
    assert (notice.stream, notice.notice, notice.receiver, notice.at) == (stream, 2, STAFF, AT)
    assert notice.values == {"clock": "reaction", "instance": 1, "per_mille": 500, "whom": "lead"}
    any_story.act(stream, told, notice=2, attempts=1, at=AT)
    assert outstanding(any_story) == []


def test_what_waits_for_the_staff_a_reopening_leaves(story: Story) -> None:
    with_webhook(story)
    with_staff_webhook(story)
    stream = story.open()
    escalate(story, stream)
    story.act(stream, close, how=Closing.WITHDRAWN, by=CY, book=AROUND_THE_CLOCK, at=AT)
    story.act(stream, reopen, by=CY, at=AT + MINUTE)
    assert [(each.notice, each.receiver) for each in outstanding(story)] == [(2, STAFF), (4, ACME)]


def test_without_a_webhook_of_the_staff_nothing_waits_for_it(story: Story) -> None:
    with_webhook(story)
    escalate(story, story.open())
    with_staff_webhook(story)
    story.tell("founding", story.desk.stream, DeskWebhookRemoved(at=AT))
    escalate(story, story.open())
    assert {each.receiver for each in outstanding(story)} == {ACME}


def test_steps_of_other_desks_and_of_other_times_are_told_to_nobody(story: Story) -> None:
    with_staff_webhook(story)
    stream = story.open()
    escalate(story, stream, source=Source.IMPORT)
    escalate(story, stream, source=Source.SIMULATION)
    escalate(story, stream, notice=None)
    assert outstanding(story) == []


def test_a_rebuilt_view_says_the_same_and_holds_no_address(story: Story) -> None:
    with_webhook(story)
    with_staff_webhook(story)
    story.act(story.open(), give_up, notice=1, attempts=9, why="timed_out", at=AT)
    escalate(story, story.open())
    with story.seen():
        assert differing(story.projector, notices) == []
    assert isinstance(story.desk.organisations.load(ACME)[0].webhook, Address)
