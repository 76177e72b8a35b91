"""Where a probe looks: hosts and ports as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.probe_kind import Address, host_and_port


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("mail.example.net:25", "mail.example.net", 25),
        ("mail.example.net.:25", "mail.example.net.", 25),
        ("db_1:5432", "db_1", 5432),
        ("192.0.2.1:65535", "192.0.2.1", 65_535),
        ("[2001:db8::1]:443", "2001:db8::1", 443),
    ],
)
def test_a_host_with_its_port(address: str, host: str, port: int) -> None:
    assert host_and_port(address) == host_and_port(address, 53) == Address(host, port)


@pytest.mark.parametrize(
    ("address", "host"),
    [("example.net", "example.net"), ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), ("[::1]", "::1")],
)
def test_a_host_alone_needs_a_port_by_default(address: str, host: str) -> None:
    assert host_and_port(address, 53) == Address(host, 53)
    assert host_and_port(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        ":80",
        "example.net:",
        "example.net:0",
        "example.net:65536",
        "example.net:-1",
        "example.net:٣",
        "example.net:80:80",
        "http://example.net:80",
        "a b:80",
        "a..b:80",
        "-:80",
        "пример.рф:80",
        f"{'x' * 64}:80",
        f"{'x.' * 127}:80",
        "[::1]:",
        "[::1]80",
        "[::1",
        "[example.net]:80",
        "[192.0.2.1]:80",
    ],
)
def test_anything_else_is_none(address: str) -> None:
    assert host_and_port(address) is host_and_port(address, 53) is None


def test_a_name_has_a_longest_form() -> None:
    longest = ".".join(["x" * 63] * 3 + ["x" * 61])
    assert host_and_port(longest, 53) == Address(longest, 53)
    assert host_and_port(f"{longest}x", 53) is None


@given(st.text() | st.text("[]:.1a", max_size=12), st.none() | st.just(53))
def test_whatever_it_is_it_is_an_address_or_none(text: str, default: int | None) -> None:
    found = host_and_port(text, default)
    assert found is None or (found.host and 0 < found.port <= 65_535)


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_every_address_is_read_as_it_is_written(address: object, port: int) -> None:
    written = f"[{address}]" if ":" in str(address) else str(address)
    assert host_and_port(f"{written}:{port}") == Address(str(address), port)
