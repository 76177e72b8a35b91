"""What one look of a probe is at: stored in the configuration, so the names of fields are for ever."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.instant import Duration

HTTPS_PORT: Final = 443
DNS_PORT: Final = 53
HIGHEST_PORT: Final = 65_535
LONGEST_NAME: Final = 253
"""Characters of a host's name (RFC 1035, 2.3.4)."""
LONGEST_LABEL: Final = 63
"""Characters between two dots of it."""
WARNED: Final = 14
"""Days before a certificate expires, unless the check says otherwise."""


class DnsRecord(StrEnum):
    """The types of records that can be asked for (RFC 1035; RFC 3596)."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    MX = "MX"
    TXT = "TXT"
    NS = "NS"


@dataclass(frozen=True)
class HttpCheck:
    """A web address answers as it should, under a certificate that is good."""

    url: str
    method: Literal["GET", "HEAD"] = "GET"
    status: tuple[int, ...] = ()
    """The answers that are good; none: any 2xx. No redirect is followed."""
    body: str = ""
    """A regular expression that is searched for in the first 64 KiB."""
    certificate_days: int = WARNED


@dataclass(frozen=True)
class TcpCheck:
    """A port takes connections."""

    address: str


@dataclass(frozen=True)
class DnsCheck:
    """A name has records, and those that are expected among them."""

    name: str
    record: DnsRecord
    expected: tuple[str, ...] = ()
    """As a zone file writes them, final dots and quotes left out; of MX the host will do."""
    server: str = ""
    """Who is asked; nobody: the resolvers of the system."""


@dataclass(frozen=True)
class TlsCheck:
    """A port that speaks TLS from the first byte shows a certificate that is good."""

    address: str
    name: str = ""
    """What is asked for (SNI, RFC 6066) and has to be certified; none: the host."""
    certificate_days: int = WARNED


@dataclass(frozen=True)
class HeartbeatCheck:
    """Something calls us, at least so often."""

    within: Duration


@dataclass(frozen=True)
class StatuspageCheck:
    """What somebody else's status page says (Statuspage API v2)."""

    page: str
    component: str = ""
    """Its id there, or its exact name; none: the page as a whole."""


@dataclass(frozen=True)
class PrometheusCheck:
    """What a Prometheus knows already, from its blackbox exporter for instance."""

    server: str
    query: str
    """Good if it yields series and none of them is 0; without series nothing is known."""


Check: TypeAlias = HttpCheck | TcpCheck | DnsCheck | TlsCheck | HeartbeatCheck | StatuspageCheck | PrometheusCheck


class Address(NamedTuple):
    """A host, by name or IP address, without brackets; and a port of it."""

    host: str
    port: int


def host_and_port(address: str, default: int | None = None) -> Address | None:
    """What `host:port`, `[v6]:port` or, where there is a default port, a bare host names; None if it is none."""
    host, port = _parted(address)
    number = _port_of(port) if port else default
    return Address(host, number) if host and number else None


def _parted(address: str) -> tuple[str, str]:
    """Host and port; either is empty where there is none."""
    if _is_v6(address):
        return address, ""
    if address.startswith("["):
        host, end, rest = address[1:].partition("]")
        good = _is_v6(host) and bool(end) and (not rest or (rest.startswith(":") and rest != ":"))
        return (host, rest[1:]) if good else ("", "")
    host, colon, port = address.partition(":")
    good = _is_host(host) and bool(port) == bool(colon)
    return (host, port) if good else ("", "")


def _port_of(text: str) -> int:
    """0 if it is none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_PORT))
    return int(text) if is_number and int(text) <= HIGHEST_PORT else 0


def _is_v6(text: str) -> bool:
    try:
        return isinstance(ip_address(text), IPv6Address)
    except ValueError:
        return False


def _is_host(text: str) -> bool:
    """Letters, digits, `-` and `_` between dots; IPv4 addresses look the same."""
    labels = text.removesuffix(".").split(".")
    return text.isascii() and len(text) <= LONGEST_NAME and all(_is_label(each) for each in labels)


def _is_label(text: str) -> bool:
    return 0 < len(text) <= LONGEST_LABEL and text.replace("-", "").replace("_", "").isalnum()
