"""Requests that nobody should send, as bytes, made from a seed: broken HTTP, broken JSON, broken everything between."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

PUBLIC: Final = (
    "/", "/ru/", "/en/", "/en/sla", "/en/history", "/en/history/2026-10", "/ru/components/x", "/en/incidents/x",
    "/en/verify", "/client/x", "/client/x/en/", "/en/subscribe", "/subscription/x", "/api/v2/summary.json",
    "/api/v2/subscribers.json", "/history.atom", "/feed.json", "/maintenance.ics", "/badge/status.svg", "/card.png",
    "/badge/x/uptime.svg", "/llms.txt", "/evidence/checkpoint", "/evidence/tile/0/000", "/metrics", "/openapi.json",
    "/healthz", "/readyz", "/favicon.ico", "/.env", "/wp-login.php",
)  # fmt: skip
METHODS: Final = (
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PURGE",
)  # fmt: skip
NO_METHODS: Final = (
    b"get", b"BREW", b"", b"GET\0", b"G ET", b"\xd0\x93\xd0\x95\xd0\xa2", b"GET" * 5_000, b"PRI",
)  # fmt: skip
VERSIONS: Final = (
    b"HTTP/1.0", b"HTTP/0.9", b"HTTP/9.9", b"HTTP/2.0", b"HTTP/1.1x", b"http/1.1", b"", b"HTTP/1.",
)  # fmt: skip
IDS: Final = (
    "x", "0", "-1", "000000000", "123456789", "1" * 400, "a" * 32, "z" * 32, "%00", "%FF%FE", "%ED%A0%80", "..", ".",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%2F", "a%2Fb", "'%20OR%201=1--", "%0d%0aX:%20y", "{}", "%7B0%7D", "*", "%25",
    "%D0%B9" * 50, "%E2%80%AE", "null", "NaN", "1e309", "a;b=c", "%D0%B0",
)  # fmt: skip
PATHS: Final = (
    b"*", b"//", b"/../../etc/passwd", b"/en/../../..", b"/%", b"/%zz", b"/\\..\\", b"/en/\xff\xfe", b"/en/\0",
    b"http://elsewhere.example/en/", b"https://[::1", b"http://", b"elsewhere:443", b"/en/#here", b"/;/;/", b"en/",
    b"/" * 4_000, b"/en/" + b"a" * 30_000, b"/en/" + b"%41" * 20_000, b"?", b"/?", b"/en\t/", b"/e n/", b"//evil/en/",
)  # fmt: skip
NAMES: Final = (
    "at", "limit", "cursor", "month", "happened", "since", "until", "status", "level", "q", "order", "x", "",
)  # fmt: skip
VALUES: Final = (
    "", "%00", "%ff", "-1", "0", "1e400", "9" * 400, "2026-13-45T99:99:99Z", "0000-00-00",
    "2026-10-10T10:10:10%2B99:99", "9999-12-31T23:59:59.999999Z", "-9999-01-01T00:00:00Z", "' OR 1=1", "%ED%A0%80",
    "true", "[]", "a" * 5_000, "%2B", "2026-10-10T10:10:10Z", "1970-01-01T00:00:00Z", "now",
    "%D9%A3%D9%A4", "%D9%A3", "1_000", "0x10",
)  # fmt: skip
WILD: Final = (
    b"", b" ", b"*", b"\xff\xfe", b"\t\t", b"a" * 9_000, b"a," * 9_000, b";" * 500, b'"', b'"' * 99, b"W/", b"-1",
    b"%s%n", b"q=", b"*/*;q=nan", b"en;q=-1,ru;q=1e9", b"-" * 300, b"9" * 300, b"{}", b"'\"><script>",
    b"${jndi:ldap://x}", b"\x7f", "\u0439".encode() * 20, b"Bearer", b"Bearer ", b"Bearer glasno_", b"Basic \xff",
    b"bytes=0-,1-,2-", b'"1", "2", *',
)  # fmt: skip
HEADERS: Final = (
    b"Accept", b"Accept-Language", b"Accept-Encoding", b"If-Match", b"If-None-Match", b"Idempotency-Key", b"Range",
    b"Authorization", b"Content-Type", b"Content-Encoding", b"Expect", b"X-Request-ID", b"X-Forwarded-For", b"Cookie",
    b"X-Forwarded-Proto", b"Forwarded", b"Origin", b"If-Modified-Since", b"Last-Event-ID", b"Host", b"TE", b"Via",
)  # fmt: skip
LINES: Final = (
    b"no colon", b": no name", b"Space : x", b"Folded: a\r\n b", b"Nul: a\0b", b"Bare: a\rb", b"\xff\xfe: x", b" x: y",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x", b"Connection: upgrade\r\nUpgrade: h2c",
    b"Host: a\r\nHost: b", b"Connection: " + b"close," * 500, b"A: " + b"a" * 100_000, b"X" * 60_000 + b": y",
    b"\r\n".join(b"X-%d: y" % number for number in range(3_000)), b"Expect: 100-continue", b"Trailer: Host",
)  # fmt: skip
BODIES: Final = (
    b"{", b"[" * 60_000, b'{"a":' * 9_000, b'"\xff\xfe"', b"\0", b"", b"null", b"[]", b'"x"', b"1" * 9_000, b"NaN",
    b'{"body":"\\ud800"}', b'{"body":"\\u0000"}', b'{"a":1,"a":2}', b"1e999", b"-0", b"\xef\xbb\xbf{}", b"a=b&c=d",
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>", b"x" * 65_537, b"{}}",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n', b"\x1f\x8b\x08\0\0", b"\x80" * 400,
)  # fmt: skip
TYPES: Final = (
    b"application/json", b"text/plain", b"application/xml", b"multipart/form-data", b"multipart/form-data; boundary=",
    b"application/x-www-form-urlencoded", b"application/json; charset=utf-16", b"", b"\xff",
    b"application/" + b"j" * 900,
)  # fmt: skip
FRAMES: Final = (
    b"Content-Length: -1", b"Content-Length: abc", b"Content-Length: +2", b"Content-Length: 2, 3", b"Content-Length: ",
    b"Content-Length: 2\r\nContent-Length: 3", b"Content-Length: 99999999999999999999", b"Content-Length: 0x2",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Content-Length: 1e1",
    b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding : chunked",
)  # fmt: skip
CHUNKS: Final = (
    b"zz\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffff\r\n{}", b"2\r\n{}x\r\n0\r\n\r\n",
    b"2\n{}\n0\n\n", b"2;" + b"x" * 9_000 + b"\r\n{}\r\n0\r\n\r\n", b"2\r\n{}\r\n0\r\n" + b"T: x\r\n" * 500 + b"\r\n",
    b"0x2\r\n{}\r\n0\r\n\r\n", b"1\r\n{\r\n" * 2_000 + b"0\r\n\r\n", b"2\r\n{}\r\n0\r\nbroken", b"\r\n",
)  # fmt: skip


ODD: Final[tuple[Any, ...]] = (
    None, True, -1, 2**70, 1e300, "", "\0", "\u202e", [], {}, [[]], {"ru": 1}, "x" * 40_000, "nobody",
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """An address as the description has it, and the methods that it knows."""

    template: str
    methods: Sequence[str]


def routes_of(described: Mapping[str, Any]) -> list[Route]:
    """Those of the API, and the public ones."""
    of_api = [Route(path, [each.upper() for each in methods]) for path, methods in described["paths"].items()]
    return of_api + [Route(path, ["GET", "HEAD"]) for path in PUBLIC]


def request(number: int, routes: Sequence[Route], tokens: Sequence[str], known: Sequence[str] = ("x",)) -> bytes:
    """The one of that number; with a token that holds, every other time. What is `known` to be there is only read."""
    random = Random(f"mischief:{number}")  # noqa: S311 -- no secret
    route = routes[number % len(routes)]
    token = b"Authorization: Bearer " + random.choice(tokens).encode() if random.random() < 0.5 else b"X-Nobody: 1"
    kind = random.choice((*KINDS, _of_query))
    return _of_query(random, route, token, known) if kind is _of_query else kind(random, route, token)


def _path(random: Random, route: Route, ids: Sequence[str] = IDS) -> bytes:
    return re.sub(r"\{[^}]*\}", lambda _: random.choice(ids), route.template).encode()


def _lines(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([lines[0], b"Host: desk.example", *lines[1:], b"Connection: close", b"", body])


def _sized(start: bytes, *lines: bytes, body: bytes) -> bytes:
    return _lines(start, *lines, b"Content-Length: %d" % len(body), body=body)


def _start(random: Random, route: Route) -> bytes:
    return random.choice(route.methods).encode() + b" " + _path(random, route) + b" HTTP/1.1"


def _of_method(random: Random, route: Route, token: bytes) -> bytes:
    method = random.choice((random.choice(METHODS).encode(), random.choice(NO_METHODS)))
    return _sized(method + b" " + _path(random, route) + b" HTTP/1.1", token, body=b"{}")


def _of_version(random: Random, route: Route, token: bytes) -> bytes:
    return _sized(b"GET " + _path(random, route) + b" " + random.choice(VERSIONS), token, body=b"")


def _of_path(random: Random, _: Route, token: bytes) -> bytes:
    return _sized(random.choice(METHODS).encode() + b" " + random.choice(PATHS) + b" HTTP/1.1", token, body=b"{}")


def _of_query(random: Random, route: Route, token: bytes, known: Sequence[str] = IDS) -> bytes:
    asked = "&".join(f"{random.choice(NAMES)}={random.choice(VALUES)}" for _ in range(random.randint(1, 6)))
    return _lines(b"GET " + _path(random, route, known) + b"?" + asked.encode() + b" HTTP/1.1", token)


def _of_headers(random: Random, route: Route, token: bytes) -> bytes:
    wild = [random.choice(HEADERS) + b": " + random.choice(WILD) for _ in range(random.randint(1, 5))]
    return _sized(_start(random, route), token, *wild, body=b"[]")


def _of_lines(random: Random, route: Route, token: bytes) -> bytes:
    return _sized(_start(random, route), token, random.choice(LINES), body=b"[]")


def _of_body(random: Random, route: Route, token: bytes) -> bytes:
    kind = b"Content-Type: " + random.choice(TYPES)
    return _sized(_start(random, route), token, kind, body=random.choice(BODIES))


def _of_values(random: Random, route: Route, token: bytes) -> bytes:
    """An object that nobody expects, of types that somebody may."""
    names = ("subject", "body", "kind", "at", "reason", "title", "components", "channel", "address", "status", "start")
    body = {name: random.choice(ODD) for name in random.sample(names, random.randint(0, 6))} | {"unknown": 1}
    return _sized(_start(random, route), token, b"Content-Type: application/json", body=json.dumps(body).encode())


def _of_frame(random: Random, route: Route, token: bytes) -> bytes:
    return _lines(_start(random, route), token, random.choice(FRAMES), body=b"[]" + random.choice((b"", b"[]" * 99)))


def _of_chunks(random: Random, route: Route, token: bytes) -> bytes:
    return _lines(_start(random, route), token, b"Transfer-Encoding: chunked", body=random.choice(CHUNKS))


def _of_noise(random: Random, route: Route, token: bytes) -> bytes:
    """A request that something happened to on its way."""
    whole = bytearray(_sized(_start(random, route), token, body=b"[]"))
    for _ in range(random.randint(1, 8)):
        whole[random.randrange(len(whole))] = random.randrange(256)
    return bytes(whole[: random.choice((len(whole), random.randrange(len(whole))))])


KINDS: Final[tuple[Callable[[Random, Route, bytes], bytes], ...]] = (
    *(_of_method, _of_version, _of_path, _of_headers, _of_lines, _of_body, _of_values, _of_frame, _of_chunks),
    _of_noise,
)
