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
from store.streams import ATTEMPTS, LATE, Intent

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


def take_in(
    desk: Desk, alerts: Iterable[FiredAlert], *, by: Id | None, command: Id | None = None, receipt: Intent | None = None
) -> Taken:
    """Store what is news, handed over with the token of `by`; None: it was found when Alertmanager was asked.

    The receipt, if there is one, is stored with the last of it. Raises `Conflict` if others were faster every time.
    """
    told = [*_by_stream(desk, alerts).items()]
    portions = [dict(told[start : start + TOGETHER]) for start in range(0, len(told), TOGETHER)] or [{}]
    along = [*([None] * (len(portions) - 1)), receipt]
    act = partial(_stored, desk, by=by, command=command or desk.new_id())
    news = [each for portion, also in zip(portions, along, strict=True) for each in act(portion, also)]
    over = sum(isinstance(each.event, AlertEnded) for each in news)
    return Taken(new=len(news) - over, ended=over)


def _by_stream(desk: Desk, alerts: Iterable[FiredAlert]) -> Mapping[Id, Sequence[FiredAlert]]:
    """One stream for a fingerprint and when it began to fire: fired again later it is another alert."""
    streams = defaultdict(list)
    for alert in alerts:
        streams[desk.name("alert", alert.fingerprint, str(alert.started_at))].append(alert)
    return streams


def _stored(
    desk: Desk,
    told: Mapping[Id, Sequence[FiredAlert]],
    receipt: Intent | None,
    *,
    by: Id | None,
    command: Id,
    attempts: int = ATTEMPTS,
) -> Sequence[Recorded[Event]]:
    at = desk.now()
    decided = [
        desk.alerts.intend(stream, partial(_news, stream=stream, told=alerts, by=by, at=at)).attempt(None).change
        for stream, alerts in told.items()
    ]
    changes = [each for each in decided if each.events]
    also = [*receipt.attempt(None).changes()] if receipt else []
    if not changes and not also:
        return []
    try:
        return desk.log.append([*changes, *also], command, Source.LIVE)[: sum(len(each.events) for each in changes)]
    except Conflict:
        if attempts == 1:
            raise
    with desk.log.turns.on(LATE):
        return _stored(desk, told, receipt, by=by, command=command, attempts=attempts - 1)


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
