"""The work loops of a desk: what is done without anybody asking. Only the holder of the work lock runs them.

Two loops, to run on a thread each: a receiver of notices that is slow to answer delays no breach.
"""

from typing import Any

from sqlalchemy import Engine

from service.clock_guard import clock_guard
from service.jobs import Job, Loop
from service.months import fixing
from service.timers import amending, maintaining, standing_in, ticking
from service.webhooks import delivering
from store.desk import Desk


def work_loops(desk: Desk, views: Engine, *, allow_private: bool) -> list[Loop]:
    """The loops over views that somebody else keeps up to date; each runs until the event is set, see `Loop.run`."""
    jobs = ticking, maintaining, standing_in, amending, fixing
    timed: list[Job[Any]] = [job(desk, views) for job in jobs]
    guard = clock_guard(desk.now, views)
    return [
        Loop(timed, desk.now, guard.agree),
        Loop([delivering(desk, views, allow_private=allow_private)], desk.now),
    ]
