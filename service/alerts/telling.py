"""What the staff is told of alerts by webhook: that one fires, and that it is over."""

import logging
from typing import Any, Final

from domain.alert import AlertAction
from domain.configuration.alert_rules import AlertRule
from domain.instant import HOUR, Duration, Instant
from monitoring.alertmanager.times import text_of
from service.alerts.case import Case

FIRED: Final = "alert.fired"
SETTLED: Final = "alert.settled"
LATE: Final[Duration] = HOUR
"""So long after it ended nobody needs to be told any more that an alert is over."""

LOGGER: Final = logging.getLogger("glasno.alerts")


def answer_by_notice(case: Case, rule: AlertRule, at: Instant) -> None:
    """Answered when it arrived; until then it is tried again, for as long as the alert fires."""
    if not case.duty.herald.has_receiver():
        LOGGER.warning("alert %s is to be told to the staff, who has no webhook: glasno desk webhook URL", case.code)
        case.record(rule, AlertAction.IGNORE, at)
    elif _tell(case, FIRED, case.since, ended_at=None):
        case.record(rule, AlertAction.NOTIFY, at)


def is_told(case: Case, at: Instant) -> bool:
    """Whether nothing is left to be told of its end."""
    ended_at = at if case.alert.ended_at is None else case.alert.ended_at
    return ended_at + LATE < at or _tell(case, SETTLED, at, ended_at=text_of(ended_at))


def _tell(case: Case, kind: str, at: Instant, **facts: Any) -> bool:
    data = {
        "alert": case.code,
        "fingerprint": case.alert.fingerprint,
        "labels": dict(case.alert.labels),
        "annotations": dict(case.words),
        "started_at": text_of(case.since),
        **facts,
    }
    message = case.duty.desk.name("alert notice", case.stream, kind, str(case.since))
    return case.duty.herald.tell(kind, message, data, timestamp=text_of(at))
