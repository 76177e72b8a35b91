"""What a load would take: from measured costs and simple queueing to cores, processes, bytes and hours.

Each stage that does one thing after the other is taken as a single server with arrivals at random and work of one
length (M/D/1): while it is busy for the share r of the time, one waits r / (2 (1 - r)) lengths of the work on average
(Pollaczek-Khinchine; Kleinrock, Queueing Systems, volume 1, 1975, chapter 5).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

MONTH: Final = 365 * 24 * 3600 / 12
"""Seconds, on average."""
BOUND: Final = 2 / 3
"""So busy a stage may be: then one waits as long as the work itself takes, by the formula above."""
AT_LEAST: Final = 2
"""Processes of a kind: one goes on while the other is replaced."""
MEASURED: Final = Path(__file__).with_name("costs.json")

Spent: TypeAlias = Mapping[str, float]
Some: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
OrNone: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]


class BadCosts(Exception):
    """A file that is not what the benchmark prints."""


class Request(msgspec.Struct, frozen=True):
    """Milliseconds of processor that one costs: of who answers it, and of PostgreSQL."""

    api: Some
    postgres: OrNone


class Storing(Request, frozen=True):
    """One that stores so many events."""

    events: Some


class Stage(msgspec.Struct, frozen=True):
    """Milliseconds of processor an event."""

    process: Some
    postgres: OrNone

    @property
    def both(self) -> float:
        """Of a stage in which one waits for the other."""
        return self.process + self.postgres


class Requests(msgspec.Struct, frozen=True):
    """Those that were measured."""

    open: Storing
    reply: Storing
    queue: Request
    ticket: Request


class Stages(msgspec.Struct, frozen=True):
    """Those that were measured, in the order in which an event comes to them."""

    append: Stage
    project: Stage
    rebuild: Stage
    sign: Stage
    relay: Stage


class Costs(msgspec.Struct, frozen=True):
    """What `make bench BENCH="costs --json"` measures."""

    measured: str
    machine: str
    events: int
    """Of the log that was measured."""
    events_of_ticket: Some
    requests: Requests
    stages: Stages
    bytes: Mapping[str, Some]
    """An event, by part."""
    bytes_of_person: Some


class File(msgspec.Struct, frozen=True):
    """What the benchmark prints."""

    costs: Costs


@dataclass(frozen=True)
class Load:
    """What comes in."""

    companies: int
    tickets: float
    """Of a company in a month."""
    events: float
    """Of a ticket."""
    reads: float
    """Pages of the queue and tickets that are looked at, half of each, for each event."""
    people: int
    """Of a company, who have a key each."""
    peak: float
    """How many times the mean."""
    cores: int
    """Of the machine of PostgreSQL."""

    @property
    def stored(self) -> float:
        """Events a month."""
        return self.companies * self.tickets * self.events


@dataclass(frozen=True)
class Part:
    """A stage under a load, a second."""

    name: str
    busy: float
    """The share of the time; of PostgreSQL, of all its cores."""
    length: float
    """Milliseconds of the work for one event; of PostgreSQL, with all its cores at work."""

    @property
    def wait(self) -> float:
        """Milliseconds on average; without end where more comes than can be done."""
        return self.length * self.busy / (2 * (1 - self.busy)) if self.busy < 1 else inf


@dataclass(frozen=True)
class Demand:
    """What a load takes at its peak."""

    events: float
    """A second."""
    requests: float
    cores: Spent
    """Busy, by kind of process."""
    parts: Sequence[Part]
    """What cannot be shared out, the busiest first."""

    @property
    def desks(self) -> int:
        """Among how many the clients have to be shared out, so that nothing is too busy."""
        return max(1, ceil(self.parts[0].busy / BOUND))

    @property
    def processes(self) -> Mapping[str, int]:
        """On all desks together."""
        wanted = {"api": self.cores["api"], "work": self.cores["views"] + self.cores["log"], "relay": 0.0}
        least = {"api": AT_LEAST, "work": AT_LEAST, "relay": 1}
        return {name: max(least[name] * self.desks, ceil(busy / BOUND)) for name, busy in wanted.items()}


@dataclass(frozen=True)
class Kept:
    """What a log takes that holds so many events."""

    events: int
    months: float
    """Until there are so many."""
    bytes: Mapping[str, float]
    rebuild: float
    """Hours of one process until all views are built anew."""
    relay: float
    """Hours until an empty stream has all of it."""


def read_costs(file: Path = MEASURED) -> Costs:
    """`BadCosts` says what is wrong with the file."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=File).costs
    except (OSError, msgspec.MsgspecError) as fault:
        raise BadCosts(f"{file}: {fault}") from None


def demand(load: Load, costs: Costs) -> Demand:
    """What the load takes at its peak."""
    events = load.stored / MONTH * load.peak
    asked = dict(_asked(load, costs))
    api, postgres = (sum(each * getattr(request, part) for request, each in asked.items()) for part in PARTS)
    stages = {name: getattr(costs.stages, stage) for name, stage in SERIAL.items()}
    own = {name: stage.process for name, stage in stages.items()}
    served = postgres + sum(stage.postgres for stage in stages.values())
    lengths = {name: stage.both for name, stage in stages.items()}
    lengths |= {"append": costs.stages.append.postgres, "postgres": served / load.cores}
    parts = [Part(name, events * length / 1000, length) for name, length in lengths.items()]
    cores = {name: events * each / 1000 for name, each in ({"api": api, "postgres": served} | own).items()}
    asks = events * sum(asked.values())
    return Demand(events, asks, cores, sorted(parts, key=lambda part: -part.busy))


def most(load: Load, costs: Costs) -> Sequence[tuple[str, float]]:
    """Events a second at which each part is as busy as it may be: what gives way first comes first."""
    return [(part.name, BOUND * 1000 / part.length) for part in demand(load, costs).parts if part.length]


def kept(events: int, load: Load, costs: Costs) -> Kept:
    """What a log of so many events takes, at the clients of the load."""
    parts = {part: each * events for part, each in costs.bytes.items()}
    parts["keys"] = costs.bytes_of_person * load.people * load.companies
    hours = {name: getattr(costs.stages, name).both * events / 3_600_000 for name in ("rebuild", "relay")}
    return Kept(events, events / load.stored, parts, **hours)


def _asked(load: Load, costs: Costs) -> Iterator[tuple[Request, float]]:
    """How often for each event: a ticket is opened once; whatever else happens to it costs what a reply costs."""
    requests = costs.requests
    yield requests.open, 1 / load.events
    yield requests.reply, (load.events - requests.open.events) / requests.reply.events / load.events
    yield requests.queue, load.reads / 2
    yield requests.ticket, load.reads / 2


PARTS: Final = ("api", "postgres")
SERIAL: Final = {"views": "project", "log": "sign", "relay": "relay"}
"""What one process does alone, and the stage that was measured: it asks PostgreSQL, and waits for it."""
