"""What became of servers, carriers and integrations in the ninety days, and how the promises to clients were kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from math import log
from typing import Final

from domain import component
from domain.clock import Outcome
from domain.component import Component, ComponentStatus, Through, set_status
from domain.instant import DAY, HOUR, MINUTE, Instant
from domain.policy import Clock
from domain.ticket.promise import ClockDecided
from service.demo.cast import member, random_of
from service.demo.play import Play, World
from store.desk import Desk
from store.log import Change

OPERATIONAL: Final = ComponentStatus.OPERATIONAL
DEGRADED: Final = ComponentStatus.DEGRADED
PARTIAL: Final = ComponentStatus.PARTIAL_OUTAGE
MAJOR: Final = ComponentStatus.MAJOR_OUTAGE
WORKS: Final = ComponentStatus.UNDER_MAINTENANCE


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
    """The status from an instant on."""

    at: Instant
    status: ComponentStatus
    through: Through = Through.PROBE


def component_changes(desk: Desk, world: World, plays: Iterable[Play]) -> Iterator[Change]:
    """The histories of all components until now; the last ones say what the tickets of public levels say."""
    known = frozenset({*HABITS, *WATCHED})
    for key, habit in HABITS.items():
        yield _history(desk, key, known, [turn for turn in _turns(world, key, habit) if turn.at <= world.now])
    breaches = [*_breaches(plays)]
    for key, clock in WATCHED.items():
        yield _history(desk, key, known, _kept(world, [each.at for each in breaches if each.clock is clock]))


def _history(desk: Desk, key: str, known: frozenset[str], turns: Iterable[Turn]) -> Change:
    state, events = Component(), list[component.Event]()
    for turn in turns:
        decided = _set(state, key, known, turn)
        state, events = reduce(component.evolve, decided, state), [*events, *decided]
    return Change(desk.name("component", key), (), events, published=False)


def _set(state: Component, key: str, known: frozenset[str], turn: Turn) -> list[component.Event]:
    by = member("yastrebova").id if turn.through is Through.PERSON else None
    why = WHY if by and turn.status is not OPERATIONAL else ""
    return set_status(state, key=key, known=known, status=turn.status, through=turn.through, at=turn.at, by=by, why=why)


def _turns(world: World, key: str, habit: Habit) -> list[Turn]:
    """In order; what would begin before the one before it is over is left out."""
    turns = [Turn(world.start, OPERATIONAL, habit.through)]
    troubles = [*_failures(world, key, habit), *_works(world, habit), *_present(world, key)]
    for trouble in sorted(troubles):
        if trouble[0].at > turns[-1].at:
            turns += trouble
    return turns


def _failures(world: World, key: str, habit: Habit) -> Iterator[list[Turn]]:
    draw = random_of("component", key)
    for _ in range(habit.failures):
        begin = world.start + draw.randrange(DAYS_BEFORE_LAST * DAY)
        lasting = int(draw.lognormvariate(log(habit.minutes), 0.6) * MINUTE)
        worst = draw.choices((MAJOR, PARTIAL, DEGRADED), (25, 35, 40))[0]
        told = ((0, DEGRADED), (lasting // 8, worst), (lasting * 3 // 4, DEGRADED), (lasting, OPERATIONAL))
        yield [Turn(begin + after, status, habit.through) for after, status in told]


def _works(world: World, habit: Habit) -> Iterator[list[Turn]]:
    for day in habit.works:
        begin = world.start + day * DAY + NIGHT
        yield [Turn(begin, WORKS, habit.through), Turn(begin + 2 * HOUR, OPERATIONAL, habit.through)]


def _present(world: World, key: str) -> Iterator[list[Turn]]:
    if key == DOWN_NOW:
        yield [Turn(world.now - SINCE, DEGRADED, Through.PERSON)]


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
