"""How PostgreSQL is reached: by every part of the desk alike, and never waited for without end."""

import select
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

PATIENT: Final[dict[str, Any]] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 8000,
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "target_session_attrs": "read-write",
}
"""Seconds to reach a host, milliseconds that what was sent may stay unanswered by its machine, and seconds of silence
until that machine is asked, again and again, whether it is there: a network that is cut is noticed within ten seconds.

Of several hosts the one that can be written to is taken: after a fail-over a standby, or the former primary as one.
"""
BY_INDEX: Final = "-cenable_seqscan=off -cjit=off"
"""For whoever asks for single rows alone. A plan is kept for as long as the connection: one that was made while a table
was small would read all of it when it no longer is."""


def parameters_of(url: str, *options: str, **ours: Any) -> dict[str, Any]:
    """What to connect with: all that the address says counts, TLS and several hosts included, before `PATIENT`.

    The server's `options` are added to its own.
    """
    given = PATIENT | conninfo_to_dict(url) | ours
    return given | {"options": " ".join([given.get("options") or "", *options]).strip()} if options else given


def checked(engine: Engine) -> Engine:
    """Connections that the server has closed are left out, without a round trip: what is closed can be read."""

    def demand_silent(connection: Any, *_: object) -> None:
        looking = select.poll()  # `select` itself knows no file of a number above 1,023
        looking.register(connection.pgconn.socket, select.POLLIN)
        if looking.poll(0):
            raise DisconnectionError

    event.listen(engine, "checkout", demand_silent)
    return engine
