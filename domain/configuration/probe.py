"""Probes: what looks at a component, how, and how often. Where they look is nobody else's business: they are opaque."""

from typing import Final, TypeAlias

from domain.component import ComponentStatus
from domain.event import Public, Visibility, event
from domain.instant import Duration, Instant
from domain.probe import Pace
from domain.probe_kind import (
    Check,
    DnsCheck,
    HeartbeatCheck,
    HttpCheck,
    PrometheusCheck,
    StatuspageCheck,
    TcpCheck,
    TlsCheck,
)

DESK: Final = "desk"
"""The prober that the desk itself is."""
KINDS: Final = ("http", "tcp", "dns", "tls", "heartbeat", "statuspage", "prometheus")


@event(
    "probe.defined",
    visibility=Visibility.OPAQUE,
    en="Probe {key} of component {component} was defined",
    ru="Определена проба {key} компонента {component}",
)
class ProbeDefined:
    """Exactly one of the checks is there."""

    at: Public[Instant]
    key: str
    component: str
    every: Duration
    timeout: Duration
    fails_after: int
    recovers_after: int
    says: ComponentStatus
    """What it says of the component when a look fails."""
    http: HttpCheck | None = None
    tcp: TcpCheck | None = None
    dns: DnsCheck | None = None
    tls: TlsCheck | None = None
    heartbeat: HeartbeatCheck | None = None
    statuspage: StatuspageCheck | None = None
    prometheus: PrometheusCheck | None = None
    probers: tuple[str, ...] = ()
    """Who looks; nobody is named: the desk."""

    @property
    def seats(self) -> tuple[str, ...]:
        """Who looks, by name."""
        return self.probers or (DESK,)

    @property
    def check(self) -> Check:
        """What is looked at."""
        check: Check = getattr(self, self.kind)
        return check

    @property
    def kind(self) -> str:
        """The name of the check."""
        return next(each for each in KINDS if getattr(self, each) is not None)

    @property
    def pace(self) -> Pace:
        """When results are believed."""
        return Pace(self.every, self.fails_after, self.recovers_after)


@event(
    "probe.withdrawn",
    visibility=Visibility.OPAQUE,
    en="Probe {key} was withdrawn",
    ru="Проба {key} отменена",
)
class ProbeWithdrawn:
    at: Public[Instant]
    key: str


Event: TypeAlias = ProbeDefined | ProbeWithdrawn
