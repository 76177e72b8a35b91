"""Links to clients' own views of the status page, as of now: which ones an organisation has, and which of them hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, String, Table, select

from domain.event import Id
from domain.instant import Instant
from domain.page_link import PageLinkIssued, PageLinkRevoked
from projections.past import Moment
from projections.rows import Rows
from store.log import Recorded

NAME: Final = "page_links_v1"
METADATA: Final = MetaData()
LINKS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("organisation", String, nullable=False),
    Column("label", String, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
Index(f"{NAME}_organisation", LINKS.c.organisation, LINKS.c.issued_at)


@dataclass(frozen=True)
class Issued:
    """A link that was issued; its text is made by `store.page_links.text_of`."""

    stream: Id
    organisation: Id
    label: str
    issued_at: Instant
    expires_at: Instant
    revoked_at: Instant | None


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """One row a link."""
    match recorded.event:
        case PageLinkIssued() as issued:
            said = {"organisation": issued.organisation, "label": issued.label, "issued_at": issued.at}
            rows.put(LINKS, {"stream": recorded.stream, **said, "expires_at": issued.expires_at, "revoked_at": None})
        case PageLinkRevoked(at=at):
            known = rows.get(LINKS, recorded.stream)
            rows.put(LINKS, {**(known or {}), "revoked_at": at})
        case _:
            pass


def of_organisation(connection: Connection, organisation: Id) -> Sequence[Issued]:
    """The newest first."""
    order = LINKS.c.issued_at.desc(), LINKS.c.stream
    rows = connection.execute(select(LINKS).where(LINKS.c.organisation == organisation).order_by(*order))
    return [Issued(*row) for row in rows]
