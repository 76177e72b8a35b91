"""A desk at work over a PostgreSQL of its own, as it is deployed, and what it is measured beside.

`office()` is ours: two `glasno api` and one `glasno work`. `reference()` is the hand-written service, with two workers.
Both use one server, durable as in production. `Side.load()` asks one of them, `alternate()` both in turns.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

from domain.event import Id
from domain.person import Decision, Grant, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant, join_organisation, join_team
from domain.token import TokenScope
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.people import issue_token
from store.streams import Command
from tests.bench.driver import NUMBER
from tests.bench.processor import Clock, server_of
from tests.bench.serving import REFERENCES, ROOT, TOOLS, Process, Report, Server, ready, started
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres

CLIENTS: Final = 32
WORKERS: Final = 2
"""Processes that answer requests, on either side."""
CONTACTS: Final = 160
"""People who ask in turn: no token asks for more than it may (50 a second of each process)."""
FIRMS: Final = ("lukomorye", "samobranka", "skorokhod", "buyan", "kovyor", "berega")
"""Of the demonstration's desk file; their levels are published."""
SERVER: Final = ("-c", "max_connections=300")
"""Options of its PostgreSQL, as `docker-compose.yml` has them: each process of ours may hold some sixty."""
NUMBERS: Final = count(1, 10_000_000)
"""The first numbers of loads: no two requests of a run have the same."""


@dataclass(frozen=True)
class Call:
    """One request; `NUMBER` in it stands for its number."""

    path: str
    headers: Mapping[str, str]
    body: str | None = None
    method: str = "POST"
    type: str = "application/json"


@dataclass(frozen=True)
class Side:
    """Something that answers at one or several ports, and the processes that it takes."""

    name: str
    ports: Sequence[int]
    processes: Mapping[str, Sequence[int]]
    """By part: the roots of its process trees; processor time is told by part."""
    database: str = ""
    """The address of the database that the reference has for itself."""

    def load(
        self,
        calls: Sequence[Call],
        requests: int,
        *,
        clients: int = CLIENTS,
        keep: int = 0,
        settle: Callable[[], None] = lambda: None,
    ) -> Report:
        """Ask in a closed loop, the calls in turn: the driver's report and milliseconds of processor a request.

        `SystemExit` unless every answer is 2xx or 3xx. With `keep` every so manyth answer is told, with its instant.
        Processor time is told as of when `settle` has returned: what answers leave to be done counts.
        """
        told = {
            "ports": [*self.ports], "clients": clients, "requests": requests, "keep": keep, "first": next(NUMBERS),
            "calls": [vars(call) for call in calls],
        }  # fmt: skip
        clocks = {part: Clock(roots) for part, roots in self.processes.items()}
        report = _driven(told)
        settle()
        if not all(status[0] in "23" for status in report["status"]) or report["n"] != requests:
            sys.exit(f"{self.name} answered {report['n']} requests with {report['status']}")
        return report | {"processor": {part: clock.passed() * 1000 / requests for part, clock in clocks.items()}}


@dataclass(frozen=True)
class Member:
    """A person, and what the person presents."""

    id: Id
    token: str

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"bench-{NUMBER}"}


@dataclass(frozen=True)
class Office:
    """Our side: the desk as this process sees it, its people, and its processes."""

    url: str
    """Of the database with log and views."""
    desk: Desk
    side: Side
    contacts: Sequence[Member]
    agents: Sequence[Member]


@contextmanager
def office(folder: Path, postgres: Postgres) -> Iterator[Office]:
    """Two `glasno api`, one `glasno work`, on a desk with organisations, contracts, people and tokens."""
    settings = Settings(data_dir=folder, database_url=postgres.fresh_database(), keys_url=postgres.fresh_database())
    with ExitStack() as running:
        desk = build_desk(settings)
        running.callback(desk.close)
        _glasno(settings, "apply", str(ROOT / "service/demo/desk.yaml"))
        contacts = [_member(desk, firm=FIRMS[number % len(FIRMS)]) for number in range(CONTACTS)]
        agents = [_member(desk) for _ in range(CONTACTS)]
        ports = [free_port() for _ in range(WORKERS)]
        answering = [running.enter_context(_process(settings, "api", port)) for port in ports]
        working = running.enter_context(_process(settings, "work", free_port()))
        for process, port in zip(answering, ports, strict=True):
            ready(process, Server("glasno", port, "/healthz"))
        parts = {"api": [each.pid for each in answering], "work": [working.pid], "postgres": [server_of(postgres)]}
        yield Office(settings.database_url, desk, Side("glasno", ports, parts), contacts, agents)


