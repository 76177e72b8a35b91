"""`history`: what the front page costs, now and as it was, after few events and after many."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from statistics import median
from typing import Any, Final

from sqlalchemy import text

from domain.instant import HOUR
from projections import months, positions, sla_months
from status_page.site import Found, find
from tests.bench.history import DAYS, PER_DAY, grow, new_desk
from tests.cast import AT
from tests.status_page.stage import Stage

SIZES: Final = (1, 1_000, 30_000, 100_000)
TIMES: Final = 15
"""How often each is done; what is told is the median."""
FRONT: Final = "/en/"
SELECT: Final = text(
    f"SELECT position FROM {positions.NAME} WHERE rec <= :rec ORDER BY rec DESC LIMIT 1"  # noqa: S608 -- a constant
)


def measure(sizes: Sequence[int], progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Milliseconds by number of events, and how many times the cost after the fewest is that after the most."""
    per_day = max(PER_DAY, sizes[-1] // DAYS)
    with new_desk() as stage:
        rows = []
        for events in sizes:
            grow(stage, events, progress, per_day)
            while _awaits_fixing(stage):
                grow(stage, stage.story.desk.log.head() + per_day, progress, per_day)
            stage.site.press.refresh()
            gc.freeze()  # as `serve` does
            rows.append(_costs(stage))
    first, last = rows[0], rows[-1]
    return {"sizes": rows, "growth": {name: last[name] / first[name] for name in ("now", "then", "select")}}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"{'events':>10}{'/':>10}{'/?at=':>10}{'SELECT':>10}   ms; beside a SELECT: /, /?at="]
    for row in measured["sizes"]:
        beside = f"{row['now'] / row['select']:.0f}, {row['then'] / row['select']:.0f}"
        lines.append(f"{row['events']:>10,}{row['now']:>10.1f}{row['then']:>10.1f}{row['select']:>10.3f}   {beside}")
    growth = measured["growth"]
    return [*lines, f"the most beside the fewest: / {growth['now']:.2f}, /?at= {growth['then']:.2f} times"]


def _awaits_fixing(stage: Stage) -> bool:
    """In the first days of a month the page has two that are not fixed, which cost more whatever came before them."""
    with stage.story.engine.connect() as connection:
        return len(sla_months.changed(connection).keys() - months.all_fixed(connection).keys()) > 1


def _costs(stage: Stage) -> Mapping[str, float]:
    found, press = _found(FRONT), stage.site.press
    draw, log = Random(1), stage.story.desk.log  # noqa: S311 -- no secrets

    def then() -> int:
        return draw.randrange(AT, max(AT + HOUR, stage.story.clock.now))

    def select(connection: Any) -> Any:
        return connection.execute(SELECT, {"rec": then()}).scalar()

    with stage.story.engine.connect() as connection:
        return {
            "events": log.head(),
            "now": _median(lambda: press.make(replace(press.printed, ready={}), found, "en")),
            "then": _median(lambda: press.make_past(then(), found, "en")),
            "select": _median(lambda: select(connection)),
        }


def _median(work: Callable[[], Any]) -> float:
    """Milliseconds, the first time left out."""
    work()
    return median(_took(work) for _ in range(TIMES))


def _took(work: Callable[[], Any]) -> float:
    since = time.perf_counter()
    work()
    return (time.perf_counter() - since) * 1_000


def _found(path: str) -> Found:
    found = find(path)
    if found is None:
        raise LookupError(path)
    return found
