"""Which name is asked for and has to be certified; what else TLS is asked."""

import ssl
from pathlib import Path

import pytest

from domain.component import ComponentStatus
from domain.instant import HOUR
from domain.probe_kind import HttpCheck, TlsCheck
from monitoring.probes import Why, certificate
from monitoring.probes.certificate import context, good_until
from tests.monitoring.probes.certificates import Authority, serving_with
from tests.monitoring.probes.serving import answering, http, looked, looked_at, saying


def test_the_name_may_be_another_than_the_host(authority: Authority, tmp_path: Path) -> None:
    asked: list[str | None] = []
    served = serving_with(authority.chain("mail.example"), tmp_path)
    served.sni_callback = lambda _tls, name, _context: asked.append(name)
    seen = looked_at(saying(b""), lambda port: TlsCheck(f"127.0.0.1:{port}", name="mail.example"), tls=served)
    assert (seen.status, asked) == (ComponentStatus.OPERATIONAL, ["mail.example"])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_address_can_be_certified(authority: Authority, tmp_path: Path, host: str) -> None:
    served = serving_with(authority.chain(host), tmp_path)
    at = f"[{host}]" if ":" in host else host
    assert looked_at(saying(b""), lambda port: TlsCheck(f"{at}:{port}"), tls=served, host=host).why is Why.NOTHING
    web = looked_at(answering(http()), lambda port: HttpCheck(f"https://{at}:{port}/"), tls=served, host=host)
    assert web.why is Why.NOTHING


def test_only_the_web_is_told_the_protocols_of_the_web(authority: Authority, tmp_path: Path) -> None:
    served = serving_with(authority.chain("localhost"), tmp_path)
    served.set_alpn_protocols(["imap"])
    looked_at(answering(http()), lambda port: HttpCheck(f"https://localhost:{port}/"), tls=served)
    seen = looked_at(saying(b""), lambda port: TlsCheck(f"localhost:{port}"), tls=served)
    assert seen.status is ComponentStatus.OPERATIONAL
    assert context(0) is not context(0, web=True)


def test_whom_the_system_trusts_is_read_anew_each_hour() -> None:
    certificate._context_of.cache_clear()
    assert context(0) is context(HOUR - 1)
    assert context(HOUR) is not context(HOUR - 1)
    assert context(0).verify_mode is ssl.CERT_REQUIRED


def test_the_days_before_the_end_are_counted_exactly() -> None:
    day = 24 * HOUR
    assert good_until(14 * day + 1, 14, 0).status is ComponentStatus.OPERATIONAL
    assert good_until(14 * day, 14, 0).status is ComponentStatus.DEGRADED
    assert good_until(None, 14, 0).status is ComponentStatus.OPERATIONAL


def test_a_certificate_that_cannot_be_read_tells_no_end() -> None:
    assert certificate._earliest([b"no certificate"]) is None
    assert certificate._earliest([]) is None


def test_an_address_that_is_none_tells_nothing() -> None:
    seen = looked(TlsCheck("example.net:none"))
    assert (seen.status, seen.why) == (None, Why.ADDRESS_INVALID)
