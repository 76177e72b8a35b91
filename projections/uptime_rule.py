"""The rule of uptime as it was: figures of a month follow the one that is in force when the month ends."""

from sqlalchemy import Connection

from domain.component import ComponentStatus
from domain.configuration.uptime import UptimeRuleSet
from domain.event import shape_of
from domain.instant import Instant
from domain.uptime import Rule
from projections import trail


def rule_at(connection: Connection, until: Instant, position: int | None = None) -> Rule:
    """The rule in force just before an instant, as known at a position; the usual one if none was set."""
    name, before = shape_of(UptimeRuleSet).name, None if position is None else position + 1
    told = (each.values for each in trail.page(connection, before=before, name=name) if each.at < until)
    values = next(told, None)
    if values is None:
        return Rule()
    return Rule({ComponentStatus(each): weight for each, weight in values["weights"].items()}, values["notice"])
