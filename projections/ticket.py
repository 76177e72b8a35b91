"""The ticket view: each ticket as it stands and stood, and what was said on it, by address only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    exists,
    literal,
    select,
    tuple_,
)

from domain.access import Scope
from domain.event import Address, Id
from domain.instant import Instant
from domain.ticket import Stage, Ticket
from domain.ticket.conversation import Answered, AutoReplied, ClientWrote, Noted
from domain.ticket.feedback import Rated
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Reopened, Resolved, TicketRefused
from domain.ticket.promise import NextActStated
from projections.batch import checkpoint
from projections.cursor import read, written
from projections.past import Moment
from projections.rows import Row, Rows
from projections.scope import PARTICIPANTS, Filters, matching, within
from projections.span import CURRENT, holding_at, span_columns, span_index
from store.log import Recorded

NAME: Final = "ticket_v2"
METADATA: Final = PARTICIPANTS.metadata
TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("reference", String, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("channel", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("requester", String, nullable=False),
    Column("line", String, nullable=False),
    Column("team", String, nullable=False),
    Column("owner", String),
    Column("level", String, nullable=False),
    Column("policy", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("impact", String, nullable=False),
    Column("urgency", String, nullable=False),
    Column("category", String),
    Column("complexity", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("waits_for", String),
    Column("waits_until", BigInteger),
    Column("acts_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("merged_into", String),
    Column("related", String, nullable=False),
    Column("version", Integer, nullable=False),
    *span_columns(),
)
span_index(TICKETS)
Index(f"{NAME}_reference", TICKETS.c.reference)

ENTRIES: Final = Table(
    f"{NAME}_entries",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("what", String, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rec", BigInteger, nullable=False),
    Column("by", String),
    Column("channel", String),
    Column("message", String),
    Column("person", String),
    Column("section", String),
)
Index(f"{NAME}_entries_stream", ENTRIES.c.stream, ENTRIES.c.position)

PLAIN: Final = (
    *("reference", "published", "organisation", "requester", "line", "team", "owner", "level", "policy"),
    *("category", "waits_until", "acts_at", "merged_into"),
)
CHOSEN: Final = ("kind", "priority", "impact", "urgency", "complexity", "stage", "waits_for")
"""What is shown as the ticket itself has it: as it is, and as the word for it."""
STATE: Final = attrgetter(*PLAIN, *CHOSEN)
UNRELATED: Final = json.dumps({"duplicates": [], "links": []})

SAID: Final = (TicketOpened, ClientWrote, Answered, AutoReplied, Noted, Resolved, TicketRefused, NextActStated, Rated)
INTERNAL: Final = (Noted, NextActStated)
"""For the staff alone."""


@dataclass(frozen=True)
class Header:
    """A ticket as it stood at a position."""

    stream: Id
    reference: str
    published: bool
    opened_at: Instant
    channel: str
    organisation: Id
    requester: Id
    line: str
    team: str
    owner: Id | None
    level: str
    policy: int
    kind: str
    priority: str
    impact: str
    urgency: str
    category: str | None
    complexity: str
    rule: str
    """The routing rule that sent it where it went."""
    stage: str
    waits_for: str | None
    waits_until: Instant | None
    acts_at: Instant | None
    """When the stated next act is promised for."""
    resolved_at: Instant | None
    """Solved or refused, and not reopened since."""
    merged_into: Id | None
    related: str
    """JSON: `duplicates` (ids) and `links` (pairs of id and how)."""
    version: int

    @property
    def duplicates(self) -> list[Id]:
        found: list[Id] = json.loads(self.related)["duplicates"]
        return found

    @property
    def links(self) -> list[tuple[Id, str]]:
        return [(to, how) for to, how in json.loads(self.related)["links"]]


@dataclass(frozen=True)
class Entry:
    """Something that was said, or an act that was stated."""

    position: int
    what: str
    """The name of its event."""
    internal: bool
    at: Instant
    rec: Instant
    by: Id | None
    channel: str | None
    message: Id | None
    text: Address | None
    """What `Log.text` unseals."""


@dataclass(frozen=True)
class Page:
    """Tickets as they stood at a position, the newest first; without a cursor there are no more."""

    tickets: Sequence[Header]
    position: int
    cursor: str | None


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """Keep what is shown of each ticket at every stage, who goes on in it, and where what was said can be asked for."""
    if moment.after.stage is Stage.NONE:
        return
    key = {"stream": recorded.stream}
    history = _history(recorded.event, rows.current(TICKETS, key))
    rows.hold(TICKETS, key, history | _row(moment.after, recorded.version), recorded.position)
    for person in moment.after.participants - moment.before.participants:
        rows.add(PARTICIPANTS, key | {"person": person, "organisation": moment.after.organisation})
    if isinstance(recorded.event, SAID):
        rows.add(ENTRIES, _said(recorded))


def find(connection: Connection, reference: str) -> Id | None:
    """The stream of the ticket of that reference."""
    query = select(TICKETS.c.stream).where(TICKETS.c.reference == reference).limit(1)
    return connection.execute(query).scalar()


def header(connection: Connection, stream: Id, position: int | None = None) -> Header | None:
    """The ticket as it stands, or stood at a position; None if there was none."""
    at = checkpoint(connection, NAME) if position is None else position
    query = _headers().where(TICKETS.c.stream == stream, holding_at(TICKETS, at))
    row = connection.execute(query).one_or_none()
    return Header(*row) if row else None


def entries(
    connection: Connection, stream: Id, *, internal: bool, position: int | None = None, after: int = 0, limit: int = 200
) -> Sequence[Entry]:
    """What was said, oldest first, after one position and until another; what is internal only if asked for."""
    query = select(ENTRIES).where(ENTRIES.c.stream == stream, ENTRIES.c.position > after)
    if position is not None:
        query = query.where(ENTRIES.c.position <= position)
    if not internal:
        query = query.where(ENTRIES.c.internal.is_(False))
    rows = connection.execute(query.order_by(ENTRIES.c.position).limit(limit)).mappings()
    return [_entry(row) for row in rows]


def page(
    connection: Connection,
    scope: Scope,
    filters: Filters,
    *,
    position: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The tickets of every stage, the newest first; a cursor holds the position of the first page."""
    seen = within(TICKETS, scope) if position is None and cursor is None else visible(TICKETS.c.stream, scope)
    position = checkpoint(connection, NAME) if position is None else position
    before: list[Any] = []
    if cursor is not None:
        position, *before = read(cursor, int, int, str)
    order = TICKETS.c.opened_at, TICKETS.c.stream
    query = _headers().where(holding_at(TICKETS, position), seen, *matching(TICKETS, asdict(filters)))
    if before:
        query = query.where(tuple_(*order) < tuple_(*(literal(value) for value in before)))
    rows = connection.execute(query.order_by(*(each.desc() for each in order)).limit(limit + 1)).all()
    tickets = [Header(*row) for row in rows[:limit]]
    last = tickets[-1] if len(rows) > limit else None
    return Page(tickets, position, written(position, last.opened_at, last.stream) if last else None)


