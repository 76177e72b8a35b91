"""What fires in Alertmanager fires here, and what does not any more has ended: whatever message was lost.

No answer is no answer: nothing is resolved because Alertmanager is away.
"""

from dataclasses import dataclass

from domain.alert import end
from domain.configuration.alert_rules import AlertRulesSet
from domain.event import Id
from domain.instant import Instant
from monitoring.alertmanager.api import Alertmanager, Standing
from monitoring.alertmanager.intake import take_in
from projections import alerts
from service.alerts.asking import Question
from service.alerts.case import Duty
from service.jobs import Job
from store.streams import Command


def reconciling(duty: Duty) -> Job[str]:
    """Once a minute."""
    return Question(duty, "alertmanager", _Comparison(duty).compare).job()


@dataclass
class _Comparison:
    """Of what stands there with what stands here."""

    duty: Duty
    missing: frozenset[Id] = frozenset()
    """What fires here and did not there when it was asked last: it may just not have been told again yet."""

    def compare(self, alertmanager: Alertmanager, rules: AlertRulesSet, at: Instant) -> None:
        """Here is looked first: what changes while the question is under way was told by who knows better."""
        with self.duty.views.connect() as connection:
            here = frozenset(each.stream for each in alerts.standing(connection) if each.ended_at is None)
        found = {self._stream(each): each for each in alertmanager.standing()}
        lost = [each.alert for stream, each in found.items() if stream not in here and _is_ours(each, rules)]
        take_in(self.duty.desk, lost, by=None)
        missing = here - found.keys()
        for stream in missing & self.missing:
            self.duty.desk.alerts.act(Command(self.duty.desk.new_id()), stream, end, ended_at=at)
        self.missing = missing - self.missing

    def _stream(self, standing: Standing) -> Id:
        return self.duty.desk.name("alert", standing.alert.fingerprint, str(standing.alert.started_at))


def _is_ours(standing: Standing, rules: AlertRulesSet) -> bool:
    """Meant for us, and told to somebody: what is silenced or inhibited there does not begin here."""
    is_told = not rules.receivers or not standing.receivers.isdisjoint(rules.receivers)
    return is_told and not standing.suppressed
