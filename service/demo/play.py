"""One ticket as it goes: what people do and what time alone brings, decided by the domain as for any other ticket.

How long people take is drawn as a share of what was promised to the client, in the open time of the promise.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from random import Random
from typing import Any, Final

from domain.configuration import Configuration
from domain.configuration.reason import Occasion, ReasonDefined
from domain.configuration.team import TeamDefined
from domain.event import Id
from domain.instant import DAY, MINUTE, Duration, Instant
from domain.policy import Clock, Target
from domain.reference import COUNT, reference
from domain.ticket import Event, Ticket, folded
from domain.ticket.assignment import accept, assign
from domain.ticket.consequences import consequences, next_tick, tick
from domain.ticket.conversation import answer, reply_automatically, write
from domain.ticket.intake import Request, opening
from domain.ticket.opening import open_ticket
from domain.ticket.upkeep import stand_in
from service.demo.cast import Cast, Member, drawn_id, random_of
from service.demo.texts import ANSWERS, AUTOMATIC, UPDATES, Topic

USUAL: Final[Mapping[Clock, tuple[float, float]]] = {
    Clock.REACTION: (0.25, 0.55),
    Clock.FIRST_RESPONSE: (0.30, 0.50),
    Clock.NEXT_RESPONSE: (0.30, 0.50),
    Clock.UPDATE: (0.60, 0.20),
    Clock.RESOLUTION: (0.35, 0.50),
}
"""The share of the promised time that is used: its median, and the deviation of its logarithm."""
BAD_DAYS: Final = range(48, 55)
"""The week in which everything took longer."""
STRAIN: Final = 1.6
"""How much longer."""


@dataclass(frozen=True)
class World:
    """What is the same for all tickets."""

    start: Instant
    now: Instant
    configuration: Configuration
    cast: Cast

    @cached_property
    def lines(self) -> dict[str, str]:
        """The line of each team."""
        return {key: team.line for key, team in self.configuration.of(TeamDefined).items()}

    def reasons(self, occasion: Occasion) -> frozenset[str]:
        """The reasons that may be given."""
        return frozenset(key for key, each in self.configuration.of(ReasonDefined).items() if each.occasion is occasion)


@dataclass
class Play:
    """A ticket under way, and the instant that it has come to."""

    world: World
    key: str
    random: Random
    topic: Topic
    request: Request
    at: Instant
    ticket: Ticket = field(default_factory=Ticket)
    events: list[Event] = field(default_factory=list)
    messages: int = 0
    duplicates: list["Play"] = field(default_factory=list)

    @property
    def stream(self) -> Id:
        """Where the ticket is stored."""
        return drawn_id("ticket", self.key)

    @property
    def reference(self) -> str:
        """How the ticket is called."""
        return reference(random_of("reference", self.key).randrange(COUNT))


Story = Callable[[Play], None]


class NotYet(Exception):
    """What comes next is still to come."""


def played(play: Play, story: Story) -> Play:
    """The ticket opened, and the story told as far as it has come by now."""
    begin(play)
    with suppress(NotYet):
        story(play)
    for each in (play, *play.duplicates):
        _pass(each, play.world.now)
    return play


def begin(play: Play) -> None:
    """The client asks."""
    opened = opening(play.request, play.world.configuration, reference=play.reference, at=play.at)
    keep(play, open_ticket(play.ticket, opened))
    if play.request.channel == "mail":
        act(play, reply_automatically, message=message(play), channel="mail", body=AUTOMATIC)


def pass_until(play: Play, at: Instant) -> None:
    """Let time pass, with all it brings; `NotYet` if that instant is still to come."""
    if at > play.world.now:
        raise NotYet
    _pass(play, at)


def _pass(play: Play, end: Instant) -> None:
    for absence in play.world.cast.absences:
        if play.at < absence.start <= end:
            _tick_until(play, absence.start)
            people = play.world.cast.people.__getitem__
            keep(play, stand_in(play.ticket, people=people, at=absence.start))
    _tick_until(play, end)


def _tick_until(play: Play, end: Instant) -> None:
    book = play.world.configuration.book()
    while (due := next_tick(play.ticket, book=book)) is not None and due <= end:
        play.at = max(play.at, due)
        keep(play, tick(play.ticket, book=book, lines=play.world.lines, at=play.at))
    play.at = max(play.at, end)


def keep(play: Play, events: Sequence[Event]) -> None:
    """What was decided, with its consequences."""
    events = [*events, *consequences(play.ticket, events, book=play.world.configuration.book())]
    play.ticket = folded(events, play.ticket)
    play.events += events


def act(play: Play, decide: Callable[..., Sequence[Event]], **facts: Any) -> None:
    """Somebody does something, at the instant that the play has come to."""
    keep(play, decide(play.ticket, at=play.at, **facts))


def message(play: Play) -> Id:
    """The id of the next message."""
    play.messages += 1
    return drawn_id("message", play.key, play.messages)


def minutes(play: Play, most: int) -> None:
    """Let a few minutes pass."""
    pass_until(play, play.at + play.random.randint(1, most) * MINUTE)


def elapse(play: Play, duration: Duration) -> None:
    """Let open time pass, by the calendar of the promised resolution."""
    calendar = play.world.configuration.calendars[target_of(play, Clock.RESOLUTION).calendar]
    pass_until(play, calendar.after(play.at, duration))


def target_of(play: Play, clock: Clock) -> Target:
    """What is promised now; where nothing is promised, as much as for the resolution."""
    ticket = play.ticket
    row = play.world.configuration.book().policies[ticket.level, ticket.policy].targets[ticket.kind, ticket.priority]
    return row.get(clock, row[Clock.RESOLUTION])


def pace(play: Play, clock: Clock) -> float:
    """The share of the promised time that is used this time."""
    median, deviation = USUAL[clock]
    bad = (play.at - play.world.start) // DAY in BAD_DAYS
    return play.random.lognormvariate(log(median), deviation) * (STRAIN if bad else 1)


def due_share(play: Play, clock: Clock, since: Instant, share: float) -> Instant:
    """When that share of what a clock promises has passed."""
    target = target_of(play, clock)
    return play.world.configuration.calendars[target.calendar].after(since, int(target.duration * share))


def take(play: Play) -> None:
    """Somebody of the team on duty takes it into work, and answers."""
    take_at(play, pace(play, Clock.REACTION), pace(play, Clock.FIRST_RESPONSE))


def take_at(play: Play, reaction: float, response: float) -> None:
    """The same when those shares of the promised times are used."""
    since = play.at
    pass_until(play, due_share(play, Clock.REACTION, since, reaction))
    worker(play)
    pass_until(play, max(due_share(play, Clock.FIRST_RESPONSE, since, response), play.at + MINUTE))
    say(play, play.random.choice(ANSWERS))


def worker(play: Play) -> Member:
    """The owner while on shift; else a colleague who is, and takes the ticket over."""
    on_duty = play.world.cast.on_duty(play.ticket.team, play.at)
    owner = next((each for each in on_duty if each.id == play.ticket.owner), None)
    if owner and not play.ticket.awaits_acceptance:
        return owner
    chosen = owner or play.random.choice(on_duty)
    if play.ticket.awaits_acceptance:
        act(play, accept, by=chosen.id, teams=frozenset(chosen.teams))
    else:
        facts = {"teams": frozenset(chosen.teams), "serves": False, "lines": play.world.lines}
        act(play, assign, by=chosen.id, owner=chosen.id, **facts)
    return chosen


def work(play: Play, share: float) -> None:
    """Work for that share of the promised resolution time; the client hears of it about as often as promised."""
    left = int(target_of(play, Clock.RESOLUTION).duration * share)
    update = target_of(play, Clock.UPDATE).duration
    while left > (pause := int(update * pace(play, Clock.UPDATE))):
        elapse(play, pause)
        say(play, play.random.choice(UPDATES))
        left -= pause
    elapse(play, left)


def say(play: Play, body: str) -> None:
    """Whoever works on it answers."""
    act(play, answer, message=message(play), by=worker(play).id, channel=play.request.channel, body=body)


def hear(play: Play, body: str) -> Id:
    """The client writes; the id of the message."""
    heard = message(play)
    act(play, write, message=heard, by=play.request.requester, channel=play.request.channel, body=body)
    return heard
