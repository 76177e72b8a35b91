"""What the desk knows of a probe at work, for each of those who look."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from domain.component import ComponentStatus
from domain.configuration.probe import DESK, ProbeDefined
from domain.instant import Instant
from domain.probe import Pace
from domain.probe_kind import StatuspageCheck
from monitoring.probes import Look
from monitoring.probes.watches import Watched, seat_of


@dataclass
class Seat:
    """A probe at work, as one of those who look sees it."""

    defined: ProbeDefined
    prober: str
    known: Watched
    kept: Watched | None
    """As it is remembered."""
    due: float
    """When it looks next, in seconds of the monotonic clock; of a prober elsewhere nobody here knows."""
    pace: Pace
    """The one that its last look was due by."""
    began_at: Instant = 0
    look: "Future[Look] | None" = None
    """The one that is under way."""

    @property
    def is_here(self) -> bool:
        """Whether the desk looks itself."""
        return self.prober == DESK


def seats_of(probes: Mapping[str, ProbeDefined]) -> Iterator[tuple[str, ProbeDefined, str]]:
    """The key of each seat, with its probe and who looks."""
    for key, probe in probes.items():
        yield from ((seat_of(key, prober), probe, prober) for prober in probe.seats)


def as_it_says(probe: ProbeDefined, look: Look) -> Look:
    """A failure is as bad as the probe is told to say; another status page says it itself."""
    is_plain = look.status is ComponentStatus.MAJOR_OUTAGE and not isinstance(probe.check, StatuspageCheck)
    return Look(probe.says, look.why, look.detail, look.took, look.expires_at) if is_plain else look


def skipped(seat: Seat) -> int:
    """Results that never came since the last one: whoever looks was away, or too slow."""
    every, since = seat.pace.every, seat.known.looked_at
    return max((seat.began_at - since + every // 2) // every - 1, 0) if since else 0
