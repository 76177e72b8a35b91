"""Who leads: over one PostgreSQL each role is worked in by one process at a time, the one that holds its lease.

Another takes over as soon as a leader gives back, and within seconds of its death. One that was stopped for longer
than its lease lasts knows so by its own clock before it begins anything more.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from hashlib import sha256
from threading import Event, Thread
from typing import Final, TypeAlias

import psycopg

from domain.event import shape_of
from domain.shapes import event_classes
from monitoring.metrics import LEASE_HELD
from projections import ALL
from service.process import GRACE, Worker, begun
from store.lease import Lease, Leases, steady

KNOWN: Final = {each.NAME for each in ALL} | {f"{each.name}/{each.version}" for each in map(shape_of, event_classes())}
VIEWS: Final = f"views:{sha256(' '.join(sorted(KNOWN)).encode()).hexdigest()[:8]}"
"""By them and by the events that can be read: while versions of the desk run side by side, each keeps its own views,
and a newer one those that both have where the older one cannot go on.
"""
ROLES: Final = (VIEWS, "log", "timers", "probes")
"""What has one leader each: it keeps the views; signs the log; does what is due; probes."""

INBOX: Final = "inbox"
"""What takes in from NATS; only processes that know of one have that role."""

LOOK: Final = 0.2
"""Seconds between two looks for a lease that is free. One is taken at a look: of several processes each gets some."""
RENEWAL: Final = 1.0
"""Seconds after which a lease is renewed: it lasts several times as long."""

LOGGER: Final = logging.getLogger("glasno.leases")

Role: TypeAlias = Callable[[Lease], AbstractContextManager[Sequence[Worker]]]
"""What works in a role, made anew for each term of it."""


class Held(Exception):
    """Another process works; what it holds."""


class Leading:
    """Takes the leases that it can get, and works in those roles until they are lost or it is told to stop."""

    def __init__(self, url: str, roles: Mapping[str, Role]) -> None:
        self._leases = {role: Lease(role) for role in roles}
        self._roles = roles
        self._table = Leases(url, _me(), [*roles])
        self._terms: dict[str, Thread] = {}
        self._renewed = steady()
        self._is_away = False
        for role, lease in self._leases.items():
            LEASE_HELD.labels(kind_of(role)).set_function(partial(getattr, lease, "is_held"))

    def run(self, stopping: Event) -> None:
        """Until told to stop; then everything is given back, so that others take over at once."""
        try:
            while not stopping.is_set():
                self._try(self._look)
                stopping.wait(LOOK)
        finally:
            self._lay_down()

    def _try(self, act: Callable[[], None]) -> None:
        """A server that is away for less than a lease lasts changes nothing; it is told once."""
        try:
            act()
        except psycopg.Error as fault:
            if not self._is_away:
                LOGGER.warning("the leases cannot be renewed: %s", fault)
            self._is_away = True
        else:
            self._is_away = False

    def _look(self) -> None:
        for lease in self._leases.values():
            lease.is_set()  # which wakes up whoever sleeps in one that has run out
        self._give_back_what_ended()
        if steady() - self._renewed >= RENEWAL:
            self._renew()
        self._take()

    def _give_back_what_ended(self) -> None:
        """Not before all that worked in it has ended: in one process no two terms of a role overlap."""
        ended = [role for role, thread in self._terms.items() if not thread.is_alive()]
        if ended:
            self._table.give_back({role: self._leases[role].epoch for role in ended})
        for role in ended:
            del self._terms[role]

    def _renew(self) -> None:
        held, asked = {role: lease for role, lease in self._leases.items() if not lease.is_set()}, steady()
        kept = self._table.renew({role: lease.epoch for role, lease in held.items()}) if held else ()
        for role, lease in held.items():
            if role in kept:
                lease.extend(asked)
            else:
                LOGGER.warning("another process has taken over: %s", role)
                lease.set()
        self._renewed = asked

    def _take(self) -> None:
        free, asked = [role for role in self._roles if role not in self._terms], steady()
        for role, epoch in (self._table.take(free, 1) if free else {}).items():
            lease = self._leases[role]
            lease.begin(epoch, asked)
            [self._terms[role]] = begun([partial(self._work, role)], lease)

    def _work(self, role: str, lease: Event) -> None:
        with self._roles[role](self._leases[role]) as workers:
            for thread in begun(workers, lease):
                thread.join()

    def _lay_down(self) -> None:
        until = steady() + GRACE - 1  # whoever waits for us waits no longer
        for lease in self._leases.values():
            lease.set()
        for thread in self._terms.values():
            thread.join(max(0, until - steady()))
        self._try(self._give_back_what_ended)
        self._table.close()


def kind_of(role: str) -> str:
    """As the metrics have it: the same for all versions."""
    return role.partition(":")[0]


@contextmanager
def leading_alone(url: str) -> Iterator[None]:
    """Hold every lease meanwhile; `Held` if another process has one."""
    roles = (*ROLES, INBOX)
    with closing(Leases(url, _me(), roles)) as table:
        taken = table.take(roles, len(roles))
        stopping = Event()
        renewing = Thread(target=_renewing, args=(table, taken, stopping), daemon=True)
        renewing.start()
        try:
            if len(taken) < len(roles):
                raise Held(f"works over this database ({', '.join(table.holders())})")
            yield
        finally:
            stopping.set()
            renewing.join()
            table.give_back(taken)


def _renewing(table: Leases, held: Mapping[str, int], stopping: Event) -> None:
    while not stopping.wait(RENEWAL):
        with suppress(psycopg.Error):
            table.renew(held)


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
