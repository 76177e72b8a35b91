"""What may come in, and what is done with it: one function a channel."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final, TypeAlias

from sqlalchemy import Engine

from domain.configuration.probe import ProbeDefined
from domain.probe import SILENT_AFTER
from monitoring.alertmanager.intake import take_in
from monitoring.alertmanager.payload import Malformed, read_webhook
from monitoring.metrics import ALERTS_RECEIVED, ALERTS_REJECTED
from monitoring.probes import Look, reports
from monitoring.probes.reports import Report
from service.clock_guard import TOLERANCE
from service.inbox.arrived import Arrived, TakenBefore, Unusable
from service.prober.messages import told_of
from store.desk import Desk

Channel: TypeAlias = Callable[[Arrived], None]
"""Returns when what the message brings is stored. `Unusable`, `Refused`: it never can be; any other error: not now."""

RECEIVED: Final = ALERTS_RECEIVED.labels("inbox")
REJECTED: Final = ALERTS_REJECTED.labels("inbox")


def channels(desk: Desk, views: Engine) -> Mapping[str, Channel]:
    """By name."""
    reports.prepare(views)
    return {"alertmanager": partial(take_alerts, desk), "probes": partial(take_report, desk, views)}


def take_alerts(desk: Desk, arrived: Arrived) -> None:
    """What Alertmanager would post to the webhook, from where it cannot. Once, whatever was told since."""
    try:
        read = read_webhook(arrived.body)
    except Malformed:
        REJECTED.inc()
        raise Unusable("no payload of Alertmanager: an object with a list of alerts is") from None
    receipt = arrived.receipt(desk)
    with suppress(TakenBefore):
        receipt.attempt(None)  # many alerts take several commits: it is in the last one
        take_in(desk, read.alerts, by=None, command=arrived.command(desk), receipt=receipt)
        RECEIVED.inc(len(read.alerts))
        REJECTED.inc(len(read.rejected))


def take_report(desk: Desk, views: Engine, arrived: Arrived) -> None:
    """What a prober saw: kept until it counts. NATS says who it is; what it is not asked for (any more) counts nothing.

    Older than three intervals a result tells nothing: it would rewrite what was told meanwhile.
    """
    told = told_of(arrived.body)
    apart = arrived.stored_at - told.sent_at
    if abs(apart) > TOLERANCE:
        raise Unusable(f"the clocks of prober {arrived.sender} and of NATS are {abs(apart)} ms apart")
    ahead = arrived.stored_at - desk.now()
    if ahead > TOLERANCE:
        raise Unusable(f"the clock of NATS is {ahead} ms ahead of the desk's")
    if told.at > told.sent_at:
        raise Unusable("it was sent before it was seen")
    probe = desk.configured.state().of(ProbeDefined).get(told.probe)
    if probe and arrived.sender in probe.probers and told.sent_at - told.at <= SILENT_AFTER * probe.every:
        look = Look(told.status, told.why, told.detail, told.took, told.expires_at)
        reports.report(views, Report(told.probe, arrived.sender, told.at, look))
