"""Which tickets an event may change in a view that tells what lies ahead of them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select, true

from domain.configuration.calendar import CalendarExtended
from domain.event import Id
from domain.ticket import Stage, Ticket
from projections.outlook import Outlook, outlook
from projections.past import Moment
from projections.rows import Rows
from projections.span import CURRENT
from store.log import Recorded


def touched(rows: Rows, table: Table, recorded: Recorded[Any], moment: Moment) -> Iterator[tuple[Id, Ticket, Outlook]]:
    """Its own, or those whose time lay beyond an extended calendar."""
    if moment.after.stage is not Stage.NONE:
        yield recorded.stream, moment.after, moment.ahead
    elif isinstance(recorded.event, CalendarExtended):
        current = table.c.node == CURRENT if "node" in table.c else true()
        beyond = select(table.c.stream).where(table.c.beyond_calendar, current)
        for stream in rows.written().scalars(beyond).all():
            ticket = moment.ticket_at(stream, recorded.position)
            yield stream, ticket, outlook(ticket, moment.book)
