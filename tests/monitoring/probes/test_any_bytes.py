"""Whatever a server sends, a look is an answer, never an error, and never our own fault."""

import json
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.probe_kind import Check, DnsCheck, DnsRecord, HttpCheck, PrometheusCheck, StatuspageCheck, TlsCheck
from monitoring.probes import Look, Why
from tests.monitoring.probes.resolving import resolving
from tests.monitoring.probes.serving import answering, http, looked, looked_at, saying

PIECES = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 301 \r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/2 999 ?\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Type: text/html; charset=idna\r\n",
    b"Location: http://[\r\n",
    b"Set-Cookie: \xff=\x00\r\n",
    b"\r\n",
    b"3\r\nabc\r\n0\r\n\r\n",
    zlib.compress(b"abc"),
]
answers = st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=12).map(b"".join)
documents = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["vector", "none", "operational"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["status", "indicator", "components", "id", "name", "data", "result", "resultType", "value"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
WEB: list[Callable[[int], Check]] = [
    lambda port: HttpCheck(f"http://127.0.0.1:{port}/", body="abc"),
    lambda port: HttpCheck(f"http://127.0.0.1:{port}/", method="HEAD"),
    lambda port: StatuspageCheck(f"http://127.0.0.1:{port}"),
    lambda port: PrometheusCheck(f"http://127.0.0.1:{port}", "up"),
]
TLS: list[Callable[[int], Check]] = [
    lambda port: HttpCheck(f"https://127.0.0.1:{port}/"),
    lambda port: TlsCheck(f"127.0.0.1:{port}"),
]


def is_an_answer(seen: Look) -> bool:
    return seen.why is not Why.PROBER_FAILED and seen.took >= 0


@pytest.mark.parametrize("check", WEB)
@given(answer=answers)
@settings(max_examples=60)
def test_any_answer_over_http(check: Callable[[int], Check], answer: bytes) -> None:
    assert is_an_answer(looked_at(answering(answer), check))


@pytest.mark.parametrize("check", WEB[2:])
@given(document=documents)
@settings(max_examples=60)
def test_any_document(check: Callable[[int], Check], document: object) -> None:
    assert is_an_answer(looked_at(answering(http(json.dumps(document).encode())), check))


@pytest.mark.parametrize("check", TLS)
@given(answer=st.binary(max_size=60) | st.binary(max_size=60).map(b"\x16\x03\x03\x00\x37\x02\x00\x00\x33".__add__))
@settings(max_examples=40)
def test_any_handshake(check: Callable[[int], Check], answer: bytes) -> None:
    seen = looked_at(saying(answer), check)
    assert seen.why in (Why.TLS_FAILED, Why.LOST)


@given(tail=st.binary(max_size=60), flags=st.binary(min_size=2, max_size=2))
@settings(max_examples=30)
def test_any_datagram(tail: bytes, flags: bytes) -> None:
    with resolving(lambda question: question[:2] + flags + question[4:] + tail) as port:
        seen = looked(DnsCheck("example.net", DnsRecord.A, server=f"127.0.0.1:{port}"), 0.1)
    assert is_an_answer(seen)