def visible(stream: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    """The tickets that the scope covers as they stand now, of whatever time the rows with that column are."""
    now = TICKETS.alias()
    return exists().where(now.c.stream == stream, now.c.node == CURRENT, within(now, scope))


def _history(event: Any, known: Row | None) -> dict[str, Any]:
    """What the events say and the state of the ticket does not keep."""
    if isinstance(event, TicketOpened) or known is None:
        return {"opened_at": event.at, "channel": event.channel, "rule": event.rule, "resolved_at": None}
    kept = {name: known[name] for name in ("opened_at", "channel", "rule", "resolved_at")}
    if isinstance(event, Resolved | TicketRefused):
        return kept | {"resolved_at": event.at}
    return kept | {"resolved_at": None} if isinstance(event, Reopened) else kept


def _row(ticket: Ticket, version: int) -> dict[str, Any]:
    row = dict(zip((*PLAIN, *CHOSEN), STATE(ticket), strict=True))
    words = {name: row[name] and row[name].value for name in CHOSEN}
    return {**row, **words, "related": _related(ticket), "version": version}


def _related(ticket: Ticket) -> str:
    related = {"duplicates": sorted(ticket.duplicates), "links": sorted(ticket.links)}
    return json.dumps(related) if ticket.duplicates or ticket.links else UNRELATED


def _said(recorded: Recorded[Any]) -> dict[str, Any]:
    said = recorded.event
    return {
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.version,
        "what": recorded.envelope.name,
        "internal": isinstance(said, INTERNAL),
        "at": said.at,
        "rec": recorded.envelope.rec,
        "by": getattr(said, "by", None),
        "channel": getattr(said, "channel", None),
        "message": getattr(said, "message", None),
        "person": said.text and said.text.owner,
        "section": said.text and said.text.section,
    }


def _entry(row: Mapping[Any, Any]) -> Entry:
    text = Address(row["person"], row["stream"], row["version"], row["section"]) if row["section"] else None
    plain = ("position", "what", "internal", "at", "rec", "by", "channel", "message")
    return Entry(**{name: row[name] for name in plain}, text=text)


def _headers() -> Any:
    return select(*(TICKETS.c[field.name] for field in fields(Header)))
