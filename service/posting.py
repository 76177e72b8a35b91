"""One POST to an address that a stranger gave: never into a private network, no further than asked, not for long.

The host is resolved once, its addresses are judged, and the connection goes to the very address that was judged: a name
that resolves differently a moment later (DNS rebinding) gains nothing. No redirect is followed, no body is read.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, gaierror, getaddrinfo, socket
from threading import Timer
from typing import Final, NamedTuple
from urllib.parse import urlsplit

SECONDS: Final = 10.0
"""For the connection, for each silence, and twice that for the whole exchange."""
PORTS: Final = {"http": 80, "https": 443}
LONGEST: Final = 2_000
"""Characters of an address."""


class Unreachable(Exception):  # noqa: N818 -- an answer of the network, not a fault
    """There was no answer, and why: a code."""


class Target(NamedTuple):
    """An address, taken apart."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


def target_of(url: str) -> Target | None:
    """What an absolute `http` or `https` URL in ASCII names (RFC 3986); None if it is none, or has a user in it."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        return None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    if not (plain and parts.hostname) or "@" in parts.netloc:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, parts.netloc, path)


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> int:
    """The status of the answer; `Unreachable` if there is none."""
    target = target_of(url)
    if target is None:
        raise Unreachable("address_invalid")
    address = _resolved(target, allow_private=allow_private)
    try:
        with closing(_connected(target, address)) as link, _cut_off(link):
            return _exchanged(link, target, body, headers)
    except ssl.SSLError:
        raise Unreachable("tls_failed") from None
    except TimeoutError:
        raise Unreachable("timed_out") from None
    except (OSError, HTTPException):
        raise Unreachable("no_answer") from None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it belongs to somebody on the internet: IANA's special-purpose registries (RFC 6890) name the others.

    Addresses of IPv6 that carry one of IPv4 are judged by that (mapped) or refused (6to4, Teredo, NAT64).
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    special = address.is_multicast or address.is_reserved or address.is_site_local
    return address.is_global and not (special or address.sixtofour or address.teredo)


def _resolved(target: Target, *, allow_private: bool) -> str:
    """The first address of the host, if all of them may be used."""
    try:
        found = getaddrinfo(target.host, target.port, type=SOCK_STREAM)
    except (gaierror, UnicodeError):
        raise Unreachable("host_unknown") from None
    addresses = [str(each[4][0]) for each in found]
    if not allow_private and not all(is_public(ip_address(each)) for each in addresses):
        raise Unreachable("address_private")
    return addresses[0]


def _connected(target: Target, address: str) -> socket:
    """The connection; its handshake is still to be done."""
    link = create_connection((address, target.port), SECONDS)
    if target.scheme == "http":
        return link
    context = ssl.create_default_context()
    return context.wrap_socket(link, server_hostname=target.host, do_handshake_on_connect=False)


@contextmanager
def _cut_off(link: socket) -> Iterator[None]:
    """End the exchange in time, however slowly the other side drips."""
    timer = Timer(2 * SECONDS, _cut, [link])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(link: socket) -> None:
    with suppress(OSError):
        socket.shutdown(link, SHUT_RDWR)  # not that of a TLS socket, which somebody is reading


def _exchanged(link: socket, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    if isinstance(link, ssl.SSLSocket):
        link.do_handshake()
    connection = HTTPConnection(target.host, target.port)
    connection.sock = link
    connection.request("POST", target.path, body, {"Host": target.authority, **headers})
    return connection.getresponse().status
