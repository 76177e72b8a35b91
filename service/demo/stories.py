"""How tickets go: each story is told on one ticket, and breaks off where the present is reached."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from domain import deadline
from domain.instant import DAY, HOUR
from domain.policy import Clock
from domain.ticket import Ticket
from domain.ticket.conversation import note
from domain.ticket.joining import askers, join_duplicate, merge
from domain.ticket.outcome import Closing
from domain.ticket.promise import finish_next_act, state_next_act, tighten
from domain.ticket.state import WaitFor
from domain.ticket.waiting import go_on
from service.demo import texts
from service.demo.deeds import (
    come_back,
    decline,
    end,
    feedback,
    finish,
    give,
    more_urgent,
    second_line,
    settle,
    talk,
    wait,
)
from service.demo.play import (
    Play,
    Story,
    act,
    begin,
    due_share,
    hear,
    message,
    minutes,
    pace,
    pass_until,
    take,
    work,
    worker,
)

ANSWERING: Final = 0.85
"""The share of clients that answer a question."""


def solved(play: Play) -> None:
    """The first line solves it."""
    take(play)
    finish(play, 1)


def by_second_line(play: Play) -> None:
    """The first line hands it over."""
    take(play)
    work(play, 0.3 * pace(play, Clock.RESOLUTION))
    act(play, note, message=message(play), by=worker(play).id, body=play.random.choice(texts.NOTES))
    give(play, second_line(play), play.random.choice(("knowledge", "access")))
    finish(play, 0.7)


def by_third_line(play: Play) -> None:
    """The product itself has to be mended."""
    take(play)
    work(play, 0.2 * pace(play, Clock.RESOLUTION))
    give(play, second_line(play), "knowledge")
    work(play, 0.3 * pace(play, Clock.RESOLUTION))
    give(play, "developers", "defect")
    finish(play, 0.6)


def to_and_fro(play: Play) -> None:
    """It went to the wrong line, and comes back."""
    take(play)
    give(play, second_line(play), "knowledge")
    work(play, 0.2 * pace(play, Clock.RESOLUTION))
    give(play, "service-desk", play.random.choice(("mistaken", "returned")))
    finish(play, 0.7)


def answered_by_client(play: Play) -> None:
    """Something has to be asked; most clients answer, else the wait ends by itself."""
    take(play)
    work(play, 0.3 * pace(play, Clock.RESOLUTION))
    answers = play.random.random() < ANSWERING
    wait(play, WaitFor.CLIENT, play.at + 3 * DAY, play.random.choice(texts.ASKED))
    pass_until(play, play.at + (play.random.randint(1, 40) * HOUR if answers else 3 * DAY))
    if answers:
        talk(play, play.random.choice(texts.TOLD))
    finish(play, 0.7)


def waited_for_vendor(play: Play) -> None:
    """A carrier has to act first: the promise to the client runs on."""
    take(play)
    work(play, 0.2 * pace(play, Clock.RESOLUTION))
    until = due_share(play, Clock.UPDATE, play.at, 0.8)
    wait(play, WaitFor.VENDOR, until, texts.VENDOR)
    pass_until(play, play.at + (until - play.at) * 3 // 4)
    act(play, go_on, by=worker(play).id)
    finish(play, 0.5)


def postponed(play: Play) -> None:
    """To a date that the client agreed to."""
    take(play)
    minutes(play, 60)
    agreed = hear(play, texts.AGREED)
    minutes(play, 20)
    wait(play, WaitFor.DATE, play.at + play.random.randint(2, 6) * DAY, texts.POSTPONED, agreed)
    pass_until(play, play.ticket.waits_until or play.at)
    finish(play, 0.8)


def chased(play: Play) -> None:
    """The client asks for news and says that it is urgent."""
    take(play)
    work(play, 0.5 * pace(play, Clock.RESOLUTION))
    talk(play, play.random.choice(texts.CHASED))
    more_urgent(play)
    finish(play, 0.3)


def refused(play: Play) -> None:
    """A reasoned refusal, with what the client can do instead."""
    take(play)
    work(play, 0.4 * pace(play, Clock.RESOLUTION))
    decline(play)
    feedback(play)


def returned(play: Play) -> None:
    """Not solved after all, as the client says before the ticket is closed."""
    take(play)
    work(play, 0.6 * pace(play, Clock.RESOLUTION))
    settle(play)
    pass_until(play, play.at + play.random.randint(1, 5) * HOUR)
    come_back(play)
    finish(play, 0.2)


def returned_after_closing(play: Play) -> None:
    """It comes back when all thought that it was over."""
    solved(play)
    pass_until(play, play.at + play.random.randint(4, 9) * DAY)
    come_back(play)
    finish(play, 0.6)


def withdrawn(play: Play) -> None:
    """The client needs it no more."""
    take(play)
    minutes(play, 240)
    agreed = hear(play, texts.WITHDRAWN)
    minutes(play, 30)
    end(play, Closing.WITHDRAWN, worker(play).id, agreed)


def spam(play: Play) -> None:
    """Nobody asked for anything."""
    minutes(play, 20)
    end(play, Closing.SPAM, worker(play).id)


def promised_next_step(play: Play) -> None:
    """What is done next is said, and done."""
    take(play)
    due = due_share(play, Clock.UPDATE, play.at, 0.5)
    act(play, state_next_act, what=texts.NEXT_ACT, due=due, by=worker(play).id)
    work(play, 0.3 * pace(play, Clock.RESOLUTION))
    act(play, finish_next_act, by=worker(play).id)
    finish(play, 0.7)


def promised_sooner(play: Play) -> None:
    """A deadline by hand, earlier than the level's."""
    take(play)
    clocks, book = play.ticket.clocks, play.world.configuration.book()
    run = next(run for run in clocks.runs if run.clock is Clock.RESOLUTION)
    standing = deadline.due(clocks, run, book) or play.at
    sooner = play.at + max(standing - play.at, 0) * 4 // 5
    if sooner > play.at:
        act(play, tighten, clock=Clock.RESOLUTION, due=sooner, book=book, by=worker(play).id)
    finish(play, 0.6)


def asked_twice(play: Play) -> None:
    """A colleague of the client reports the same: the two become one ticket."""
    minutes(play, 20)
    double = replace(play, key=f"{play.key}/twin", ticket=Ticket(), events=[], duplicates=[])
    begin(double)
    play.duplicates.append(double)
    take(play)
    minutes(play, 10)
    pass_until(double, play.at)
    by = worker(play).id
    act(double, merge, ticket_id=double.stream, into=play.stream, organisation=play.ticket.organisation, by=by)
    act(play, join_duplicate, duplicate=double.stream, by=by, participants=askers(double.ticket))
    finish(play, 0.8)


STORIES: Final[Mapping[Story, int]] = {
    solved: 400,
    by_second_line: 190,
    by_third_line: 45,
    to_and_fro: 20,
    answered_by_client: 90,
    waited_for_vendor: 40,
    postponed: 25,
    chased: 50,
    refused: 40,
    returned: 30,
    returned_after_closing: 12,
    withdrawn: 15,
    spam: 8,
    promised_next_step: 20,
    promised_sooner: 15,
    asked_twice: 25,
}
"""How often each is told, among a thousand or so."""
