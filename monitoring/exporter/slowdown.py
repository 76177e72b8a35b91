"""How soon each line gives first responses, beside what is usual for it: `slowdown/1`."""

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client.metrics_core import Metric

from domain.configuration.line import LineDefined
from domain.instant import SECOND
from domain.slowdown import Times
from monitoring.exporter.families import gauge
from monitoring.exporter.seen import Seen
from projections import slowdown

NEEDED: Final = (slowdown.NAME,)
BY: Final = ("line", "window")


def families(seen: Seen) -> Iterator[Metric]:
    """Of every line that is defined; no time where none is known."""
    lines = sorted(seen.state.of(LineDefined))
    paces = slowdown.paces(seen.connection, lines, seen.state.calendars, at=seen.at)
    recent, usual = ({of: getattr(each, name) for of, each in paces.items()} for name in ("recent", "usual"))
    yield from _of("", "First responses in the window, and waits that are longer than usual:", recent)
    yield from _of("_usual", "First responses in the 28 days before the window:", usual)


def _of(which: str, told: str, times: Mapping[tuple[str, str], Times]) -> Iterator[Metric]:
    long = gauge(f"line_first_response{which}_seconds", f"{told} open time, by percentile.", *BY, "percentile")
    number = gauge(f"line_first_responses{which}", f"{told} how many.", *BY)
    for of, each in times.items():
        number.add_metric(of, each.number)
        for percentile, duration in (("50", each.median), ("90", each.p90)):
            if duration is not None:
                long.add_metric([*of, percentile], duration / SECOND)
    yield from (long, number)
