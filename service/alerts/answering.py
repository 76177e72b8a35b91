"""Each alert that fires is answered once, by the first rule that is for it."""

from collections.abc import Sequence
from functools import partial
from typing import Final, assert_never

from domain.alert import AlertAction
from domain.configuration.alert_rules import AlertRule
from domain.event import Id
from domain.instant import Instant
from projections import alerts
from service.alerts.case import Case, Duty, case_of, unless_changed
from service.alerts.incidents import answer_by_incident
from service.alerts.telling import answer_by_notice
from service.alerts.tickets import answer_by_note, answer_by_ticket
from service.jobs import Job

NO_RULE: Final = AlertRule("", {}, AlertAction.IGNORE)


def answering(duty: Duty) -> Job[Id]:
    """The alerts that fire and that nothing was done about; one that is said to have ended waits for what is true."""

    def due(_: Instant, limit: int) -> Sequence[Id]:
        with duty.views.connect() as connection:
            return [each.stream for each in alerts.unanswered(connection, limit)]

    return Job("alerts", due, partial(_answer, duty))


def _answer(duty: Duty, stream: Id, at: Instant) -> None:
    """The log knows better than the view whether it still is to be answered."""
    case = case_of(duty, stream)
    if case.alert.action is None and case.alert.ended_at is None:
        with unless_changed():
            _by_rule(case, duty.rules.rule_for(case.alert.labels) or NO_RULE, at)


def _by_rule(case: Case, rule: AlertRule, at: Instant) -> None:
    match rule.action:
        case AlertAction.INCIDENT | AlertAction.DRAFT:
            answer_by_incident(case, rule, at)
        case AlertAction.TICKET:
            answer_by_ticket(case, rule, at)
        case AlertAction.NOTE:
            answer_by_note(case, rule, at)
        case AlertAction.NOTIFY:
            answer_by_notice(case, rule, at)
        case AlertAction.IGNORE:
            case.record(rule, AlertAction.IGNORE, at)
        case _:
            assert_never(rule.action)