@contextmanager
def reference(postgres: Postgres) -> Iterator[Side]:
    """`ref_desk.py` with as many workers, over the same server."""
    port, database = free_port(), postgres.fresh_database()
    command = [
        *(str(TOOLS / "uvicorn"), "--workers", str(WORKERS), "--loop", "uvloop", "--http", "httptools"),
        *("--no-access-log", "--log-level", "warning", "--port", str(port), "ref_desk:app"),
    ]
    with started(command, REFERENCES, {"REF_DATABASE": database}) as process:
        ready(process, Server("reference", port, "/healthz"))
        yield Side("reference", [port], {"api": [process.pid], "postgres": [server_of(postgres)]}, database)


def alternate(rounds: int, turns: Mapping[str, Callable[[], Report]], progress: Callable[[int], None]) -> Any:
    """A B A B: the reports of each, by name. The first turn of each warms up and is not told."""
    reports: dict[str, list[Report]] = {name: [] for name in turns}
    for number in range(rounds + 1):
        for name, turn in turns.items():
            report = turn()
            if number:
                reports[name].append(report)
        progress(number)
    return reports


def ratio(ours: Sequence[Report], theirs: Sequence[Report]) -> tuple[float, float, float]:
    """Of requests a second, round by round: the median, the lowest and the highest."""
    ratios = [mine["rps"] / other["rps"] for mine, other in zip(ours, theirs, strict=True)]
    return median(ratios), min(ratios), max(ratios)


def _driven(load: Mapping[str, Any]) -> dict[str, Any]:
    command = [str(TOOLS / "python"), str(Path(__file__).with_name("driver.py")), str(REFERENCES)]
    done = subprocess.run(command, input=json.dumps(load).encode(), check=True, capture_output=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _glasno(settings: Settings, *arguments: str) -> None:
    command = [sys.executable, "-m", "service", *arguments]
    subprocess.run(command, cwd=ROOT, env=os.environ | _environment(settings), check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _process(settings: Settings, command: str, port: int) -> Iterator[Process]:
    own = {"GLASNO_LISTEN": f"127.0.0.1:{port}", "GLASNO_METRICS_LISTEN": f"127.0.0.1:{free_port()}"}
    with started([sys.executable, "-m", "service", command], ROOT, _environment(settings) | own) as process:
        yield process


def _environment(settings: Settings) -> dict[str, str]:
    known = settings.model_dump(mode="json", exclude_defaults=True)
    return {f"GLASNO_{name}".upper(): str(value) for name, value in known.items()}


def _member(desk: Desk, firm: str = "") -> Member:
    """A contact of a firm, or an agent of the first line."""
    identity, at = desk.new_id(), desk.now()
    steps: list[Decision] = [partial(register, identity=identity, name="Somebody", at=at)]
    if firm:
        steps.append(partial(join_organisation, organisation=desk.name("organisation", firm), at=at))
    else:
        steps += [partial(grant, grant=Grant(Right.AGENT), at=at), partial(join_team, team="service-desk", at=at)]
    desk.people.act(Command(desk.new_id()), identity, in_turn, *steps)
    scopes, secret = frozenset({TokenScope.TICKETS_READ, TokenScope.TICKETS_WRITE}), (desk.new_id() * 2)[:43]
    facts: dict[str, Any] = {"scopes": scopes, "label": "bench", "expires_at": None, "at": at}
    return Member(identity, issue_token(desk, Command(desk.new_id()), bearer=identity, secret=secret, **facts))
