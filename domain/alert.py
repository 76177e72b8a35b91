"""An alert of the monitoring: that it fired, what the desk did about it, and that it is really over.

One alert is one fingerprint with one beginning: fired again later it is another one. That it ended is believed only
when something confirms that whoever says so lives (`settle`): a dead Prometheus looks exactly like a recovery.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias, assert_never

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Duration, Instant
from domain.refusal import Refused


class AlertAction(StrEnum):
    """What the desk does about an alert."""

    INCIDENT = "incident"
    """It opened an incident on the public page, or joined one that alerts had opened."""
    DRAFT = "draft"
    """It proposes an incident; a person publishes or dismisses it."""
    TICKET = "ticket"
    NOTE = "note"
    """It notes on the tickets that it is about."""
    NOTIFY = "notify"
    """It tells the staff by webhook."""
    IGNORE = "ignore"


@event(
    "alert.fired",
    visibility=Visibility.OPAQUE,
    en="Alert {fingerprint} fired",
    ru="Сработало предупреждение {fingerprint}",
)
class AlertFired:
    """It fires since `at`."""

    at: Public[Instant]
    fingerprint: str
    labels: Mapping[str, str]
    text: Sealed
    """Its annotations."""
    by: Id | None = None
    """The person whose token handed it over; None: it was found when Alertmanager was asked."""


@event(
    "alert.ended",
    visibility=Visibility.OPAQUE,
    en="The alert is said to have ended",
    ru="Предупреждение, по сообщению, прекратилось",
)
class AlertEnded:
    """Somebody says that it ended at `at`: nothing is done about it until that is confirmed."""

    at: Public[Instant]


@event(
    "alert.fired_again",
    visibility=Visibility.OPAQUE,
    en="The alert fires after all",
    ru="Предупреждение всё-таки действует",
)
class AlertFiredAgain:
    """What was said of its end does not hold."""

    at: Public[Instant]


@event(
    "alert.settled",
    visibility=Visibility.OPAQUE,
    en="The alert is over: the monitoring was alive at {beat}",
    ru="Предупреждение снято: мониторинг работал в {beat}",
)
class AlertSettled:
    """Its end is confirmed: the monitoring went on to live after it."""

    at: Public[Instant]
    beat: Instant


@event(
    "alert.answered",
    visibility=Visibility.OPAQUE,
    en="The desk answered the alert by rule {rule}: {action}",
    ru="Реакция на предупреждение по правилу {rule}: {action}",
)
class AlertAnswered:
    """What the desk did about it, once for each time that it fired."""

    at: Public[Instant]
    rule: str
    """Its key; none: no rule is for this alert."""
    action: AlertAction
    component: str = ""
    incident: Id | None = None
    tickets: tuple[Id, ...] = ()


@event(
    "alert.published",
    visibility=Visibility.OPAQUE,
    en="The incident that the alert proposes was announced",
    ru="Предложенный инцидент объявлен",
)
class AlertPublished:
    """A person made an incident of the draft."""

    at: Public[Instant]
    incident: Id
    by: Id


@event(
    "alert.dismissed",
    visibility=Visibility.OPAQUE,
    en="The incident that the alert proposes was not announced",
    ru="Предложенный инцидент отклонён",
)
class AlertDismissed:
    """A person decided that the draft is none."""

    at: Public[Instant]
    by: Id
    why: Sealed | None = None


Event: TypeAlias = (
    AlertFired | AlertEnded | AlertFiredAgain | AlertSettled | AlertAnswered | AlertPublished | AlertDismissed
)


@dataclass(frozen=True)
class Alert:
    """What decisions read of an alert; without a beginning it never fired."""

    started_at: Instant | None = None
    fingerprint: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    by: Id | None = None
    ended_at: Instant | None = None
    is_settled: bool = False
    action: AlertAction | None = None
    component: str = ""
    incident: Id | None = None
    tickets: tuple[Id, ...] = ()
    is_dismissed: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether a person has to decide: of what is over nobody needs to be told."""
        is_open = self.incident is None and not self.is_dismissed and not self.is_settled
        return self.action is AlertAction.DRAFT and is_open


