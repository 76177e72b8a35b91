"""Probes and heartbeats: what they say, how their looks went, and when the last one was.

A runner that is dead leaves the time of the last look where it was, and what its probes said is told no longer.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from prometheus_client.metrics_core import Metric

from domain.component import SERVING, State
from domain.configuration.probe import ProbeDefined
from domain.instant import SECOND, Instant
from domain.probe import agreed, silent_at
from monitoring import heartbeats
from monitoring.exporter.families import counter, gauge, seconds
from monitoring.exporter.seen import Seen
from monitoring.probes import watches
from monitoring.probes.watches import Watched, seat_of
from projections import status

NEEDED_BY_HELD: Final = (status.NAME,)
BY_PROBE: Final = ("component", "probe")
BY_PROBER: Final = (*BY_PROBE, "prober")


class Seat(NamedTuple):
    """A probe as one of those who look sees it."""

    probe: ProbeDefined
    prober: str
    known: Watched

    @property
    def labels(self) -> list[str]:
        return [self.probe.component, self.probe.key, self.prober]

    def says(self, at: Instant) -> State:
        """None once it is silent."""
        watch = self.known.watch
        return watch.status if at < silent_at(watch, self.probe.pace) else None


Known: TypeAlias = Sequence[Seat]


def families(seen: Seen) -> Iterator[Metric]:
    """All of the probes that are defined: they need no view, they have a memory of their own."""
    defined, remembered = seen.state.of(ProbeDefined), watches.watched(seen.connection)
    known = [
        Seat(probe, prober, remembered.get(seat := seat_of(key, prober), Watched(seat, probe.component)))
        for key, probe in sorted(defined.items())
        for prober in probe.seats
    ]
    yield _success(known, seen.at)
    yield from _looks(known)
    yield from _counters(known)
    yield _heartbeats(defined, seen)


def held(seen: Seen) -> Iterator[Metric]:
    """Of the components that have probes."""
    told = "1 while a person's word stands against what the probes of a component say."
    family, by_person = gauge("component_held", told, "component"), status.held(seen.connection)
    for component in sorted({each.component for each in seen.state.of(ProbeDefined).values() if each.component}):
        family.add_metric([component], component in by_person)
    yield family


def _success(known: Known, at: Instant) -> Metric:
    told = "1 if a probe says that it works, be it slowly, and 0 if not, both confirmed; absent if it is silent."
    family = gauge("probe_success", told, *BY_PROBE)
    for _, seats in groupby(known, lambda each: each.probe.key):
        all_of_it = [*seats]
        said = agreed(each.says(at) for each in all_of_it)
        if said is not None:
            family.add_metric(all_of_it[0].labels[:2], said in SERVING)
    return family


def _looks(known: Known) -> Iterator[Metric]:
    """Of what was never looked at there is no sample."""
    every = gauge("probe_interval_seconds", "From one look of a probe to the next, as it is defined.", *BY_PROBER)
    last = gauge("probe_last_run_timestamp_seconds", "When a probe looked last.", *BY_PROBER)
    took = gauge("probe_duration_seconds", "How long that look took.", *BY_PROBER)
    told = "When the chain of certificates that was shown ceases to be valid."
    expiry = gauge("probe_tls_earliest_cert_expiry_timestamp_seconds", told, *BY_PROBER)
    for seat in known:
        every.add_metric(seat.labels, seat.probe.every / SECOND)
        if seat.known.looked_at:
            last.add_metric(seat.labels, seconds(seat.known.looked_at))
            took.add_metric(seat.labels, seat.known.look.took)
        if seat.known.look.expires_at is not None:
            expiry.add_metric(seat.labels, seconds(seat.known.look.expires_at))
    yield from (every, last, took, expiry)


def _counters(known: Known) -> Iterator[Metric]:
    results = counter("probe_results", "Looks of a probe that showed something.", *BY_PROBER)
    failures = counter("probe_failures", "Of these, those that were not operational.", *BY_PROBER)
    told = "Results of a probe that never came, or of looks that could not be made."
    missed = counter("probe_missed", told, *BY_PROBER)
    for seat in known:
        watch = seat.known.watch
        results.add_metric(seat.labels, watch.number - watch.missed)
        failures.add_metric(seat.labels, watch.failed)
        missed.add_metric(seat.labels, watch.missed)
    yield from (results, failures, missed)


def _heartbeats(defined: Mapping[str, ProbeDefined], seen: Seen) -> Metric:
    told = "When something that is to call the desk did so last; 0 if it never did."
    family, heard = gauge("heartbeat_last_timestamp_seconds", told, "monitor"), heartbeats.heard(seen.connection)
    for key in sorted(key for key, each in defined.items() if each.heartbeat):
        family.add_metric([key], seconds(heard.get(key, heartbeats.NOTHING).at))
    return family
