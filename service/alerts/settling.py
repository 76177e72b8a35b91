"""What is said to have ended is over once the heart of the monitoring has beaten after it.

Until then it is parked, and nothing is told of it: a dead Prometheus looks like a recovery.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection

from domain.alert import Alert, AlertAction, Event, answer, settle
from domain.event import Id
from domain.instant import SECOND, Duration, Instant
from monitoring import heartbeats
from monitoring.metrics import ALERTS_PARKED_AGE
from projections import alerts
from projections.batch import checkpoint
from service.alerts.case import Case, Duty, case_of, unless_changed
from service.alerts.incidents import recovery
from service.alerts.telling import is_told
from service.alerts.tickets import over
from service.jobs import Job
from store.streams import Intent

LEFT: Final = ""
"""No rule: it was over before anything was done about it."""


class Proof(NamedTuple):
    """What confirms an end."""

    beat: Instant | None
    """The newest of the heart; None: it has never beaten."""
    margin: Duration
    since: Instant = 0
    """From when on the heart has beaten without a pause: a monitoring that comes back has to look at all anew first."""

    def confirms(self, ended_at: Instant | None) -> bool:
        """Whether the monitoring lived on for long enough."""
        return ended_at is not None and self.beat is not None and self.beat >= max(ended_at, self.since) + self.margin


def settling(duty: Duty) -> Job[Id]:
    """The alerts whose end is confirmed; none before the view knows what was answered last."""

    def due(at: Instant, limit: int) -> Sequence[Id]:
        with duty.views.connect() as connection:
            parked = alerts.ended(connection, limit)
            proof = _proof(duty, connection, at)
            follows = checkpoint(connection, alerts.NAME) >= duty.answered
        ages = [at - each.ended_at for each in parked[:1] if each.ended_at is not None]
        ALERTS_PARKED_AGE.set(max([0, *ages]) / SECOND)
        return [each.stream for each in parked if follows and proof.confirms(each.ended_at)]

    return Job("settling", due, partial(_settle, duty))


def _proof(duty: Duty, connection: Connection, at: Instant) -> Proof:
    """Where no heartbeat is said to prove anything, what is said is believed."""
    rules = duty.rules
    if not rules.heartbeat:
        return Proof(at, 0)
    heart = rules.heartbeat
    return Proof(heartbeats.newest(connection, heart), rules.margin, heartbeats.since(connection, heart))


def _settle(duty: Duty, stream: Id, at: Instant) -> None:
    case = case_of(duty, stream)
    with duty.views.connect() as connection:
        proof = _proof(duty, connection, at)
    if case.alert.is_settled or proof.beat is None or not proof.confirms(case.alert.ended_at):
        return
    along = _told(case, at)
    if along is not None:
        with unless_changed():
            act = duty.desk.alerts.act
            act(case.command(*along), stream, _settled, beat=proof.beat, margin=proof.margin, at=at)


def _told(case: Case, at: Instant) -> tuple[Intent, ...] | None:
    """What is told of its end in the same commit; None: something else comes first."""
    match case.alert.action:
        case AlertAction.INCIDENT | AlertAction.DRAFT:
            return recovery(case, at)
        case AlertAction.TICKET:
            return over(case, at)
        case AlertAction.NOTIFY:
            return () if is_told(case, at) else None
        case _:
            return ()


def _settled(alert: Alert, *, beat: Instant, margin: Duration, at: Instant) -> list[Event]:
    """What was over before anything was done about it needs nothing any more."""
    left = answer(alert, rule=LEFT, action=AlertAction.IGNORE, at=at)
    return [*left, *settle(alert, beat=beat, margin=margin, at=at)]