def evolve(alert: Alert, event: Event) -> Alert:
    """The alert after an event."""
    match event:
        case AlertFired() | AlertFiredAgain():
            return _fires(alert, event)
        case AlertEnded():
            return replace(alert, ended_at=event.at)
        case AlertSettled():
            return replace(alert, is_settled=True)
        case AlertAnswered():
            answered = replace(alert, action=event.action, component=event.component)
            return replace(answered, incident=event.incident, tickets=event.tickets)
        case AlertPublished() | AlertDismissed():
            return _decided(alert, event)
        case _:
            assert_never(event)


def _fires(alert: Alert, event: AlertFired | AlertFiredAgain) -> Alert:
    """What was done about it still stands, unless it was undone because the alert counted as over."""
    if isinstance(event, AlertFired):
        return Alert(event.at, event.fingerprint, event.labels, event.by)
    if alert.is_settled:
        return Alert(alert.started_at, alert.fingerprint, alert.labels, alert.by)
    return replace(alert, ended_at=None)


def _decided(alert: Alert, event: AlertPublished | AlertDismissed) -> Alert:
    if isinstance(event, AlertPublished):
        return replace(alert, incident=event.incident)
    return replace(alert, is_dismissed=True)


def fire(
    alert: Alert,
    *,
    stream: Id,
    fingerprint: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    started_at: Instant,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """It fires: told again that is no news, unless it was said to have ended. Its texts are under its own key."""
    if alert.started_at is None:
        text = Content(stream, dict(annotations))
        return [AlertFired(at=started_at, fingerprint=fingerprint, labels=labels, text=text, by=by)]
    return [] if alert.ended_at is None else [AlertFiredAgain(at=at)]


def end(alert: Alert, *, ended_at: Instant) -> list[Event]:
    """It is said to have ended; of what never fired here, or ended before, that is no news."""
    if alert.started_at is None or alert.ended_at is not None:
        return []
    return [AlertEnded(at=max(ended_at, alert.started_at))]


def settle(alert: Alert, *, beat: Instant, margin: Duration, at: Instant) -> list[Event]:
    """Its end is confirmed by a beat of the monitoring's heart that came at least `margin` after it.

    The margin is there because Prometheus sends its rules' alerts at different times: when it dies the heartbeat, too,
    goes on for up to four times as long as it takes to send again, and ends that much later than others.
    """
    if alert.ended_at is None or alert.is_settled or beat < alert.ended_at + margin:
        return []
    return [AlertSettled(at=at, beat=beat)]


def answer(
    alert: Alert,
    *,
    rule: str,
    action: AlertAction,
    at: Instant,
    component: str = "",
    incident: Id | None = None,
    tickets: tuple[Id, ...] = (),
) -> list[Event]:
    """Note what the desk does about it, once."""
    if alert.started_at is None or alert.action is not None:
        return []
    return [AlertAnswered(at=at, rule=rule, action=action, component=component, incident=incident, tickets=tickets)]


def publish(alert: Alert, *, incident: Id, by: Id, at: Instant) -> list[Event]:
    """A person announces the incident. Refused: `alert_unknown`; `alert_no_draft`."""
    if alert.incident == incident:
        return []
    _demand_draft(alert)
    return [AlertPublished(at=at, incident=incident, by=by)]


def dismiss(alert: Alert, *, by: Id, at: Instant, why: str = "") -> list[Event]:
    """A person announces nothing. Refused: `alert_unknown`; `alert_no_draft`."""
    if alert.is_dismissed:
        return []
    _demand_draft(alert)
    return [AlertDismissed(at=at, by=by, why=Content(by, {"why": why}) if why else None)]


def _demand_draft(alert: Alert) -> None:
    if alert.started_at is None:
        raise Refused("alert_unknown")
    if not alert.is_draft:
        raise Refused("alert_no_draft")
