"""Ninety days of tickets: who asks for what, when, and which story is told on it. The same on every desk."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from domain.classification import Complexity, Impact, Urgency
from domain.instant import DAY, HOUR, Duration, Instant
from domain.ticket.intake import Request, opening
from service.demo.cast import FIRMS, MONDAY, MOSCOW, STAFF, WORKDAYS, Firm, contact_id, random_of
from service.demo.play import BAD_DAYS, Play, Story, World, played
from service.demo.standing import STANDING, Standing
from service.demo.stories import STORIES, by_third_line, spam, to_and_fro
from service.demo.texts import SPAM, TOPICS, Topic
from store.names import Naming

DAYS: Final = 90
BUSY: Final = range(9, 13)
QUIET: Final = range(2, 5)
"""Tickets on a working day, and at the weekend."""
EXTRA: Final = 5
"""More on each day of the bad week."""
CHANNELS: Final = {"portal": 40, "mail": 30, "phone": 20, "telegram": 10}
BY_NIGHT: Final = 0.4
"""The share of their tickets that comes at any hour."""
FIRST_LINE: Final = [each for each in STAFF if "service-desk" in each.teams]
"""Whoever takes down what is told by telephone."""
GRADES: Final = (15, 50, 35)
"""How often impact, and urgency, are high, medium and low."""


def beginning(now: Instant) -> Instant:
    """Midnight in Moscow, ninety days ago."""
    return now - (now + MOSCOW) % DAY - DAYS * DAY


def tickets(world: World, name: Naming, progress: Callable[[int], None]) -> Iterator[Play]:
    """Every ticket as it stands now; `progress` hears how many days are done."""
    for day in range(DAYS + 1):
        for play, story in _of_day(world, name, day):
            yield from _with_duplicates(played(play, story))
        progress(day)
    for number, standing in enumerate(STANDING * 2):
        yield from _with_duplicates(played(_standing(world, name, number, standing), standing.story))


def _with_duplicates(play: Play) -> Iterator[Play]:
    yield play
    yield from play.duplicates


def _of_day(world: World, name: Naming, day: int) -> Iterator[tuple[Play, Story]]:
    draw = random_of("day", day)
    midnight = world.start + day * DAY
    works = (midnight + MOSCOW + MONDAY) // DAY % 7 in WORKDAYS
    for number in range(draw.choice(BUSY if works else QUIET) + (EXTRA if day in BAD_DAYS else 0)):
        drawn = random_of("ticket", day, number)
        play, story = _drawn(world, name, drawn, midnight, f"{day}/{number}", works=works)
        if play.at <= world.now:
            yield play, story


def _drawn(world: World, name: Naming, draw: Random, midnight: Instant, key: str, *, works: bool) -> tuple[Play, Story]:
    firm = _firm(draw, works=works)
    at = midnight + _time_of_day(draw, by_night=firm.by_night)
    story = draw.choices(list(STORIES), list(STORIES.values()))[0]
    topic = draw.choice(TOPICS)
    return Play(world, key, draw, topic, _request(name, draw, firm, topic, story), at), story


def _firm(draw: Random, *, works: bool) -> Firm:
    """On days off mostly those write who work around the clock."""
    shares = [each.share if works or each.by_night else each.share // 20 for each in FIRMS]
    return draw.choices(FIRMS, shares)[0]


def _time_of_day(draw: Random, *, by_night: bool) -> Duration:
    if by_night and draw.random() < BY_NIGHT:
        return draw.randrange(DAY)
    return int(draw.triangular(8 * HOUR, 19 * HOUR, 11 * HOUR))


def _request(name: Naming, draw: Random, firm: Firm, topic: Topic, story: Story) -> Request:
    contact = contact_id(firm, draw.randrange(len(firm.contacts)))
    subject, body = SPAM if story is spam else (topic.subject, topic.body)
    impact, urgency = draw.choices(list(Impact), GRADES)[0], draw.choices(list(Urgency), GRADES)[0]
    channel = draw.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    return Request(
        channel=channel,
        by=draw.choice(FIRST_LINE).id if channel == "phone" else contact,
        requester=contact,
        organisation=name("organisation", firm.key),
        kind=topic.kind,
        impact=impact,
        urgency=urgency,
        subject=subject,
        body=body,
        category=topic.category,
        complexity=Complexity.COMPLEX if story in (by_third_line, to_and_fro) else Complexity.STANDARD,
    )


def _standing(world: World, name: Naming, number: int, standing: Standing) -> Play:
    """A ticket that was opened when that share of the promised time was still to pass until now."""
    draw = random_of("standing", number)
    firm, topic = FIRMS[number * 3 % len(FIRMS)], draw.choice(TOPICS)
    request = _request(name, draw, firm, topic, standing.story)
    return Play(world, f"standing/{number}", draw, topic, request, _opened_at(world, request, standing))


def _opened_at(world: World, request: Request, standing: Standing) -> Instant:
    if_now = opening(request, world.configuration, reference="", at=world.now)
    policy = world.configuration.book().policies[if_now.level, if_now.policy]
    row = policy.targets[if_now.kind, if_now.priority]
    target = row[standing.clock]
    return world.configuration.calendars[target.calendar].before(world.now, int(target.duration * standing.share))
