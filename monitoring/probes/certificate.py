"""Certificates as a client judges them, and until when they are good."""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from anyio import connect_tcp
from anyio.streams.tls import TLSAttribute
from cryptography.x509 import load_der_x509_certificate

from domain.component import ComponentStatus
from domain.instant import DAY, HOUR, SECOND, Instant
from monitoring.probes.look import Look, Why

REASONS: Final = {
    9: Why.CERTIFICATE_NOT_YET_VALID,
    10: Why.CERTIFICATE_EXPIRED,
    18: Why.CERTIFICATE_SELF_SIGNED,
    62: Why.CERTIFICATE_OTHER_NAME,
    64: Why.CERTIFICATE_OTHER_NAME,
}
"""By OpenSSL's X509_V_ERR numbers (x509_vfy.h); all others: not trusted."""
BAD: Final = frozenset({*REASONS.values(), Why.CERTIFICATE_UNTRUSTED})
DER: Final = 2
"""The standard library's private number of the binary form."""


def context(now: Instant, *, web: bool = False) -> ssl.SSLContext:
    """Trusts whom the system trusts (or SSL_CERT_FILE names), read anew each hour.

    One for the web, which is told the protocols of the web (ALPN, RFC 7301), and one for everything else.
    """
    return _context_of(now // HOUR, web)


@lru_cache(maxsize=2)
def _context_of(_hour: int, _web: bool) -> ssl.SSLContext:
    return ssl.create_default_context()  # some 20 ms: too dear for each look


async def handshake(host: str, port: int, name: str, trust: ssl.SSLContext) -> ssl.SSLObject:
    """What a TLS handshake brought; the connection is closed again.

    `OSError` and `anyio`'s errors of streams: there is no connection; `ssl.SSLError`: it is no TLS, or not trusted.
    """
    stream = await connect_tcp(host, port, ssl_context=trust, tls_hostname=name, tls_standard_compatible=False)
    async with stream:
        return stream.extra(TLSAttribute.ssl_object)  # noqa: S610 -- of anyio, not of Django


def expiry(tls: ssl.SSLObject) -> Instant | None:
    """When the first certificate of the verified chain expires: its root, too, can be the one."""
    chain: Any = tls._sslobj.get_verified_chain()  # type: ignore[attr-defined]  # noqa: SLF001 -- public from 3.13 on
    return _earliest(each.public_bytes(DER) for each in chain)


async def expiry_unverified(host: str, port: int, name: str) -> Instant | None:
    """When the certificate expires that is shown there, be it good or not; errors as of `handshake`."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    shown = (await handshake(host, port, name, blind)).getpeercert(binary_form=True)
    return _earliest([shown] if shown else [])


def good_until(expires_at: Instant | None, days: int, now: Instant) -> Look:
    """All is well, unless the certificate expires within so many days."""
    if expires_at is not None and expires_at - now <= days * DAY:
        return Look(ComponentStatus.DEGRADED, Why.CERTIFICATE_EXPIRES, expires_at=expires_at)
    return Look(ComponentStatus.OPERATIONAL, expires_at=expires_at)


def reason_of_certificate(fault: ssl.SSLCertVerificationError) -> tuple[Why, str]:
    """Why it is not trusted: the code and its detail."""
    number = fault.verify_code
    return (REASONS[number], "") if number in REASONS else (Why.CERTIFICATE_UNTRUSTED, str(number))


def _earliest(certificates: Iterable[bytes]) -> Instant | None:
    """The first end of validity; None if they cannot be read, which OpenSSL does with more indulgence."""
    with suppress(ValueError):
        ends = [load_der_x509_certificate(each).not_valid_after_utc for each in certificates]
        return min((int(end.timestamp()) * SECOND for end in ends), default=None)
    return None
