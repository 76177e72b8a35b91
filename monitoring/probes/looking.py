"""One look at a thing of any kind, bounded in time. Brings in what speaks HTTP, DNS and TLS."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, assert_never

from domain.component import ComponentStatus
from domain.instant import Instant
from domain.probe_kind import (
    HTTPS_PORT,
    Check,
    DnsCheck,
    HeartbeatCheck,
    HttpCheck,
    PrometheusCheck,
    StatuspageCheck,
    TcpCheck,
    TlsCheck,
    host_and_port,
)
from domain.web_address import target_of
from monitoring.probes.certificate import BAD, expiry_unverified
from monitoring.probes.dns_check import look_at_dns
from monitoring.probes.faults import reason_of
from monitoring.probes.http_check import look_at_http
from monitoring.probes.look import Look, Why
from monitoring.probes.prometheus_check import look_at_prometheus
from monitoring.probes.statuspage_check import look_at_statuspage
from monitoring.probes.tcp_check import look_at_tcp
from monitoring.probes.tls_check import look_at_tls

OURS: Final = frozenset({Why.ADDRESS_INVALID, Why.PROBER_FAILED})
"""These tell nothing of what is looked at."""


async def look(check: Check, *, seconds: float, now: Instant, clock: Callable[[], float]) -> Look:
    """One look, which takes so many seconds at the most; whatever happens is in what it returns.

    `clock` counts seconds and never goes back; `now` judges certificates. A heartbeat cannot be looked at: None.
    """
    begun = clock()
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        async with asyncio.timeout_at(deadline):
            seen = await _looked(check, now)
    except Exception as fault:  # noqa: BLE001 -- what a stranger's bytes do to a library is an answer, too
        seen = await _failed(check, fault, deadline)
    return replace(seen, took=clock() - begun)


async def _looked(check: Check, now: Instant) -> Look:
    match check:
        case HttpCheck():
            seen = look_at_http(check, now)
        case TcpCheck():
            seen = look_at_tcp(check)
        case DnsCheck():
            seen = look_at_dns(check)
        case TlsCheck():
            seen = look_at_tls(check, now)
        case StatuspageCheck():
            seen = look_at_statuspage(check, now)
        case PrometheusCheck():
            seen = look_at_prometheus(check, now)
        case HeartbeatCheck():
            return Look(None)
        case _:
            assert_never(check)
    return await seen


async def _failed(check: Check, fault: Exception, deadline: float) -> Look:
    why, detail = reason_of(fault)
    learned_nothing = why in OURS or isinstance(check, StatuspageCheck | PrometheusCheck)
    expires_at = await _expiry(check, deadline) if why in BAD else None
    return Look(None if learned_nothing else ComponentStatus.MAJOR_OUTAGE, why, detail, expires_at=expires_at)


async def _expiry(check: Check, deadline: float) -> Instant | None:
    """That of a certificate that is not trusted, which only a second handshake shows."""
    with suppress(Exception):
        async with asyncio.timeout_at(deadline):
            match check:
                case HttpCheck() if target := target_of(check.url):
                    return await expiry_unverified(target.host, target.port, target.host)
                case TlsCheck() if place := host_and_port(check.address, HTTPS_PORT):
                    return await expiry_unverified(place.host, place.port, check.name or place.host)
    return None
