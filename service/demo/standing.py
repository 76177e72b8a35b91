"""Tickets that are open at this very moment, so that every way in which a ticket can stand is there to be seen."""

from typing import Final, NamedTuple

from domain.instant import DAY, HOUR
from domain.policy import Clock
from domain.ticket.promise import state_next_act
from domain.ticket.state import WaitFor
from service.demo import texts
from service.demo.deeds import decline, settle, wait
from service.demo.play import Play, Story, act, due_share, hear, minutes, pass_until, say, take_at, worker


def untouched(_: Play) -> None:
    """Nobody has taken it yet."""


def in_work(play: Play) -> None:
    """Taken, and the client hears of it as often as promised."""
    forgotten(play)
    while True:
        pass_until(play, due_share(play, Clock.UPDATE, play.at, 0.7))
        say(play, play.random.choice(texts.UPDATES))


def announced(play: Play) -> None:
    """What happens next was said, and when."""
    forgotten(play)
    act(play, state_next_act, what=texts.NEXT_ACT, due=play.world.now + 5 * HOUR, by=worker(play).id)


def forgotten(play: Play) -> None:
    """Taken, answered, and not touched since: it hangs once the promised update is late."""
    take_at(play, 0.2, 0.4)


def unanswered(play: Play) -> None:
    """The client asked for news a moment ago."""
    forgotten(play)
    minutes(play, 3)
    hear(play, play.random.choice(texts.CHASED))


def waits_for_client(play: Play) -> None:
    """A question to the client is open."""
    forgotten(play)
    wait(play, WaitFor.CLIENT, play.world.now + 2 * DAY, play.random.choice(texts.ASKED))


def waits_for_vendor(play: Play) -> None:
    """A carrier has to act."""
    forgotten(play)
    wait(play, WaitFor.VENDOR, play.world.now + DAY, texts.VENDOR)


def waits_for_date(play: Play) -> None:
    """The client agreed to a later day."""
    forgotten(play)
    agreed = hear(play, texts.AGREED)
    wait(play, WaitFor.DATE, play.world.now + 4 * DAY, texts.POSTPONED, agreed)


def just_solved(play: Play) -> None:
    """The client may still object."""
    forgotten(play)
    minutes(play, 30)
    settle(play)


def just_refused(play: Play) -> None:
    """Refused with reasons; the client may still object."""
    forgotten(play)
    minutes(play, 30)
    decline(play)


class Standing(NamedTuple):
    """A ticket that stands so now: the share of a clock's target that has passed tells when it was opened."""

    story: Story
    clock: Clock
    share: float


STANDING: Final = (
    Standing(untouched, Clock.REACTION, 0.3),
    Standing(untouched, Clock.REACTION, 0.85),
    Standing(untouched, Clock.REACTION, 1.3),
    Standing(in_work, Clock.RESOLUTION, 0.4),
    Standing(in_work, Clock.RESOLUTION, 0.88),
    Standing(in_work, Clock.RESOLUTION, 1.15),
    Standing(announced, Clock.RESOLUTION, 1.1),
    Standing(forgotten, Clock.RESOLUTION, 0.8),
    Standing(unanswered, Clock.FIRST_RESPONSE, 1.1),
    Standing(waits_for_client, Clock.RESOLUTION, 0.3),
    Standing(waits_for_vendor, Clock.RESOLUTION, 0.3),
    Standing(waits_for_date, Clock.RESOLUTION, 0.2),
    Standing(just_solved, Clock.FIRST_RESPONSE, 1.5),
    Standing(just_refused, Clock.FIRST_RESPONSE, 1.5),
)
