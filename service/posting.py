"""One POST to an address that a stranger gave: never into a private network, no further than asked, not for long.

The host is resolved once, its addresses are judged, and the connection goes to the very address that was judged: a name
that resolves differently a moment later (DNS rebinding) gains nothing. No redirect is followed; of the body is read
what the caller wants of it.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, gaierror, getaddrinfo, socket
from threading import Timer
from typing import Final, NamedTuple

from domain.web_address import Target, target_of

SECONDS: Final = 10.0
"""Unless somebody else is to be waited for."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes = b""
    """As much of it as was wanted."""

    @property
    def is_good(self) -> bool:
        """Whether the receiver has it."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Unreachable(Exception):
    """There was no answer, and why: a code."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
    wanted: int = 0,
    seconds: float | None = None,
) -> Answer:
    """The answer, with so many bytes of its body at the most; `Unreachable` if there is none.

    So many seconds for the connection and for each silence, and twice that for the whole exchange.
    """
    patience = seconds or SECONDS
    target = target_of(url)
    if target is None:
        raise Unreachable("address_invalid")
    address = _resolved(target, allow_private=allow_private)
    try:
        with closing(_connected(target, address, patience)) as link, _cut_off(link, patience):
            return _exchanged(link, target, body, headers, wanted)
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


def _connected(target: Target, address: str, seconds: float) -> socket:
    """The connection; its handshake is still to be done."""
    link = create_connection((address, target.port), seconds)
    if target.scheme == "http":
        return link
    context = ssl.create_default_context()
    return context.wrap_socket(link, server_hostname=target.host, do_handshake_on_connect=False)


@contextmanager
def _cut_off(link: socket, seconds: float) -> Iterator[None]:
    """End the exchange in time, however slowly the other side drips."""
    timer = Timer(2 * seconds, _cut, [link])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(link: socket) -> None:
    with suppress(OSError):
        socket.shutdown(link, SHUT_RDWR)  # not that of a TLS socket, which somebody is reading


def _exchanged(link: socket, target: Target, body: bytes, headers: Mapping[str, str], wanted: int) -> Answer:
    if isinstance(link, ssl.SSLSocket):
        link.do_handshake()
    connection = HTTPConnection(target.host, target.port)
    connection.sock = link
    connection.request("POST", target.path, body, {"Host": target.authority, **headers})
    answer = connection.getresponse()
    return Answer(answer.status, answer.read(wanted) if wanted else b"")
