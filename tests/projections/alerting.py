"""Alerts as the monitoring sends them and as the desk answers; each answers with the position of the last event."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import uuid4

from domain import alert
from domain.alert import AlertAction
from domain.event import Id
from domain.instant import Duration
from store.streams import Command
from tests.cast import ANN
from tests.projections.story import Story

LABELS: Final = {"alertname": "WebDown", "component": "web", "severity": "critical"}
FINGERPRINT: Final = "00112233445566ff"


def fire(story: Story, stream: Id, ago: Duration = 0, labels: dict[str, str] = LABELS) -> int:
    """It fires, or fires after all."""
    now = story.clock.now
    fires = partial(alert.fire, stream=stream, fingerprint=FINGERPRINT, labels=labels, by=ANN, at=now)
    return _act(story, stream, partial(fires, annotations={"summary": "The web is down"}, started_at=now - ago))


def end(story: Story, stream: Id) -> int:
    return _act(story, stream, partial(alert.end, ended_at=story.clock.now))


def settle(story: Story, stream: Id) -> int:
    return _act(story, stream, partial(alert.settle, beat=story.clock.now, margin=0, at=story.clock.now))


def answer(story: Story, stream: Id, action: AlertAction, **done: Any) -> int:
    decide = partial(alert.answer, rule="down", action=action, component="web", at=story.clock.now)
    return _act(story, stream, partial(decide, **done))


def publish(story: Story, stream: Id, incident: Id) -> int:
    return _act(story, stream, partial(alert.publish, incident=incident, by=ANN, at=story.clock.now))


def dismiss(story: Story, stream: Id) -> int:
    return _act(story, stream, partial(alert.dismiss, by=ANN, at=story.clock.now, why="A rehearsal"))


def _act(story: Story, stream: Id, decide: Callable[..., Any]) -> int:
    return story.desk.alerts.act(Command(uuid4().hex), stream, decide).position
