"""What became of servers, carriers and integrations in the ninety days, and how the promises to clients were kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import accumulate
from math import log
from random import Random
from typing import Final

from domain import component
from domain.clock import Outcome
from domain.component import Component, ComponentStatus, Through, set_status
from domain.instant import DAY, HOUR, MINUTE, Instant
from domain.policy import Clock
from domain.ticket.promise import ClockDecided
from service.demo.announced import DAYS_AHEAD, LONG, Deed, Failure, Planned, announced
from service.demo.cast import member, random_of
from service.demo.play import Play, World
from store.desk import Desk
from store.log import Change

OPERATIONAL: Final = ComponentStatus.OPERATIONAL
DEGRADED: Final = ComponentStatus.DEGRADED
PARTIAL: Final = ComponentStatus.PARTIAL_OUTAGE
MAJOR: Final = ComponentStatus.MAJOR_OUTAGE


@dataclass(frozen=True)
class Habit:
    """How often a component fails in ninety days, for how many minutes usually, and when works are done on it.

    `works` are the days of the demonstration after which the night is used, from two to four in Moscow.
    """

    failures: int
    minutes: int
    through: Through = Through.PROBE
    works: tuple[int, ...] = ()


HABITS: Final = {
    "portal": Habit(4, 14, works=(11, 39, 67)),
    "telephony": Habit(3, 9, works=(25,)),
    "databases": Habit(2, 12, works=(11, 67)),
    "mail": Habit(4, 25),
    "carrier-alkonost": Habit(5, 55, Through.PERSON),
    "carrier-sirin": Habit(3, 90, Through.PERSON, works=(53,)),
    "carrier-gamayun": Habit(7, 70, Through.PERSON),
    "accounting": Habit(5, 45),
    "crm": Habit(4, 35, works=(46,)),
    "payments": Habit(3, 8, works=(74,)),
}
DOWN_NOW: Final = "carrier-gamayun"
SINCE: Final = 42 * MINUTE
"""How long it has been so."""
WHY: Final = "По сообщению оператора: авария на магистральном участке."

HASTY: Final = 46
"""The works of this day were announced two hours before."""
LATE: Final = 39
"""The works of this day took half an hour longer."""
TO_COME: Final = 91
"""The day of the works that are still ahead."""
NIGHT: Final = 26 * HOUR
"""From the midnight of a day to two in the night after it."""
DAYS_BEFORE_LAST: Final = 89
"""What happens on the last day is told apart."""

WATCHED: Final = {
    "sla-reaction": Clock.REACTION,
    "sla-first-response": Clock.FIRST_RESPONSE,
    "sla-resolution": Clock.RESOLUTION,
}
SEVERAL: Final = 2
MANY: Final = 4
"""Breaches within a day from which on a promise counts as kept less well, and as broken in part."""


@dataclass(frozen=True, order=True)
class Turn:
    """The own status of a component from an instant on."""

    at: Instant
    status: ComponentStatus
    through: Through = Through.PROBE


def public_changes(desk: Desk, world: World, plays: Iterable[Play]) -> Iterator[Change]:
    """Components, incidents and works until now; the last components say what the tickets of public levels say."""
    failures = [failure for key, habit in HABITS.items() for failure in _failures(world, key, habit)]
    told = announced(world, failures, _planned(world))
    yield from told.changes
    breaches = [*_breaches(plays)]
    turns = {key: _turns(world, key, habit, failures) for key, habit in HABITS.items()}
    turns |= {key: [*_kept(world, [each.at for each in breaches if each.clock is of])] for key, of in WATCHED.items()}
    for key, history in turns.items():
        deeds = [Deed(turn.at, partial(_set, key, frozenset(turns), turn)) for turn in history if turn.at <= world.now]
        yield _history(desk, key, sorted([*deeds, *told.deeds.get(key, [])], key=lambda deed: deed.at))


def _history(desk: Desk, key: str, deeds: Iterable[Deed]) -> Change:
    state, events = Component(), list[component.Event]()
    for deed in deeds:
        decided = deed.decide(state)
        state, events = reduce(component.evolve, decided, state), [*events, *decided]
    return Change(desk.name("component", key), (), events, published=False)


def _set(key: str, known: frozenset[str], turn: Turn, state: Component) -> list[component.Event]:
    by = member("yastrebova").id if turn.through is Through.PERSON else None
    why = WHY if by and turn.status is not OPERATIONAL else ""
    return set_status(state, key=key, known=known, status=turn.status, through=turn.through, at=turn.at, by=by, why=why)


def _turns(world: World, key: str, habit: Habit, failures: Iterable[Failure]) -> list[Turn]:
    """What is measured at the component itself."""
    turns = [Turn(world.start, OPERATIONAL, habit.through)]
    for failure in sorted(each for each in failures if each.key == key):
        lasting, worst = failure.lasting, failure.worst
        told = ((0, DEGRADED), (lasting // 8, worst), (lasting * 3 // 4, DEGRADED), (lasting, OPERATIONAL))
        turns += [Turn(failure.begin + after, status, habit.through) for after, status in told]
    return turns


def _failures(world: World, key: str, habit: Habit) -> Iterator[Failure]:
    """In order; what would begin before the one before it is over is left out, and so is what meets works."""
    draw, over = random_of("component", key), world.start
    drawn = [_drawn(draw, world, key, habit) for _ in range(habit.failures)]
    for failure in sorted([*drawn, *_present(world, key)]):
        if failure.begin > over and not any(_meets(world, failure, day) for day in habit.works):
            over = failure.begin + failure.lasting
            yield failure


def _drawn(draw: Random, world: World, key: str, habit: Habit) -> Failure:
    begin = world.start + draw.randrange(DAYS_BEFORE_LAST * DAY)
    lasting = int(draw.lognormvariate(log(habit.minutes), 0.6) * MINUTE)
    return Failure(key, begin, lasting, draw.choices((MAJOR, PARTIAL, DEGRADED), (25, 35, 40))[0])


def _meets(world: World, failure: Failure, day: int) -> bool:
    night = world.start + day * DAY + NIGHT
    return failure.begin < night + 2 * LONG and night < failure.begin + failure.lasting


def _present(world: World, key: str) -> Iterator[Failure]:
    if key == DOWN_NOW:
        yield Failure(key, world.now - SINCE, 2 * HOUR, DEGRADED)


def _planned(world: World) -> Iterator[Planned]:
    """Works of a night are announced together; once with too little notice, once they took longer."""
    for day in sorted({day for habit in HABITS.values() for day in habit.works}):
        keys = frozenset(key for key, habit in HABITS.items() if day in habit.works)
        announced = 2 * HOUR if day == HASTY else DAYS_AHEAD
        yield Planned(keys, world.start + day * DAY + NIGHT, announced, 30 * MINUTE if day == LATE else 0)
    yield Planned(frozenset({"databases", "mail"}), world.start + TO_COME * DAY + NIGHT, DAYS_AHEAD)


def _breaches(plays: Iterable[Play]) -> Iterator[ClockDecided]:
    events = (event for play in plays if play.ticket.published for event in play.events)
    return (each for each in events if isinstance(each, ClockDecided) and each.outcome is Outcome.BREACHED)


def _kept(world: World, breaches: Iterable[Instant]) -> Iterator[Turn]:
    """How a promise was kept, by the breaches of the last 24 hours."""
    yield Turn(world.start, OPERATIONAL)
    edges = sorted(edge for at in breaches for edge in ((at, 1), (at + DAY, -1)))
    for (at, _), count in zip(edges, accumulate(step for _, step in edges), strict=True):
        if at <= world.now:
            yield Turn(at, PARTIAL if count >= MANY else DEGRADED if count >= SEVERAL else OPERATIONAL)
