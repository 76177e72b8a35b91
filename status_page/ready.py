"""Ready bytes: a document packed in every way that it may be asked for, with its headers and its validator."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import brotli
from starlette.datastructures import Headers
from starlette.types import Scope, Send

from status_page.html import CSS_HASH, SCRIPT_HASH
from status_page.words import Language

POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{CSS_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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

Raw: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Packing:
    """One representation."""

    etag: str
    headers: Raw
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


def accepted(headers: Headers) -> str:
    """The best coding that `Accept-Encoding` allows (RFC 9110, 12.5.3)."""
    parts = (part.partition(";") for part in headers.get("accept-encoding", "").lower().split(","))
    allowed = {name.strip() for name, _, q in parts if q.replace(" ", "") not in REFUSED}
    return next((coding for coding in ("br", "gzip") if coding in allowed), "")


async def send_ready(send: Send, ready: Ready, scope: Scope, vary: str, cached: str = "no-cache") -> None:
    """The bytes, or 304 if the asker has these (RFC 9110, 13.1.2)."""
    headers = Headers(scope=scope)
    packing = ready[accepted(headers)]
    known = {each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")}
    is_known = bool(known & {packing.etag, "*"})
    raw = [*packing.headers, (b"vary", vary.encode()), (b"cache-control", cached.encode())]
    if not is_known:
        raw.append((b"content-length", str(len(packing.body)).encode()))
    await send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": raw})
    body = b"" if is_known or scope["method"] == "HEAD" else packing.body
    await send({"type": "http.response.body", "body": body})


async def send_plain(send: Send, status_code: int, headers: dict[str, str], body: bytes = b"") -> None:
    """An answer that is made for this request alone."""
    html = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Cache-Control": "no-cache"}
    await send({"type": "http.response.start", "status": status_code, "headers": _raw(html | headers | SECURE)})
    await send({"type": "http.response.body", "body": body})


def _packing(body: bytes, plain: bytes, coding: str, media_type: str, language: Language | None) -> Packing:
    etag = f'"{hashlib.sha256(plain).hexdigest()[:24]}{coding and f"-{coding}"}"'
    told = {"ETag": etag, "Content-Type": media_type, **SECURE, **(OF_PAGES if language else OF_FILES)}
    told |= {"Content-Language": language} if language else {}
    told |= {"Content-Encoding": coding} if coding else {}
    return Packing(etag, _raw(told), body)


def _raw(headers: Mapping[str, str]) -> Raw:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
