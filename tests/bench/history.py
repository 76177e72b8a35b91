"""A long history, made quickly: lives of tickets, decided once by the domain and moved in time ever after."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from domain.classification import Kind, Priority
from domain.component import ComponentStatus
from domain.event import Source
from domain.incident import IncidentStatus
from domain.instant import DAY, MINUTE, Duration
from domain.ticket import Event
from domain.ticket.opening import TicketOpened
from service.key_files import signer_of
from service.months import fixing
from service.settings import Settings
from store.log import Change
from tests.cast import AROUND_THE_CLOCK, AT, opened
from tests.life import Life
from tests.status_page.stage import FOUNDED, Stage, open_stage

PER_DAY: Final = 300
"""Events of a usual desk. A longer history is of more days, not of busier ones, as far as the calendar goes."""
DAYS: Final = 700
"""So far it goes: of more events there are more each day."""
STEP: Final = DAY // 4
SETTLED: Final = 20
"""Steps after which it is seen to that months are fixed, so that none stays open long."""
COMPONENTS: Final = tuple(f"node-{number}" for number in range(12))
LIVES: Final = 400
"""Different ones."""
COURSE: Final = ("accept", "answer", "write", "answer", "resolve", "close")
MOMENT: Final = 10**12
"""Whole numbers from here on are instants (milliseconds since 1970)."""


@contextmanager
def new_desk() -> Iterator[Stage]:
    """A desk with components of which all is well, and a published level; it may be served and signed."""
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        key = signer_of(FOUNDED.origin, settings.log_key).key.text
        with open_stage(settings, replace(FOUNDED, log_key=key)) as stage:
            stage.define(*COMPONENTS)
            for key in COMPONENTS:
                stage.set(key, ComponentStatus.OPERATIONAL)
            yield stage


def grow(stage: Stage, events: int, progress: Callable[[int], None], per_day: int = PER_DAY) -> None:
    """Go on until the log holds so many events; project them, and fix the months that are over."""
    lives, draw = [life(Random(number)) for number in range(LIVES)], Random(events)  # noqa: S311 -- no secrets
    log = stage.story.desk.log
    while (head := log.head()) < events:
        some = min(per_day * STEP // DAY, events - head)
        log.append([*_tickets(stage, lives, draw, some)], uuid4().hex, Source.SIMULATION)
        stage.story.after(STEP)
        if draw.random() < STEP / DAY:
            _trouble(stage, draw.choice(COMPONENTS))
        if stage.story.clock.now // STEP % SETTLED == 0:
            _settle(stage)
        progress(log.head())
    _settle(stage)


def life(draw: Random) -> Sequence[Event]:
    """What happens to a ticket from its opening to its end; with slow people some promises are broken."""
    lived = Life(AROUND_THE_CLOCK)
    lived.open(opened(kind=draw.choice(list(Kind)), priority=draw.choice(list(Priority))))
    for deed in COURSE:
        lived.sleep_until(lived.now + draw.randrange(30 * MINUTE))
        lived.act(deed, 0)
    return lived.past


def moved(value: Any, by: Duration) -> Any:
    """The same at another time."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: moved(getattr(value, each.name), by) for each in fields(value)})
    if isinstance(value, tuple):
        return tuple(moved(each, by) for each in value)
    return value + by if isinstance(value, int) and value > MOMENT else value


def _tickets(stage: Stage, lives: Sequence[Sequence[Event]], draw: Random, events: int) -> Iterator[Change]:
    """Those that are opened in the time of a step."""
    start, stored = stage.story.clock.now - AT, 0
    for number in count(stage.story.desk.log.head()):
        past = moved(tuple(draw.choice(lives)), start + draw.randrange(STEP))
        first = replace(past[0], reference=f"{number:09}") if isinstance(past[0], TicketOpened) else past[0]
        yield Change(uuid4().hex, [], [first, *past[1:]], published=True)
        stored += len(past)
        if stored >= events:
            return


def _trouble(stage: Stage, component: str) -> None:
    """About once a day."""
    incident = stage.incident({component: ComponentStatus.PARTIAL_OUTAGE})
    stage.story.after(20 * MINUTE)
    stage.tell(incident, IncidentStatus.RESOLVED)


def _settle(stage: Stage) -> None:
    """What the desk does all the time: it projects, and fixes the months that are over."""
    stage.story.projector.catch_up()
    job = fixing(stage.story.desk, stage.story.engine)
    while months := job.due(stage.story.clock.now, 12):
        for month in months:
            job.do(month, stage.story.clock.now)
        stage.story.projector.catch_up()
