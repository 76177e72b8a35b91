"""A load: clients that open tickets, write in them and tell of incidents, and a record of what they were answered.

Each is a good client: what was not answered is sent again with the same Idempotency-Key, to the next process, until it
is. Sometimes it asks once more for what is done already.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final, Self

import httpx2

from domain.event import Id

PATIENCE: Final = 15.0
"""Seconds that a client waits for an answer."""
LIMIT: Final = 180.0
"""Seconds after which a test has waited long enough."""
OPENING: Final = {"kind": "incident", "impact": "high", "urgency": "high", "channel": "portal"}
TOO_MANY: Final = 429


@dataclass(frozen=True)
class Asker:
    """An agent with a token, who also speaks for a client: what is done to the client's tickets is published."""

    token: str
    organisation: Id
    requester: Id


@dataclass(frozen=True)
class Asked:
    """A request. However often it is sent its effect is one event of that name, which says these words."""

    key: str
    event: str
    words: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a client was told of what it had asked for."""

    status: int
    location: str
    body: Mapping[str, Any]


@dataclass
class Record:
    """What was asked, and what was answered."""

    attempted: dict[str, Asked] = field(default_factory=dict)
    """By idempotency key."""
    acknowledged: dict[str, list[Answer]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    """What a good client is never told."""
    met: Counter[str] = field(default_factory=Counter)
    """What stood in the way: statuses and faults of connections."""
    slowest: float = 0.0
    """Seconds until an answer, whatever it was."""
    quiet: float = 0.0
    """The longest time in seconds in which nothing was acknowledged to anybody."""
    _last: float = field(default_factory=time.monotonic)

    def acknowledge(self, key: str, answer: Answer) -> None:
        now = time.monotonic()
        self.quiet, self._last = max(self.quiet, now - self._last), now
        self.acknowledged.setdefault(key, []).append(answer)

    @property
    def receipts(self) -> list[bytes]:
        """The promises of the log that came with the answers."""
        answers = (each.body.get("receipt") for answers in self.acknowledged.values() for each in answers)
        return sorted({each.encode() for each in answers if each})

    @property
    def told(self) -> str:
        """In a line."""
        asked = f"{len(self.acknowledged)} of {len(self.attempted)} acknowledged"
        return f"{asked}, nothing for {self.quiet:.1f} s, the slowest answer after {self.slowest:.1f} s, {self.met}"


class Load:
    """Clients at work from `with` on, over the processes at these addresses; at its end all are answered."""

    def __init__(
        self, urls: Sequence[str], asker: Asker, *, clients: int = 4, seed: int = 0, pause: float = 0.05
    ) -> None:
        self.urls, self.asker = urls, asker
        self.record = Record()
        self.tickets: list[str] = []
        """Addresses of those that were opened."""
        self.incidents: list[str] = []
        self._stopping, self._giving_up = Event(), Event()
        self._threads = [
            Thread(target=Client(self, urls, number, seed).work, args=(self._stopping, self._giving_up, pause))
            for number in range(clients)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._stopping.set()
        if kind:
            self._giving_up.set()
        deadline = time.monotonic() + LIMIT
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        self._giving_up.set()

    def await_more(self, count: int = 10) -> None:
        """Until so many more are acknowledged: the desk goes on."""
        enough, deadline = len(self.record.acknowledged) + count, time.monotonic() + LIMIT
        while len(self.record.acknowledged) < enough:
            assert time.monotonic() < deadline, self.record.told
            time.sleep(0.05)


class Client:
    """One of them."""

    def __init__(self, load: Load, urls: Sequence[str], number: int, seed: int) -> None:
        self._load = load
        self._record = load.record
        self._random = Random(f"{seed}:{number}")  # noqa: S311 -- no secret
        self._name = f"{seed}-{number}"
        self._urls = cycle([*urls[number % len(urls) :], *urls[: number % len(urls)]])
        self._mine: list[Asked] = []

    def work(self, stopping: Event, giving_up: Event, pause: float) -> None:
        """Until told to stop; what is under way is settled first."""
        headers = {"Authorization": f"Bearer {self._load.asker.token}"}
        with httpx2.Client(headers=headers, timeout=PATIENCE) as http:
            while not stopping.wait(pause):
                self._settle(http, self._next(), giving_up)

    def _next(self) -> Asked:
        """Something new, or, one time in ten, what was done before."""
        if self._mine and self._random.random() < 0.1:
            return self._random.choice(self._mine)
        asked = self._new(f"{self._name}-{len(self._mine)}")
        self._mine.append(asked)
        return asked

    def _new(self, key: str) -> Asked:
        load, words, chance = self._load, f"These are the words of {key}.", self._random.random()
        if chance < 0.2 or not load.tickets:
            who = {"organisation": load.asker.organisation, "requester": load.asker.requester}
            opening = {**OPENING, **who, "subject": f"Nothing prints ({key})", "body": words}
            return Asked(key, "ticket.opened", words, "/v1/tickets", opening)
        if chance < 0.25:
            telling = {"title": {"en": words}, "text": {"en": "We are looking."}, "components": {}}
            return Asked(key, "incident.opened", words, "/v1/incidents", telling)
        if chance < 0.35 and load.incidents:
            more = {"status": self._random.choice(("identified", "monitoring")), "text": {"en": words}}
            return Asked(key, "incident.updated", words, f"{self._random.choice(load.incidents)}/updates", more)
        ticket = self._random.choice(load.tickets)
        if chance < 0.55:
            return Asked(key, "ticket.noted", words, f"{ticket}/notes", {"body": words})
        if chance < 0.75:
            return Asked(key, "ticket.client_wrote", words, f"{ticket}/messages", {"body": words, "from_client": True})
        return Asked(key, "ticket.answered", words, f"{ticket}/messages", {"body": words})

    def _settle(self, http: httpx2.Client, asked: Asked, giving_up: Event) -> None:
        """Ask until there is an answer."""
        self._record.attempted[asked.key] = asked
        while not giving_up.is_set():
            since = time.monotonic()
            answer = self._ask(http, asked)
            self._record.slowest = max(self._record.slowest, time.monotonic() - since)
            if answer and self._is_settled(asked, answer):
                return
            time.sleep(float(answer.headers.get("Retry-After", "0.2")) if answer else 0.2)

    def _ask(self, http: httpx2.Client, asked: Asked) -> httpx2.Response | None:
        address = next(self._urls) + asked.path
        try:
            return http.post(address, json=dict(asked.body), headers={"Idempotency-Key": asked.key})
        except httpx2.TransportError as fault:
            self._record.met[type(fault).__name__] += 1
            return None

    def _is_settled(self, asked: Asked, answer: httpx2.Response) -> bool:
        if answer.is_success:
            location = answer.headers.get("Location", "")
            if asked.key not in self._record.acknowledged:
                self._remember(asked, location, answer.json())
            self._record.acknowledge(asked.key, Answer(answer.status_code, location, answer.json()))
            return True
        self._record.met[f"{answer.status_code} {_code(answer)}"] += 1
        if answer.is_server_error or answer.status_code == TOO_MANY:
            return False
        self._record.refused.append(f"{asked.key} ({asked.path}): {answer.status_code} {answer.text}")
        return True

    def _remember(self, asked: Asked, location: str, body: Mapping[str, Any]) -> None:
        if asked.event == "ticket.opened":
            self._load.tickets.append(location)
        elif asked.event == "incident.opened":
            self._load.incidents.append(f"/v1/incidents/{body['id']}")


def _code(answer: httpx2.Response) -> str:
    """Of a problem; whatever else answers says none."""
    is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    return str(answer.json()["code"]) if is_problem else "without a problem"
