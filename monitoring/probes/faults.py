"""Errors of the network and of the libraries: which of the codes says what happened."""

import errno
import ssl
import zlib
from collections.abc import Iterator
from socket import EAI_NODATA, EAI_NONAME, gaierror
from typing import Final, TypeAlias

import httpx2
from anyio import BrokenResourceError, EndOfStream
from dns.exception import DNSException
from dns.exception import Timeout as DnsTimeout
from dns.name import BadEscape, EmptyLabel, LabelTooLong, NameTooLong
from dns.resolver import NXDOMAIN, NoAnswer, NoNameservers, NoResolverConfiguration

from monitoring.probes.certificate import reason_of_certificate
from monitoring.probes.look import LONGEST, Why

Reason: TypeAlias = tuple[Why, str]
"""The code and its detail."""

EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

CODES: Final[tuple[tuple[tuple[type[BaseException], ...], Why], ...]] = (
    ((NoResolverConfiguration,), Why.PROBER_FAILED),
    ((NXDOMAIN,), Why.NAME_UNKNOWN),
    ((NoAnswer,), Why.RECORD_MISSING),
    ((BadEscape, EmptyLabel, LabelTooLong, NameTooLong), Why.ADDRESS_INVALID),
    ((httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError), Why.ADDRESS_INVALID),
    ((ConnectionRefusedError,), Why.REFUSED),
    ((ConnectionError, BrokenResourceError), Why.LOST),
    ((TimeoutError, DnsTimeout), Why.TIMED_OUT),
    ((EndOfStream, EOFError), Why.LOST),
    ((httpx2.ProtocolError, httpx2.DecodingError, zlib.error, DNSException), Why.ANSWER_BROKEN),
)
"""The first that fits one of the causes says most."""


def reason_of(fault: BaseException) -> Reason:
    """Why a look failed; `PROBER_FAILED` for whatever is not the other side's doing."""
    if isinstance(fault, TimeoutError):
        return Why.TIMED_OUT, ""  # whatever else was under way
    causes = list(_causes(fault))
    for cause in causes:
        if known := _detailed(cause):
            return known
    for kinds, why in CODES:
        if any(isinstance(cause, kinds) for cause in causes):
            return why, ""
    return _of_the_system(causes)


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """The fault, what it came from, and what that came from; of several attempts all."""
    yield fault
    if isinstance(fault, BaseExceptionGroup):
        for each in fault.exceptions:
            yield from _causes(each)
    elif earlier := fault.__cause__ or fault.__context__:  # httpcore2 raises "from None"
        yield from _causes(earlier)


def _detailed(fault: BaseException) -> Reason | None:
    match fault:
        case ssl.SSLCertVerificationError():
            return reason_of_certificate(fault)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Why.LOST, ""
        case ssl.SSLError():
            return Why.TLS_FAILED, (fault.reason or "")[:LONGEST]
        case gaierror():
            return _of_the_resolver(fault), ""
        case NoNameservers():
            return _of_name_servers(fault)
        case _:
            return None


def _of_the_resolver(fault: gaierror) -> Why:
    return Why.NAME_UNKNOWN if fault.errno in (EAI_NODATA, EAI_NONAME) else Why.NAME_UNRESOLVED


def _of_name_servers(fault: NoNameservers) -> Reason:
    """What the one that was asked last did: an error on the way to it, or a code of its own."""
    *_, last, _ = fault.kwargs["errors"][-1]
    return reason_of(last) if isinstance(last, Exception) else (Why.SERVER_FAILED, str(last)[:LONGEST])


def _of_the_system(causes: list[BaseException]) -> Reason:
    """By its number: what it is that has run out, or why there is no way."""
    numbers = [cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno]
    if not numbers:
        return Why.PROBER_FAILED, type(causes[-1]).__name__[:LONGEST]
    exhausted = [each for each in numbers if each in EXHAUSTED]
    why = Why.PROBER_FAILED if exhausted else Why.UNREACHABLE
    return why, errno.errorcode.get((exhausted or numbers)[0], "")
