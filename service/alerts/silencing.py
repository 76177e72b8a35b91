"""Planned works are silences in Alertmanager: nobody is called because of what was announced."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from domain.configuration.alert_rules import AlertRulesSet
from domain.instant import DAY, Duration, Instant
from monitoring.alertmanager.api import Alertmanager
from monitoring.alertmanager.silencing import Expire, Wish, steps
from projections import incidents
from service.alerts.asking import Question
from service.alerts.case import Duty
from service.jobs import Job

HORIZON: Final[Duration] = 30 * DAY
"""Works that begin later are told when they are nearer."""


def silencing(duty: Duty) -> Job[str]:
    """Once a minute."""
    return Question(duty, "silences", partial(_silence, duty)).job()


def _silence(duty: Duty, alertmanager: Alertmanager, _: AlertRulesSet, at: Instant) -> None:
    for step in steps(list(_wishes(duty, at)), alertmanager.silences(), now=at):
        if isinstance(step, Expire):
            alertmanager.expire(step.id)
        else:
            alertmanager.silence(
                component=step.component, starts_at=step.starts_at, ends_at=step.ends_at, comment=step.comment,
                known=step.known,
            )  # fmt: skip


def _wishes(duty: Duty, at: Instant) -> Iterator[Wish]:
    """What is under way or soon to be."""
    with duty.views.connect() as connection:
        found = [*incidents.under_way(connection), *incidents.ahead(connection)]
    for each in found:
        start, end = each.scheduled_for, each.scheduled_until
        if start is not None and end is not None and start <= at + HORIZON:
            yield from (Wish(each.code, component, start, end) for component in each.components)
