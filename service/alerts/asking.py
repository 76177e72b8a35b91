"""Alertmanager is asked once a minute; that it does not answer is told once, and changes nothing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.configuration.alert_rules import AlertRulesSet
from domain.instant import MINUTE, Instant
from monitoring.alertmanager.api import Alertmanager, Unavailable
from monitoring.metrics import WORK_FAILURES
from service.alerts.case import Duty
from service.jobs import Job

LOGGER: Final = logging.getLogger("glasno.alerts")


@dataclass
class Question:
    """Something to ask, or to tell, again and again."""

    duty: Duty
    name: str
    ask: Callable[[Alertmanager, AlertRulesSet, Instant], None]
    asked_at: Instant | None = None
    is_away: bool = False

    def job(self) -> Job[str]:
        """Due each minute, if it is known whom to ask."""
        return Job(self.name, self._due, self._ask)

    def _due(self, at: Instant, _: int) -> Sequence[str]:
        is_early = self.asked_at is not None and abs(at - self.asked_at) < MINUTE
        address = self.duty.rules.alertmanager
        return [] if is_early or not address else [address]

    def _ask(self, address: str, at: Instant) -> None:
        self.asked_at = at
        try:
            with Alertmanager(address) as alertmanager:
                self.ask(alertmanager, self.duty.rules, at)
            self.is_away = False
        except Unavailable as fault:
            WORK_FAILURES.labels(self.name).inc()
            if not self.is_away:
                LOGGER.warning("%s: Alertmanager at %s: %s; it is tried each minute", self.name, address, fault)
            self.is_away = True
