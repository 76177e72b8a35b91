"""Leases: of many processes over one PostgreSQL, one may do what only one may do.

A lease is a row of the log's database, held until an instant of that database's clock. Each time that it is taken its
epoch is raised, and whatever is written in the name of an older epoch is refused in the transaction that would store
it. Whoever writes so shares a lock on the row, which renewals pass and takers do not.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from threading import Event
from typing import Any, Final, LiteralString

import psycopg

from store.connection import parameters_of

LASTS: Final = 5.0
"""Seconds that a lease is held without being renewed."""
PATIENCE: Final = 3
"""Seconds within which the server has to answer a connection."""
WHILE_HELD: Final[LiteralString] = "SELECT 1 FROM public.leases WHERE role=%s AND epoch=%s FOR KEY SHARE"

LOCK: Final = 0x676C61736E6F03
"""An advisory lock ("glasno" in ASCII and a number): it orders the making of the table."""
TABLE: Final[LiteralString] = (
    "CREATE TABLE IF NOT EXISTS public.leases (role text PRIMARY KEY, holder text NOT NULL, epoch bigint NOT NULL,"
    " until timestamptz NOT NULL, UNIQUE (role, epoch))"
)
ROWS: Final[LiteralString] = (
    "INSERT INTO public.leases SELECT role, '', extract(epoch FROM clock_timestamp()) * 1000, '-infinity'"
    " FROM unnest(%s::text[]) AS role ON CONFLICT DO NOTHING"
)
"""The first epoch is the time: a database that is made anew does not begin with those of the one before."""
TAKE: Final[LiteralString] = (
    "WITH free AS (SELECT role FROM public.leases WHERE role = ANY(%(roles)s)"
    " AND until NOT BETWEEN clock_timestamp() AND clock_timestamp() + %(lasts)s * interval '1 second'"
    " ORDER BY array_position(%(roles)s, role) LIMIT %(most)s FOR UPDATE SKIP LOCKED)"
    " UPDATE public.leases AS held SET holder=%(holder)s, epoch=epoch + 1,"
    " until=clock_timestamp() + %(lasts)s * interval '1 second'"
    " FROM free WHERE held.role=free.role RETURNING held.role, held.epoch"
)
"""One that ends later than any lease lasts was taken before the server's clock was set back: it is free, too."""
RENEW: Final[LiteralString] = (
    "UPDATE public.leases SET until=clock_timestamp() + %s * interval '1 second'"
    " WHERE (role, epoch) IN (SELECT * FROM unnest(%s::text[], %s::bigint[])) RETURNING role"
)
GIVE_BACK: Final[LiteralString] = (
    "UPDATE public.leases SET until='-infinity' WHERE (role, epoch) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))"
)

HOLDERS: Final[LiteralString] = (
    "SELECT DISTINCT holder FROM public.leases WHERE until > clock_timestamp() AND holder<>%s ORDER BY 1"
)

LEADERS: Final[LiteralString] = "SELECT role, holder FROM public.leases WHERE until > clock_timestamp()"


class Superseded(Exception):
    """Another process holds the lease by now: nothing was written."""


class Lease(Event):
    """What this process knows of a lease: set, as the word to stop, unless it is held.

    It runs out by a clock of this machine that goes on while a process is stopped or the machine asleep, counted from
    before the server was asked: never later than for the server.
    """

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role
        self.epoch = 0
        self._until = -inf

    def begin(self, epoch: int, asked: float) -> None:
        """It is held, as of an instant before that was asked for."""
        self.epoch, self._until = epoch, asked + LASTS
        self.clear()

    def extend(self, asked: float) -> None:
        self._until = asked + LASTS

    @property
    def is_held(self) -> bool:
        return not super().is_set() and steady() < self._until

    def is_set(self) -> bool:
        """What was seen once by anybody stays so: of those who work in a role none goes on alone."""
        if not self.is_held:
            self.set()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        super().wait(timeout)
        return self.is_set()

    def refuse(self) -> Superseded:
        """It is over, whatever was known here."""
        self.set()
        return Superseded(f"another process has taken over the role {self.role!r}")


def steady() -> float:
    """Seconds, from any origin."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Leases:
    """The leases as one process sees them. The connection is made when it is needed, and anew when it broke."""

    def __init__(self, url: str, holder: str, roles: Sequence[str]) -> None:
        self._url = url
        self._holder = holder
        self._roles = roles
        self._connection: psycopg.Connection[Any] | None = None

    def take(self, roles: Collection[str], most: int) -> Mapping[str, int]:
        """Take so many of these at the most, of those that are free; their epochs."""
        values = {"roles": [*roles], "lasts": LASTS, "most": most, "holder": self._holder}
        return dict(self._asked(TAKE, values).fetchall())

    def renew(self, held: Mapping[str, int]) -> Collection[str]:
        """Hold these longer; those that nobody else has taken."""
        return {role for (role,) in self._asked(RENEW, (LASTS, [*held], [*held.values()]))}

    def give_back(self, held: Mapping[str, int]) -> None:
        """Let others take them at once."""
        self._asked(GIVE_BACK, ([*held], [*held.values()]))

    def holders(self) -> Sequence[str]:
        """Which others hold any, as they call themselves."""
        return [holder for (holder,) in self._asked(HOLDERS, (self._holder,))]

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _asked(self, statement: LiteralString, values: Any) -> psycopg.Cursor[Any]:
        try:
            if self._connection is None:
                self._connection = self._connected()
            return self._connection.execute(statement, values)
        except psycopg.Error:
            self.close()
            raise

    def _connected(self) -> psycopg.Connection[Any]:
        connection = _reached(self._url, autocommit=True)
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            connection.execute(TABLE)
            connection.execute(ROWS, ([*self._roles],))
        return connection


def leaders(url: str) -> Mapping[str, str]:
    """Who holds each lease that is held, of processes of all versions."""
    with _reached(url) as connection:
        if connection.execute("SELECT to_regclass('public.leases')").fetchone() == (None,):
            return {}
        return dict(connection.execute(LEADERS).fetchall())


@contextmanager
def holding(url: str, lease: Lease) -> Iterator[None]:
    """Nobody else takes the lease meanwhile, for seconds at the most; `Superseded` if that has happened already."""
    with _reached(url) as connection:
        if connection.execute(WHILE_HELD, (lease.role, lease.epoch)).fetchone() is None:
            raise lease.refuse()
        yield


def _reached(url: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """On this connection nobody waits for long: we for a network that is cut, others for what we had locked."""
    patience = {"connect_timeout": PATIENCE, "tcp_user_timeout": PATIENCE * 1000, "keepalives_idle": 1}
    connection = psycopg.connect(**parameters_of(url, **patience), autocommit=autocommit)
    connection.execute(f"SET idle_in_transaction_session_timeout='{LASTS}s'")
    return connection
