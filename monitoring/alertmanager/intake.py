"""Alerts into the log: each into a stream of its own, many in one commit. Told again they change nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from domain.alert import Alert, AlertEnded, Event, end, evolve, fire
from domain.event import Id, Source
from domain.instant import Instant
from monitoring.alertmanager.payload import FiredAlert
from store.desk import Desk
from store.log import Conflict, Recorded
from store.streams import ATTEMPTS, LATE

TOGETHER: Final = 250
"""Alerts in one commit: a thousand at once keep nobody else waiting for long."""
GENERATOR: Final = "generatorURL"
"""The part of an alert's text that is no annotation: the link to what it was computed from."""


@dataclass(frozen=True)
class Taken:
    """What came of alerts that were told."""

    new: int
    """Those that began to fire, or fire after all."""
    ended: int
    """Those that are said to be over."""


def take_in(desk: Desk, alerts: Iterable[FiredAlert], *, by: Id | None) -> Taken:
    """Store what is news, handed over with the token of `by`; None: it was found when Alertmanager was asked.

    Raises `Conflict` if others were faster every time.
    """
    told = [*_by_stream(desk, alerts).items()]
    portions = [dict(told[start : start + TOGETHER]) for start in range(0, len(told), TOGETHER)]
    news = [each for portion in portions for each in _stored(desk, portion, by, ATTEMPTS)]
    over = sum(isinstance(each.event, AlertEnded) for each in news)
    return Taken(new=len(news) - over, ended=over)


def _by_stream(desk: Desk, alerts: Iterable[FiredAlert]) -> Mapping[Id, Sequence[FiredAlert]]:
    """One stream for a fingerprint and when it began to fire: fired again later it is another alert."""
    streams = defaultdict(list)
    for alert in alerts:
        streams[desk.name("alert", alert.fingerprint, str(alert.started_at))].append(alert)
    return streams


def _stored(
    desk: Desk, told: Mapping[Id, Sequence[FiredAlert]], by: Id | None, attempts: int
) -> Sequence[Recorded[Event]]:
    at = desk.now()
    decided = [
        desk.alerts.intend(stream, partial(_news, stream=stream, told=alerts, by=by, at=at)).attempt(None).change
        for stream, alerts in told.items()
    ]
    changes = [each for each in decided if each.events]
    if not changes:
        return []
    try:
        return desk.log.append(changes, desk.new_id(), Source.LIVE)
    except Conflict:
        if attempts == 1:
            raise
    with desk.log.turns.on(LATE):
        return _stored(desk, told, by, attempts - 1)


def _news(alert: Alert, *, stream: Id, told: Sequence[FiredAlert], by: Id | None, at: Instant) -> list[Event]:
    """What is new in all that is told of one alert, in its order."""
    events: list[Event] = []
    for each in told:
        news = _told(alert, stream, each, by, at)
        for event in news:
            alert = evolve(alert, event)
        events += news
    return events


def _told(alert: Alert, stream: Id, told: FiredAlert, by: Id | None, at: Instant) -> list[Event]:
    """What is told now did not happen later: an end that lies ahead could be confirmed by no beat."""
    if told.ended_at is not None:
        return end(alert, ended_at=min(told.ended_at, at))
    text = {**told.annotations, **({GENERATOR: told.generator} if told.generator else {})}
    return fire(
        alert, stream=stream, fingerprint=told.fingerprint, labels=told.labels, annotations=text,
        started_at=min(told.started_at, at), at=at, by=by,
    )  # fmt: skip
