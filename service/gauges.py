"""Gauges of the log and the views: looked at when somebody reads the metrics, once for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import nan
from time import monotonic
from typing import Final

from domain.instant import SECOND
from monitoring import metrics
from projections.engine import Lag, Projector, State
from store.desk import Desk

FRESH: Final = 1.0
"""Seconds for which a look serves every gauge."""


@dataclass(frozen=True)
class View:
    """A view, in the units of its gauges; not a number where it cannot be read."""

    position: float = nan
    lag_events: float = nan
    lag_seconds: float = nan
    stopped: float = nan


@dataclass(frozen=True)
class Seen:
    """The log and the views at one look, by the monotonic clock."""

    until: float
    head: float
    views: Mapping[str, View]


def measure(desk: Desk, views: Projector) -> None:
    """Let the gauges tell how the log and the views stand; a database that is away takes no other metric with it."""
    seen = Seen(0.0, nan, {})

    def look() -> Seen:
        nonlocal seen
        if monotonic() >= seen.until:
            seen = _look(desk, views)
        return seen

    metrics.EVENT_STORE_POSITION.set_function(lambda: look().head)
    for projection in views.projections:
        _measure_view(projection.NAME, look)


def _measure_view(name: str, look: Callable[[], Seen]) -> None:
    def view() -> View:
        return look().views.get(name, View())

    metrics.PROJECTION_POSITION.labels(name).set_function(lambda: view().position)
    metrics.PROJECTION_LAG_EVENTS.labels(name).set_function(lambda: view().lag_events)
    metrics.PROJECTION_LAG_SECONDS.labels(name).set_function(lambda: view().lag_seconds)
    metrics.PROJECTION_STOPPED.labels(name).set_function(lambda: view().stopped)


def _look(desk: Desk, views: Projector) -> Seen:
    try:
        # The views first: their connections say at once that the server is away, those of the log hope for its return.
        states = views.states()
        found = {state.name: _view(state, views.lag(state, desk.now())) for state in states}
        return Seen(monotonic() + FRESH, desk.log.head(), found)
    except Exception:  # noqa: BLE001 -- whatever it is, there is nothing to be told
        return Seen(monotonic() + FRESH, nan, {})


def _view(state: State, lag: Lag) -> View:
    return View(state.position, lag.events, lag.milliseconds / SECOND, state.error is not None)
