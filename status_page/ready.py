"""Ready bytes: a document packed in every way that it may be asked for, with its headers and its validator."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import brotli
from starlette.types import Scope, Send

from status_page.html import CSS_HASH, SCRIPT_HASH, VERIFY_HASH
from status_page.words import Language

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{CSS_HASH}'; script-src 'sha256-{SCRIPT_HASH}' "
    f"'sha256-{VERIFY_HASH}'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
SECURE: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OF_PAGES: Final = {"Cross-Origin-Resource-Policy": "same-origin"}
OF_FILES: Final = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
"""Badges, feeds and JSON are there for pages of others, too."""
HTML: Final = "text/html; charset=utf-8"
SILENT: Final = b'<p class="notice lost" hidden>'
TOLD: Final = b'<p class="notice lost" role="alert">'
"""How every page begins what it says when it cannot be renewed."""
BROTLI_QUALITY: Final = 5
REFUSED: Final = frozenset({"q=0", "q=0.0", "q=0.00", "q=0.000"})
WHOLE: Final = "glasno.whole"
"""The extension (ASGI 3) that writes a whole answer at once: (`send`, status, header lines, body) -> whether it did."""
LONGEST: Final = 200
"""Bytes of an `Accept-Encoding` that are still read: whoever says more is sent the document as it is."""

Raw: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Packing:
    """One representation."""

    etag: bytes
    headers: Raw
    lines: bytes
    """The headers as they are sent."""
    body: bytes


Ready: TypeAlias = Mapping[str, Packing]
"""By content coding; the empty one is there always."""


def packed(body: bytes, media_type: str, language: Language | None) -> Ready:
    """A document as it is, by gzip and by brotli."""
    bodies = {"br": brotli.compress(body, quality=BROTLI_QUALITY), "gzip": gzip.compress(body, mtime=0), "": body}
    return {coding: _packing(each, body, coding, media_type, language) for coding, each in bodies.items()}


def lost(ready: Ready, language: Language) -> Ready | None:
    """The page with the words that it cannot be renewed; None if it is no page, and so has no place for them."""
    told = ready[""].body.replace(SILENT, TOLD)
    return packed(told, HTML, language) if told != ready[""].body else None


def accepted(accept_encoding: bytes) -> str:
    """The best coding that `Accept-Encoding` allows (RFC 9110, 12.5.3)."""
    return _best(accept_encoding) if len(accept_encoding) < LONGEST else ""


@lru_cache(maxsize=256)
def _best(accept_encoding: bytes) -> str:
    parts = (part.partition(";") for part in accept_encoding.decode("latin-1").lower().split(","))
    allowed = {name.strip() for name, _, q in parts if q.replace(" ", "") not in REFUSED}
    return next((coding for coding in ("br", "gzip") if coding in allowed), "")


async def send_ready(send: Send, ready: Ready, scope: Scope, vary: bytes) -> None:
    """The bytes, or 304 if the asker has these (RFC 9110, 13.1.2); at once if the server can, else in two messages."""
    asked = dict(scope["headers"])
    packing = ready[accepted(asked.get(b"accept-encoding", b""))]
    is_known = b"if-none-match" in asked and _is_known(packing, asked[b"if-none-match"])
    status, headers = (304, [(b"vary", vary)]) if is_known else (200, [(b"vary", vary), _length(packing.body)])
    body = b"" if is_known or scope["method"] == "HEAD" else packing.body
    write = scope.get("extensions", {}).get(WHOLE)
    if write is None or not write(send, status, packing.lines + _lines(headers), body):
        await send({"type": "http.response.start", "status": status, "headers": [*packing.headers, *headers]})
        await send({"type": "http.response.body", "body": body})


async def send_plain(send: Send, status_code: int, headers: dict[str, str], body: bytes = b"") -> None:
    """An answer that is made for this request alone."""
    html = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-cache"}
    await send({"type": "http.response.start", "status": status_code, "headers": _raw(html | headers | SECURE)})
    await send({"type": "http.response.body", "body": body})


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def _is_known(packing: Packing, if_none_match: bytes) -> bool:
    if if_none_match == packing.etag:
        return True
    known = {each.strip().removeprefix(b"W/") for each in if_none_match.split(b",")}
    return bool(known & {packing.etag, b"*"})


def _packing(body: bytes, plain: bytes, coding: str, media_type: str, language: Language | None) -> Packing:
    etag = f'"{hashlib.sha256(plain).hexdigest()[:24]}{coding and f"-{coding}"}"'
    told = {"ETag": etag, "Content-Type": media_type, "Cache-Control": "no-cache", **SECURE}
    told |= OF_PAGES if language else OF_FILES
    told |= {"Content-Language": language} if language else {}
    told |= {"Content-Encoding": coding} if coding else {}
    headers = _raw(told)
    return Packing(etag.encode(), headers, _lines(headers), body)


def _raw(headers: Mapping[str, str]) -> Raw:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _lines(headers: Raw) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
