"""A name has its records."""

from functools import partial
from pathlib import Path

import pytest
from dns import rcode
from dns.asyncresolver import Resolver

from domain.component import ComponentStatus
from domain.probe_kind import DnsCheck, DnsRecord
from monitoring.probes import Look, Why, dns_check
from tests.monitoring.probes.resolving import Reply, cut, failing, from_zone, resolving, silent
from tests.monitoring.probes.serving import IMPATIENCE, PATIENCE, looked

ZONE = from_zone(
    {
        ("example.net", "A"): ["192.0.2.1", "192.0.2.2"],
        ("example.net", "AAAA"): ["2001:db8::1"],
        ("example.net", "MX"): ["10 Mail.Example.Net."],
        ("example.net", "TXT"): ['"v=spf1 " "-all"', '"Другое"'],
        ("example.net", "NS"): ["ns1.example.net."],
        ("www.example.net", "CNAME"): ["example.net."],
        ("dangling.example.net", "CNAME"): ["gone.example.net."],
    }
)
GOOD = ComponentStatus.OPERATIONAL
FAILED = ComponentStatus.MAJOR_OUTAGE


def asked(
    reply: Reply,
    record: str,
    *expected: str,
    name: str = "example.net",
    by_tcp: Reply | None = None,
    seconds: float = PATIENCE,
) -> Look:
    with resolving(reply, by_tcp) as port:
        return looked(DnsCheck(name, DnsRecord(record), expected, f"127.0.0.1:{port}"), seconds)


def said(seen: Look) -> tuple[ComponentStatus | None, Why, str]:
    return seen.status, seen.why, seen.detail


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("A", ["192.0.2.2", "192.0.2.1"]),
        ("AAAA", ["2001:DB8:0::1"]),
        ("MX", ["10 mail.example.net"]),
        ("MX", ["mail.example.net."]),
        ("TXT", ["v=spf1 -all", "Другое"]),
        ("NS", ["NS1.example.net"]),
    ],
)
def test_what_is_expected_is_among_the_answers(record: str, expected: list[str]) -> None:
    assert said(asked(ZONE, record)) == (GOOD, Why.NOTHING, "")
    assert said(asked(ZONE, record, *expected)) == (GOOD, Why.NOTHING, "")
    assert said(asked(ZONE, record, expected[0], name="EXAMPLE.net.")) == (GOOD, Why.NOTHING, "")


@pytest.mark.parametrize(
    ("record", "expected"),
    [("A", "192.0.2.3"), ("AAAA", "2001:db8::2"), ("MX", "20 mail.example.net"), ("TXT", "V=SPF1 -ALL"), ("NS", "ns2")],
)
def test_what_is_expected_and_does_not_come_is_told(record: str, expected: str) -> None:
    assert said(asked(ZONE, record, expected)) == (FAILED, Why.RECORD_MISSING, expected)


def test_an_alias_is_followed_and_can_be_asked_for() -> None:
    assert asked(ZONE, "A", "192.0.2.1", name="www.example.net").status is GOOD
    assert asked(ZONE, "CNAME", "example.net", name="www.example.net").status is GOOD


def test_a_name_that_does_not_exist_is_unknown() -> None:
    assert said(asked(ZONE, "A", name="nobody.example.net")) == (FAILED, Why.NAME_UNKNOWN, "")
    assert said(asked(ZONE, "A", name="dangling.example.net")) == (FAILED, Why.NAME_UNKNOWN, "")


def test_a_name_without_such_a_record_misses_it() -> None:
    assert said(asked(ZONE, "CNAME")) == (FAILED, Why.RECORD_MISSING, "")


@pytest.mark.parametrize("code", [rcode.SERVFAIL, rcode.REFUSED])
def test_a_server_that_fails_says_how(code: rcode.Rcode) -> None:
    assert said(asked(failing(code), "A")) == (FAILED, Why.SERVER_FAILED, code.name)


def test_an_answer_that_was_cut_is_asked_for_again_over_tcp() -> None:
    assert asked(cut, "A", "192.0.2.1", by_tcp=ZONE).status is GOOD


def test_a_server_that_breaks_off_over_tcp_loses_the_connection() -> None:
    assert said(asked(cut, "A", by_tcp=lambda _: (_ for _ in ()).throw(ConnectionError()))) == (FAILED, Why.LOST, "")


def broken(question: bytes) -> bytes:
    return question[:2] + b"\x81\x80" + question[4:12] + b"\xff" * 9


def test_what_is_no_dns_is_broken() -> None:
    assert said(asked(cut, "A", by_tcp=broken)) == (FAILED, Why.ANSWER_BROKEN, "")


def test_such_a_datagram_may_be_anybodys_so_that_the_answer_is_still_awaited() -> None:
    assert said(asked(broken, "A", seconds=IMPATIENCE)) == (FAILED, Why.TIMED_OUT, "")


def test_a_server_that_is_silent_ends_in_time() -> None:
    assert said(asked(silent, "A", seconds=IMPATIENCE)) == (FAILED, Why.TIMED_OUT, "")


def test_a_server_may_be_given_by_name() -> None:
    with resolving(ZONE) as port:
        assert looked(DnsCheck("example.net", DnsRecord.A, server=f"localhost:{port}")).status is GOOD


def test_without_one_the_resolvers_of_the_system_are_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configured = tmp_path / "resolv.conf"
    configured.write_text("nameserver 127.0.0.1\n")
    with resolving(ZONE) as port:
        system = Resolver(str(configured))
        system.port = port
        monkeypatch.setattr(dns_check, "Resolver", lambda: system)
        assert looked(DnsCheck("example.net", DnsRecord.A)).status is GOOD


def test_a_system_without_resolvers_is_our_own_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dns_check, "Resolver", partial(Resolver, str(tmp_path / "none")))
    assert said(looked(DnsCheck("example.net", DnsRecord.A))) == (None, Why.PROBER_FAILED, "")


@pytest.mark.parametrize(("name", "server"), [("a..b", ""), ("x" * 64, ""), ("example.net", "http://x")])
def test_an_address_that_is_none_tells_nothing(name: str, server: str) -> None:
    assert said(looked(DnsCheck(name, DnsRecord.A, server=server))) == (None, Why.ADDRESS_INVALID, "")
