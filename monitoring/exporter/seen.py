"""What one look at the desk sees: a snapshot of the views, how far they are, and the configuration."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import Connection, Engine

from domain.attainment import month_of
from domain.configuration import Configuration
from domain.instant import MINUTE, SECOND, Duration, Instant
from projections.batch import State, states_of
from projections.engine import Lag, lag_of
from projections.sla import month
from store.desk import Desk

LATEST: Final[Duration] = MINUTE
"""What is further behind the log tells nothing: a figure that stands still would look like one that is well."""
SETTLED: Final[Duration] = 5 * SECOND
"""Whatever has an earlier `rec` than that can be read by now, however long its commit took."""
APART: Final[Duration] = SECOND
"""No two processes that append have clocks further apart."""
STATEMENT_TIMEOUT: Final[Duration] = 5 * SECOND


@dataclass(frozen=True)
class View:
    """How a view stands."""

    name: str
    position: int
    lag: Lag
    is_stopped: bool

    @property
    def is_current(self) -> bool:
        return not self.is_stopped and self.lag.milliseconds <= LATEST


@dataclass(frozen=True)
class Seen:
    """The desk at one look."""

    connection: Connection
    """One snapshot of the views."""
    at: Instant
    views: Mapping[str, View]
    head: int
    state: Configuration
    month: str
    """The current one in the desk's zone, YYYY-MM, from `since` on and before `until`."""
    since: Instant
    until: Instant

    def are_current(self, names: Collection[str]) -> bool:
        return all(self.views[name].is_current for name in names)

    def settled(self, name: str) -> Instant:
        """Until when a view knows all that was stored; from one look to the next it never falls.

        Not even if the view is behind now and was not at the last look: what it lacks was stored at most `SETTLED` less
        `APART` before that look.
        """
        return self.at - max(SETTLED, self.views[name].lag.milliseconds + APART)


@contextmanager
def looking(desk: Desk, engine: Engine, names: Sequence[str]) -> Iterator[Seen]:
    """A look at the views of these names; whatever a database says against it is raised."""
    with engine.connect() as connection:
        # The views first: their connections say at once that the server is away, those of the log hope for its return.
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT}")
        states, at = states_of(connection, names), desk.now()
        zone = desk.founding.load(desk.stream)[0].zone
        this_month = month_of(at, zone)
        since, until = month(this_month, zone)
        state, views = desk.configured.state(), _views(desk, states, at)
        yield Seen(connection, at, views, desk.log.head(), state, this_month, since, until)


def _views(desk: Desk, states: Sequence[State], at: Instant) -> Mapping[str, View]:
    """Most stand at the same position: the log is asked once for those."""

    @cache
    def lag(position: int, failing: int | None, error: str | None) -> Lag:
        return lag_of(desk.log, State("", position, failing, error), at)

    lags = [lag(each.position, each.failing, each.error) for each in states]
    return {
        each.name: View(each.name, each.position, lag, each.error is not None)
        for each, lag in zip(states, lags, strict=True)
    }
