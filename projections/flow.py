"""The flow view: what an exporter counts, so that reading it costs what is open, never what has ever been.

Counts are of events, each where it stands in the log: a rebuild gives the same ones, and none ever falls. What was
imported happened elsewhere and long ago: it is not counted, only what comes of it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from domain.clock import Outcome
from domain.component import StatusSet, WorksBegun, WorksEnded, WorksPlanned
from domain.configuration.component import ComponentDefined, ComponentWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.event import Id, Source
from domain.incident import IncidentImpact, IncidentOpened, IncidentUpdated, impact_of
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closed, Reopened
from domain.ticket.promise import ClockDecided, VerdictExcluded
from projections import flow_clocks, flow_components
from projections.flow_tables import BEGUN, CHANNELS, INCIDENTS, METADATA, NAME, TICKETS, VERDICTS
from projections.past import Moment
from projections.rows import Row, Rows
from store.log import Recorded

USUAL_CHANNELS: Final = ("api", "chat", "mail", "messenger", "phone", "portal", "telegram", "web")
OTHER: Final = "other"
"""Any other channel: who names one makes no new series."""
OF_COMPONENTS: Final = (
    *(StatusSet, WorksPlanned, WorksBegun, WorksEnded),
    *(ComponentDefined, ComponentWithdrawn, UptimeRuleSet),
)


@dataclass(frozen=True)
class TicketFlow:
    """Events on tickets of a priority, at the event, that were opened by a channel."""

    priority: str
    channel: str
    opened: int
    closed: int
    reopened: int


@dataclass(frozen=True)
class VerdictFlow:
    """Verdicts of a class, as it was when they were given."""

    clock: str
    level: str
    kind: str
    priority: str
    decided: int
    """Met or breached, whether they were excluded later or not."""
    breached: int
    excluded: int


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """Follow the clocks and the components, and count."""
    flow_clocks.follow(rows, recorded, moment)
    if isinstance(recorded.event, OF_COMPONENTS):
        flow_components.follow(rows, recorded)
    if isinstance(recorded.event, TicketOpened):
        rows.put(CHANNELS, {"stream": recorded.stream, "channel": _usual(recorded.event.channel)})
    if recorded.envelope.source is not Source.IMPORT:
        _count(rows, recorded, moment)


def tickets(connection: Connection) -> Sequence[TicketFlow]:
    """What was ever done to tickets."""
    return [TicketFlow(*row) for row in connection.execute(select(TICKETS))]


def verdicts(connection: Connection) -> Sequence[VerdictFlow]:
    """Every verdict ever given."""
    return [VerdictFlow(*row) for row in connection.execute(select(VERDICTS))]


def incidents(connection: Connection) -> Mapping[str, int]:
    """How many were announced, by the impact that they had at first."""
    return {row.impact: row.opened for row in connection.execute(select(INCIDENTS))}


def _count(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    match recorded.event:
        case TicketOpened():
            _count_ticket(rows, recorded.stream, moment, "opened")
        case Closed():
            _count_ticket(rows, recorded.stream, moment, "closed")
        case Reopened():
            _count_ticket(rows, recorded.stream, moment, "reopened")
        case ClockDecided(outcome=Outcome.MET) as decided:
            _add(rows, VERDICTS, _class(decided), "decided")
        case ClockDecided(outcome=Outcome.BREACHED) as decided:
            _add(rows, VERDICTS, _class(decided), "decided", "breached")
        case VerdictExcluded() as excluded:
            _count_exclusion(rows, excluded, moment)
        case IncidentOpened(impact=impact):
            rows.put(BEGUN, {"stream": recorded.stream, "impact": impact and impact.value})
        case IncidentUpdated() as update:
            _count_incident(rows, recorded.stream, update)
        case _:
            pass


def _count_ticket(rows: Rows, stream: Id, moment: Moment, name: str) -> None:
    known = rows.get(CHANNELS, stream)
    key = {"priority": moment.after.priority.value, "channel": known["channel"] if known else OTHER}
    _add(rows, TICKETS, key, name)


def _count_exclusion(rows: Rows, event: VerdictExcluded, moment: Moment) -> None:
    for verdict in moment.before.clocks.verdicts:
        if (verdict.clock, verdict.instance) == (event.clock, event.instance):
            _add(rows, VERDICTS, _class(verdict), "excluded")


def _count_incident(rows: Rows, stream: Id, update: IncidentUpdated) -> None:
    """Its first update tells how bad it is, unless that was judged."""
    begun = rows.get(BEGUN, stream)
    if begun:
        said: IncidentImpact = impact_of([each.new for each in update.affected])
        _add(rows, INCIDENTS, {"impact": begun["impact"] or said.value}, "opened")
        rows.remove(BEGUN, stream)


def _class(of: Any) -> Row:
    """Of a verdict, or of the event that tells it."""
    return {"clock": of.clock.value, "level": of.level, "kind": of.kind.value, "priority": of.priority.value}


def _add(rows: Rows, table: Table, key: Row, *names: str) -> None:
    """One more of each."""
    columns = [column.name for column in table.columns if not column.primary_key]
    known = rows.get(table, *key.values()) or dict.fromkeys(columns, 0)
    rows.put(table, {**key, **{name: known[name] + (name in names) for name in columns}})


def _usual(channel: str) -> str:
    return channel if channel in USUAL_CHANNELS else OTHER


__all__ = ["METADATA", "NAME", "incidents", "project", "tickets", "verdicts"]
