"""Certificates: good, soon not good, and bad in every way; over HTTPS the same as over TLS."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from cryptography import x509

from domain.component import ComponentStatus
from domain.probe_kind import Check, HttpCheck, TlsCheck
from monitoring.probes import Look, Why
from tests.monitoring.probes.certificates import Authority, end, root, serving_with
from tests.monitoring.probes.serving import (
    IMPATIENCE,
    answering,
    hanging,
    http,
    looked,
    looked_at,
    resetting,
    saying,
)
from tests.servers.ports import free_port

KINDS: list[Callable[[int], Check]] = [
    lambda port: HttpCheck(f"https://localhost:{port}/"),
    lambda port: TlsCheck(f"localhost:{port}"),
]
BAD = ComponentStatus.MAJOR_OUTAGE
pytestmark = pytest.mark.parametrize("check", KINDS, ids=["https", "tls"])


@pytest.fixture
def shown(tmp_path: Path, check: Callable[[int], Check]) -> Callable[[Sequence[x509.Certificate]], Look]:
    """A look at a server that shows this chain."""
    return lambda chain: looked_at(answering(http()), check, tls=serving_with(chain, tmp_path))


def facts(seen: Look) -> tuple[ComponentStatus | None, Why, int | None]:
    return seen.status, seen.why, seen.expires_at


def test_a_good_one_is_good_and_tells_until_when(
    authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look]
) -> None:
    chain = authority.chain("localhost")
    assert facts(shown(chain)) == (ComponentStatus.OPERATIONAL, Why.NOTHING, end(chain[0]))


def test_one_that_expires_within_the_days_degrades(
    authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look]
) -> None:
    chain = authority.chain("localhost", days=13.9)
    assert facts(shown(chain)) == (ComponentStatus.DEGRADED, Why.CERTIFICATE_EXPIRES, end(chain[0]))
    assert shown(authority.chain("localhost", days=14.1)).status is ComponentStatus.OPERATIONAL


def test_so_does_an_intermediate_one(authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look]) -> None:
    below = authority.intermediate(days=5)
    assert facts(shown(below.chain("localhost"))) == (
        ComponentStatus.DEGRADED,
        Why.CERTIFICATE_EXPIRES,
        end(below.certificate),
    )


def test_and_so_does_the_authority_itself(
    trust: Callable[[Authority], Authority], shown: Callable[[Sequence[x509.Certificate]], Look]
) -> None:
    old = trust(root(days=3))
    assert shown(old.chain("localhost")).expires_at == end(old.certificate)


def test_an_expired_one_is_bad_and_tells_since_when(
    authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look]
) -> None:
    chain = authority.chain("localhost", since=-30, days=-2)
    assert facts(shown(chain)) == (BAD, Why.CERTIFICATE_EXPIRED, end(chain[0]))


def test_one_that_is_not_valid_yet_is_bad(
    authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look]
) -> None:
    chain = authority.chain("localhost", since=2)
    assert facts(shown(chain)) == (BAD, Why.CERTIFICATE_NOT_YET_VALID, end(chain[0]))


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_one_of_another_name_is_bad(
    authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look], name: str
) -> None:
    chain = authority.chain(name)
    assert facts(shown(chain)) == (BAD, Why.CERTIFICATE_OTHER_NAME, end(chain[0]))


@pytest.mark.usefixtures("authority")
def test_a_self_signed_one_is_bad(shown: Callable[[Sequence[x509.Certificate]], Look]) -> None:
    alone = root("localhost").certificate
    assert facts(shown([alone])) == (BAD, Why.CERTIFICATE_SELF_SIGNED, end(alone))


@pytest.mark.usefixtures("authority")
def test_one_of_an_unknown_authority_is_bad(shown: Callable[[Sequence[x509.Certificate]], Look]) -> None:
    chain = root("a stranger").chain("localhost")
    seen = shown(chain)
    assert (*facts(seen), seen.detail) == (BAD, Why.CERTIFICATE_UNTRUSTED, end(chain[0]), "20")


def test_one_without_its_intermediate_is_bad(
    authority: Authority, shown: Callable[[Sequence[x509.Certificate]], Look]
) -> None:
    seen = shown(authority.intermediate(days=90).chain("localhost")[:1])
    assert (seen.why, seen.detail) == (Why.CERTIFICATE_UNTRUSTED, "20")


def test_what_speaks_no_tls_fails(check: Callable[[int], Check]) -> None:
    seen = looked_at(saying(http() * 10), check)
    assert (seen.status, seen.why, seen.detail) == (BAD, Why.TLS_FAILED, "WRONG_VERSION_NUMBER")


def test_an_end_or_a_reset_in_the_handshake_loses_the_connection(check: Callable[[int], Check]) -> None:
    assert looked_at(saying(b""), check).why is Why.LOST
    assert looked_at(resetting(), check).why is Why.LOST


def test_a_handshake_that_hangs_ends_in_time(check: Callable[[int], Check]) -> None:
    seen = looked_at(hanging, check, seconds=IMPATIENCE)
    assert (seen.status, seen.why) == (BAD, Why.TIMED_OUT)


def test_a_closed_port_refuses(check: Callable[[int], Check]) -> None:
    assert looked(check(free_port())).why is Why.REFUSED
