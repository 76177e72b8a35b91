"""A name has its records."""

import math
from collections.abc import Iterable
from ipaddress import ip_address
from socket import SOCK_DGRAM
from typing import Any

from anyio import getaddrinfo
from dns.asyncresolver import Resolver
from dns.rdata import Rdata

from domain.component import ComponentStatus
from domain.probe_kind import DNS_PORT, DnsCheck, DnsRecord, host_and_port
from monitoring.probes.look import Look, Why


async def look_at_dns(check: DnsCheck) -> Look:
    """One question, again over TCP if the answer was cut; raises what the network and `dns.resolver` raise."""
    resolver = await _resolver_of(check.server) if check.server else Resolver()
    if resolver is None:
        return Look(None, Why.ADDRESS_INVALID)
    answer = await resolver.resolve(check.name, check.record, search=False, lifetime=math.inf)
    if (missing := _missing(check, answer)) is not None:
        return Look(ComponentStatus.MAJOR_OUTAGE, Why.RECORD_MISSING, missing)
    return Look(ComponentStatus.OPERATIONAL)


async def _resolver_of(server: str) -> Resolver | None:
    place = host_and_port(server, DNS_PORT)
    if place is None:
        return None
    resolver = Resolver(configure=False)
    resolver.nameservers = [str(found[4][0]) for found in await getaddrinfo(place.host, place.port, type=SOCK_DGRAM)]
    resolver.port = place.port
    return resolver


def _missing(check: DnsCheck, records: Iterable[Rdata]) -> str | None:
    """The first of those that are expected and did not come."""
    came = {form for record in records for form in _forms(check.record, record)}
    return next((each for each in check.expected if _plain(check.record, each) not in came), None)


def _forms(kind: DnsRecord, record: Any) -> set[str]:
    """How a record may be written."""
    if kind is DnsRecord.TXT:
        return {b"".join(record.strings).decode(errors="replace")}
    forms = {record.to_text(), record.exchange.to_text()} if kind is DnsRecord.MX else {record.to_text()}
    return {_plain(kind, form) for form in forms}


def _plain(kind: DnsRecord, text: str) -> str:
    if kind is DnsRecord.TXT:
        return text
    if kind in (DnsRecord.A, DnsRecord.AAAA):
        return str(ip_address(text))
    return text.removesuffix(".").lower()
