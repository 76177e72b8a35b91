"""One question over HTTP, on a connection of its own: a kept one would hide that no new one can be made."""

import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from domain.instant import Instant
from monitoring.probes.certificate import context, expiry

HEADERS: Final = {"User-Agent": "Glasno", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
PLAIN: Final = frozenset({"", "identity"})
PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
"""What some servers send though they are asked not to."""
EITHER: Final = zlib.MAX_WBITS | 32
"""zlib's word for: of these, whichever it is."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: httpx2.Headers
    content: bytes
    """As it was sent, no more of it than was wanted."""
    is_whole: bool
    expires_at: Instant | None
    """When the chain of certificates expires; None without TLS."""

    def body(self, limit: int) -> bytes:
        """So many bytes of it, unpacked; `zlib.error` or `httpx2.DecodingError` if that cannot be done."""
        coding = self.headers.get("content-encoding", "").strip().lower()
        if coding in PLAIN:
            return self.content[:limit]
        if coding in PACKED:
            return zlib.decompressobj(EITHER).decompress(self.content, limit)
        raise httpx2.DecodingError(f"{coding} was not asked for")


async def ask(url: str, *, limit: int, now: Instant, method: str = "GET") -> Answer:
    """The answer as it is: no redirect is followed, and no more than `limit` bytes are read of its body.

    Raises what the network, the handshake and `httpx2` raise. It may take for ever: the caller bounds it.
    """
    async with AsyncExitStack() as ending:
        transport = httpx2.AsyncHTTPTransport(verify=context(now, web=True), trust_env=False)
        await ending.enter_async_context(transport)
        request = httpx2.Request(method, url, headers=HEADERS, extensions={"trace": _closes(ending)})
        response = await ending.enter_async_context(aclosing(await transport.handle_async_request(request)))
        tls = response.extensions["network_stream"].get_extra_info("ssl_object")
        content, is_whole = await _read(response, limit)
        return Answer(response.status_code, response.headers, content, is_whole, expiry(tls) if tls else None)


def _closes(ending: AsyncExitStack) -> Callable[[str, Mapping[str, Any]], Awaitable[None]]:
    """Ends the connection with the look: `httpcore2` leaves one open that is cancelled in the handshake."""

    async def traced(name: str, info: Mapping[str, Any]) -> None:
        if name == "connection.connect_tcp.complete":
            ending.push_async_callback(info["return_value"].aclose)

    return traced


async def _read(response: httpx2.Response, limit: int) -> tuple[bytes, bool]:
    """The beginning of the body, and whether that is all of it."""
    content = bytearray()
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            content += part
            if len(content) > limit:
                return bytes(content[:limit]), False
    return bytes(content), True
