"""Alerts open incidents on the public page, join those that are open, and tell that they are over."""

import logging
from collections.abc import Iterator
from typing import Final

from domain.alert import Alert, AlertAction
from domain.component import Through
from domain.configuration.alert_rules import AlertRule
from domain.configuration.component import AlertIncidents, ComponentDefined
from domain.event import Id
from domain.incident import IncidentStatus, Update, open_incident
from domain.incident_of_alerts import recover, worsen
from domain.instant import HOUR, Duration, Instant
from monitoring.alertmanager.wording import RECOVERED, WORSE, words_of
from monitoring.metrics import ALERTS_UNANSWERABLE
from projections import alerts
from service.alerts.case import Case, Duty
from store.streams import Intent

RECENT: Final[Duration] = HOUR
"""An incident began when its alert did, if that is no longer ago; else it is told from now on: no page of long ago
changes without a person."""

LOGGER: Final = logging.getLogger("glasno.alerts")


def answer_by_incident(case: Case, rule: AlertRule, at: Instant) -> None:
    """Open one or join one; where a person is to decide, it is a draft."""
    component = rule.component or case.alert.labels.get("component", "")
    defined = case.duty.configured.of(ComponentDefined).get(component)
    if defined is None:
        ALERTS_UNANSWERABLE.inc()
        LOGGER.warning("alert %s is for an incident, but names no component of the page: %r", case.code, component)
        case.record(rule, AlertAction.IGNORE, at)
    elif AlertAction.DRAFT is rule.action or defined.alerts is AlertIncidents.DRAFT or _works(case.duty, component, at):
        case.record(rule, AlertAction.DRAFT, at, component=component)
    elif incident := next(_open_ones(case.duty, component), None):
        _join(case, rule, component, incident, at)
    else:
        _open(case, rule, component, at)


def recovery(case: Case, at: Instant) -> tuple[Intent, ...] | None:
    """What is told of its incident, if it has one, when the alert is over: nothing while another alert of it is not.

    None: one of them fires again and nothing was done about it yet; that comes first.
    """
    incident, desk = case.alert.incident, case.duty.desk
    if incident is None:
        return ()
    waits = False
    for other in _others(case.duty, case.stream, incident):
        if not other.is_settled and other.incident == incident:
            return ()
        waits |= not other.is_settled and other.action is None
    told = Update(case.name("recovery"), IncidentStatus.RESOLVED, RECOVERED)
    return None if waits else (desk.incidents.intend(incident, recover, stream=incident, update=told, at=at),)


def _others(duty: Duty, stream: Id, incident: Id) -> Iterator[Alert]:
    """The other alerts of an incident, by the log; first those that are not over as far as the view knows."""
    with duty.views.connect() as connection:
        found = alerts.of_incident(connection, incident)
    yield from (duty.desk.alerts.load(each)[0] for each in found if each != stream)


def _works(duty: Duty, component: str, at: Instant) -> bool:
    """Whether works are under way that were announced in time: alerts are to be expected then."""
    return duty.desk.components.load(duty.desk.name("component", component))[0].is_excused(at)


def _open_ones(duty: Duty, component: str) -> Iterator[Id]:
    """The incidents that alerts opened on it, or were published from; what was stored just now is not in the view."""
    desk = duty.desk
    for incident in desk.components.load(desk.name("component", component))[0].claims:
        state, _ = desk.incidents.load(incident)
        if Through.ALERT in state.told_by and not state.is_over:
            yield incident
    with duty.views.connect() as connection:
        known = alerts.open_incidents(connection, component)
    yield from (each for each in known if not desk.incidents.load(each)[0].is_over)


def _join(case: Case, rule: AlertRule, component: str, incident: Id, at: Instant) -> None:
    """What it says that is worse is told."""
    desk = case.duty.desk
    status = desk.incidents.load(incident)[0].status or IncidentStatus.INVESTIGATING
    title = words_of(case.duty.configured, rule.key, component).title
    text = {language: f"{title[language]}. {worse}" for language, worse in WORSE.items()}
    told = Update(case.name("update"), status, text, {component: rule.says})
    known = frozenset({component})
    worse = desk.incidents.intend(incident, worsen, stream=incident, update=told, known=known, at=at)
    case.record(rule, AlertAction.INCIDENT, at, worse, component=component, incident=incident)


def _open(case: Case, rule: AlertRule, component: str, at: Instant) -> None:
    configured, stream = case.duty.configured, case.name("incident")
    said = words_of(configured, rule.key, component)
    opening = case.duty.desk.incidents.intend(
        stream, open_incident,
        stream=stream, title=said.title, first=Update(case.name("update"), said.status, said.text, said.components),
        known=frozenset(configured.of(ComponentDefined)), through=Through.ALERT,
        at=case.since if at - RECENT <= case.since <= at else at,
    )  # fmt: skip
    case.record(rule, AlertAction.INCIDENT, at, opening, component=component, incident=stream)
