"""From the probes of a desk file to what the configuration is to be: what is usual is filled in."""

from typing import Final, TypeVar

from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import Instant
from domain.probe_kind import (
    DnsCheck,
    HeartbeatCheck,
    HttpCheck,
    PrometheusCheck,
    StatuspageCheck,
    TcpCheck,
    TlsCheck,
)
from service.desk_fields import Section
from service.desk_probes import ProbeSection

C = TypeVar("C")

CONFIRMED: Final = 2
"""Results in a row that it takes to believe them; a heartbeat that stays away is as sure as it will ever be."""


def probe_of(key: str, section: ProbeSection, at: Instant) -> ProbeDefined:
    """The probe that the section defines."""
    usual = 1 if section.heartbeat else CONFIRMED
    return ProbeDefined(
        at=at,
        key=key,
        component=section.component,
        every=section.interval,
        timeout=section.patience,
        fails_after=section.fails_after or usual,
        recovers_after=section.recovers_after or usual,
        says=section.says or ComponentStatus.MAJOR_OUTAGE,
        http=_check(HttpCheck, section.http),
        tcp=_check(TcpCheck, section.tcp),
        dns=_check(DnsCheck, section.dns),
        tls=_check(TlsCheck, section.tls),
        heartbeat=_check(HeartbeatCheck, section.heartbeat),
        statuspage=_check(StatuspageCheck, section.statuspage),
        prometheus=_check(PrometheusCheck, section.prometheus),
        probers=section.probers,
    )


def _check(kind: type[C], section: Section | None) -> C | None:
    return kind(**section.model_dump()) if section else None
