"""A connection to NATS, which is never made anew: whoever lost one begins where the stream ends."""

import base64
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoServersError
from nats.js.api import Header

from service.relay.access import Password, Server, Token, login_of, trust_of

PATIENCE: Final = 5
"""Seconds to wait for a connection."""


@asynccontextmanager
async def connected(
    server: Server,
    address: str,
    lost: Callable[[Exception], None],
    *,
    name: str = "glasno relay",
    inbox: str = "_INBOX",
) -> AsyncIterator[Client]:
    """Connected to one address; `lost` hears why that ended. `OSError` or an error of the library if it cannot be.

    Answers come to subjects that begin with `inbox`.
    """
    client = Wary()
    logging.getLogger("asyncio").addFilter(_is_news)
    faults: list[Exception] = []

    async def fault(error: Exception) -> None:
        faults.append(error)

    async def closed() -> None:
        lost(client.last_error or ConnectionResetError("the connection was closed"))

    try:
        await client.connect(
            [address], name=name, inbox_prefix=inbox, connect_timeout=PATIENCE, allow_reconnect=False,
            max_reconnect_attempts=1, reconnect_time_wait=0, error_cb=fault, closed_cb=closed,
            **_secured(server, address, client),
        )  # fmt: skip
    except NoServersError as none:
        raise faults[-1] if faults else none from None
    try:
        _demand_cipher(client, address)
        yield client
    finally:
        await client.close()


class Wary(Client):
    """The library's, which believes senders: of what they write it takes some for words of the server's, and drops it.

    Of what is no text it breaks. Both would hold up everybody: a message is delivered until somebody acknowledges it.
    """

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (UnicodeDecodeError, IndexError):
            return None

    def _build_message(
        self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: dict[str, str] | None
    ) -> Msg | None:
        """What can be acknowledged somebody sent; words of the server cannot."""
        if reply and headers:
            headers.pop(Header.STATUS, None)
        named = subject.decode(errors="replace").encode()
        message: Msg | None = super()._build_message(sid, named, reply, data, headers)
        return message


def _is_news(record: logging.LogRecord) -> bool:
    """Of every connection with TLS that ends this is said, because of how the library makes them."""
    return "eof_received" not in record.msg


def _secured(server: Server, address: str, client: Client) -> dict[str, Any]:
    cipher = {"tls": trust_of(server.authority)} if address.startswith("tls:") else {}
    match login_of(server.credentials) if server.credentials else None:
        case None:
            return cipher
        case Password(user, secret):
            return cipher | {"user": user, "password": lambda: _in_cipher(client, address, secret)}
        case Token(token, key):
            return cipher | {"user_jwt_cb": lambda: token, "signature_cb": lambda nonce: _signed(key, nonce)}


def _signed(key: Ed25519PrivateKey, nonce: str) -> bytes:
    return base64.b64encode(key.sign(nonce.encode()))


def _in_cipher(client: Client, address: str, secret: str) -> str:
    """The secret, once nobody else hears it."""
    _demand_cipher(client, address)
    return secret


def _demand_cipher(client: Client, address: str) -> None:
    """Whoever sits between us and the server may say in its name that it knows no TLS: the library would believe it."""
    if address.startswith("tls:") and not client._server_info.get("tls_required"):  # noqa: SLF001 -- not told otherwise
        raise ssl.SSLError(f"{address} offers no TLS")
