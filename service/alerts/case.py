"""An alert as the log has it, and what the jobs about alerts share."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine

from domain.alert import Alert, AlertAction, AlertAnswered, AlertFired, AlertFiredAgain, AlertSettled, answer
from domain.code import code_of
from domain.configuration.alert_rules import NONE, AlertRule, AlertRulesSet
from domain.configuration.state import Configuration
from domain.event import Address, Id
from domain.instant import Instant
from domain.refusal import Refused
from service.alerts.herald import Herald
from store.desk import Desk
from store.log import Recorded
from store.streams import Command, Intent

CHANGED: Final = "changed_meanwhile"


@dataclass
class Duty:
    """Whoever answers alerts."""

    desk: Desk
    views: Engine
    herald: Herald
    answered: int
    """The position of what was answered last: until the view has it, nobody can tell which alert is the last one."""

    @property
    def configured(self) -> Configuration:
        return self.desk.configured.state()

    @property
    def rules(self) -> AlertRulesSet:
        """Those in force."""
        return self.configured.of(AlertRulesSet).get("", NONE)


@dataclass(frozen=True)
class Case:
    """An alert, and at which version of it something is done."""

    duty: Duty
    stream: Id
    alert: Alert
    version: int
    since: Instant
    """When it began to fire; of one that was over, when it began again."""
    words: Mapping[str, str]
    """Its annotations; none if they cannot be read."""

    @property
    def code(self) -> str:
        """The short id that people are shown."""
        return code_of("alert", self.stream)

    @property
    def summary(self) -> str:
        """What it says of itself, in one line."""
        said = self.words.get("summary") or self.alert.labels.get("alertname") or self.alert.fingerprint
        return " ".join(said.split())

    def name(self, purpose: str, *parts: str) -> Id:
        """An id for something that is done at this version: the same when it is tried again."""
        return self.duty.desk.name(f"alert {purpose}", self.stream, str(self.version), *parts)

    def command(self, *along: Intent) -> Command:
        """Refused if somebody was faster."""
        return Command(self.name("command"), expected=self.version, along=along)

    def record(self, rule: AlertRule, action: AlertAction, at: Instant, *along: Intent, **done: Any) -> None:
        """What was done, in one commit with it."""
        act = self.duty.desk.alerts.act
        acted = act(self.command(*along), self.stream, answer, rule=rule.key, action=action, at=at, **done)
        self.duty.answered = max(self.duty.answered, acted.position)

    def recording(self, rule: AlertRule, action: AlertAction, at: Instant, **done: Any) -> Intent:
        """What was done, to be stored in the commit that does it."""

        def once(alert: Alert) -> Sequence[AlertAnswered]:
            if alert.action is not None:
                raise Refused(CHANGED)
            return [AlertAnswered(at=at, rule=rule.key, action=action, **done)]

        return self.duty.desk.alerts.intend(self.stream, once)


def case_of(duty: Duty, stream: Id) -> Case:
    """The alert as it is now."""
    past = duty.desk.log.read(stream)
    alert = duty.desk.alerts.fold(past)
    return Case(duty, stream, alert, len(past), _since([each.event for each in past]), _words(duty.desk, past))


@contextmanager
def unless_changed() -> Iterator[None]:
    """Who was too late looks again a moment later."""
    try:
        yield
    except Refused as refusal:
        if refusal.code != CHANGED:
            raise


def _since(events: Sequence[Any]) -> Instant:
    """After it was over the last time, or from its beginning on."""
    last = max((place for place, each in enumerate(events) if isinstance(each, AlertSettled)), default=-1)
    firing = [each for each in events if isinstance(each, AlertFired)]
    again = [each for each in events[last + 1 :] if last >= 0 and isinstance(each, AlertFiredAgain)]
    return int((again or firing)[0].at)


def _words(desk: Desk, past: Sequence[Recorded[Any]]) -> Mapping[str, str]:
    text = past[0].event.text
    found = desk.log.text(text) if isinstance(text, Address) else {}
    return found if isinstance(found, Mapping) else {}
