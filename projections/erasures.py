"""Erasures, and what each of them still has to end: living tokens and tickets of those who are to be erased."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, select

from domain.erasure import ErasedKind, ErasureCompleted, ErasureRequested, Ground
from domain.event import Id
from domain.instant import Instant
from domain.person.identity import Deactivated, MergedInto
from domain.person.membership import Granted, Revoked
from domain.person.state import Right
from domain.ticket import Stage
from domain.token import TokenIssued, TokenRevoked
from projections.past import Moment
from projections.rows import Rows
from store.log import Recorded

NAME: Final = "erasures_v1"
METADATA: Final = MetaData()
ERASURES: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("ground", String, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
    Column("sections", Integer),
)
ERASED: Final = Table(
    f"{NAME}_owners",
    METADATA,
    Column("owner", String, primary_key=True),
    Column("erasure", String, nullable=False),
)
TICKETS: Final = Table(
    f"{NAME}_tickets",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("owner", String, nullable=False),
)
TOKENS: Final = Table(
    f"{NAME}_tokens",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("owner", String, nullable=False),
)
ADMINISTRATORS: Final = Table(f"{NAME}_administrators", METADATA, Column("person", String, primary_key=True))
Index(f"{NAME}_open", ERASURES.c.completed_at, ERASURES.c.requested_at)
Index(f"{NAME}_of", ERASED.c.erasure)
Index(f"{NAME}_tickets_owner", TICKETS.c.owner)
Index(f"{NAME}_tokens_owner", TOKENS.c.owner)


@dataclass(frozen=True)
class Known:
    """An erasure, and how far it is."""

    stream: Id
    kind: ErasedKind
    ground: Ground
    requested_at: Instant
    completed_at: Instant | None
    sections: int | None
    """Sealed texts that were deleted; None until it is complete."""


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A ticket has a row while it is live and its later words would be its requester's, a token while it holds."""
    match recorded.event:
        case ErasureRequested() as asked:
            row = {"stream": recorded.stream, "kind": asked.kind.value, "ground": asked.ground.value}
            rows.put(ERASURES, {**row, "requested_at": asked.at, "completed_at": None, "sections": None})
            for owner in asked.identities:
                rows.put(ERASED, {"owner": owner, "erasure": recorded.stream})
        case ErasureCompleted() as done:
            known = rows.get(ERASURES, recorded.stream) or {}
            rows.put(ERASURES, {**known, "completed_at": done.at, "sections": done.sections})
        case TokenIssued(person=person):
            rows.put(TOKENS, {"stream": recorded.stream, "owner": person})
        case TokenRevoked():
            rows.remove(TOKENS, recorded.stream)
        case Granted(right=Right.ADMINISTRATOR):
            rows.put(ADMINISTRATORS, {"person": recorded.stream})
        case Revoked(right=Right.ADMINISTRATOR) | Deactivated() | MergedInto():
            rows.remove(ADMINISTRATORS, recorded.stream)
        case _:
            _keep(rows, recorded.stream, moment)


def every(connection: Connection, *, limit: int = 500) -> Sequence[Known]:
    """The newest first."""
    rows = connection.execute(select(ERASURES).order_by(ERASURES.c.requested_at.desc(), ERASURES.c.stream).limit(limit))
    return [Known(row[0], ErasedKind(row[1]), Ground(row[2]), *row[3:]) for row in rows]


def unfinished(connection: Connection, *, limit: int) -> Sequence[Id]:
    """Those that were requested and are not complete, the oldest first."""
    waiting = select(ERASURES.c.stream).where(ERASURES.c.completed_at.is_(None))
    return connection.scalars(waiting.order_by(ERASURES.c.requested_at).limit(limit)).all()


def tickets_of_erased(connection: Connection, *, limit: int) -> Sequence[Id]:
    """Live tickets whose later words would be those of somebody who is to be erased."""
    query = select(TICKETS.c.stream).join(ERASED, ERASED.c.owner == TICKETS.c.owner)
    return connection.scalars(query.order_by(TICKETS.c.stream).limit(limit)).all()


def to_be_ended(connection: Connection, owners: Collection[Id]) -> tuple[Sequence[Id], Sequence[Id]]:
    """The tokens and the live tickets of these people."""
    tokens = select(TOKENS.c.stream).where(TOKENS.c.owner.in_(owners))
    tickets = select(TICKETS.c.stream).where(TICKETS.c.owner.in_(owners))
    return connection.scalars(tokens).all(), connection.scalars(tickets).all()


def administrators(connection: Connection) -> frozenset[Id]:
    """Those who may change configuration and people."""
    return frozenset(connection.scalars(select(ADMINISTRATORS.c.person)))


def _keep(rows: Rows, stream: Id, moment: Moment) -> None:
    ticket = moment.after
    if ticket.is_live and ticket.heir is None:
        rows.put(TICKETS, {"stream": stream, "owner": ticket.requester})
    elif ticket.stage is not Stage.NONE:
        rows.remove(TICKETS, stream)
