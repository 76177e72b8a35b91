"""What somebody asks the page to do: its address and its body, read within limits, and the answer that is sent."""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache, partial
from typing import Any, Final, NamedTuple, TypeAlias, cast
from urllib.parse import parse_qs

import msgspec
from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from status_page.pages.trouble import PREPARING, trouble
from status_page.press import Press
from status_page.ready import send_plain
from status_page.words import Language
from store.log import Conflict
from store.outage import OUTAGES
from store.reception import LONGEST_BODY

AT_A_TIME: Final = 2
"""Requests that are answered at a time."""
WAITING: Final = 32
"""How many may wait for that; whoever comes then is asked to come again."""
MOST_FIELDS: Final = 200
TROUBLES: Final[tuple[type[Exception], ...]] = (*OUTAGES, Conflict)
PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

Fields: TypeAlias = Mapping[str, list[str]]
Answer: TypeAlias = Callable[[re.Match[str], Scope, Receive, Send], Awaitable[None]]


class Asked(NamedTuple):
    """A request."""

    method: str
    said: Mapping[str, str | None]
    """What the address says."""
    language: Language
    asker: str
    """The network address that it comes from."""
    query: bytes
    media_type: str
    body: bytes

    @property
    def fields(self) -> Fields:
        """What a form says in the body."""
        return fields_of(self.body, self.media_type)

    @property
    def parameters(self) -> Fields:
        """What stands behind the question mark."""
        return fields_of(self.query, "")


class Told(NamedTuple):
    """An answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


Making: TypeAlias = Callable[[Asked], Told]


def answering(press: Press, preferred: Callable[[str], Language], methods: str, make: Making) -> Answer:
    """What answers by these methods, with a limit of its own, so that it keeps nobody from the page."""
    limiter = cache(partial(CapacityLimiter, AT_A_TIME))

    async def answer(said: re.Match[str], scope: Scope, receive: Receive, send: Send) -> None:
        headers, names = Headers(scope=scope), said.groupdict()
        spoken = cast(Language | None, names.get("language"))
        language = spoken or preferred(headers.get("accept-language", ""))
        if scope["method"] not in methods.split(", "):
            return await send_plain(send, 405, {"Allow": methods})
        if not press.printed.mark.position:
            return await send_plain(send, 503, {"Retry-After": "1"}, PREPARING)
        if limiter().statistics().tasks_waiting >= WAITING:
            return await _tell(send, scope, Told(503, trouble("busy", language), {"Retry-After": "1"}))
        body = await _read(receive)
        if body is None:
            return await _tell(send, scope, Told(413, trouble("long", language)))
        asker = str((scope.get("client") or ("",))[0])
        media_type = headers.get("content-type", "")
        asked = Asked(scope["method"], names, language, asker, scope["query_string"], media_type, body)
        return await _tell(send, scope, await to_thread.run_sync(_made, make, asked, limiter=limiter()))

    return answer


def fields_of(body: bytes, media_type: str) -> Fields:
    """Of `multipart/form-data` (RFC 7578, which RFC 8058 allows), of JSON, else as forms and queries are written."""
    if media_type.startswith("multipart/form-data"):
        return _of_parts(body, media_type)
    if media_type.startswith("application/json"):
        return _of_json(body)
    with suppress(ValueError):
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return {}


def _of_parts(body: bytes, media_type: str) -> Fields:
    whole = f"Content-Type: {media_type}\r\n\r\n".encode("latin-1", "replace") + body
    fields: dict[str, list[str]] = {}
    for part in BytesParser(policy=HTTP).parsebytes(whole).walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            fields.setdefault(name, []).append(bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace"))
    return fields


def _of_json(body: bytes) -> Fields:
    """Objects within objects as forms write them: `{"a": {"b": ["c"]}}` is `a[b][]=c`."""
    with suppress(msgspec.DecodeError, RecursionError):
        return _flat("", msgspec.json.decode(body))
    return {}


def _flat(name: str, value: Any) -> dict[str, list[str]]:
    if isinstance(value, dict):
        parts = (_flat(f"{name}[{key}]" if name else key, each) for key, each in value.items())
        return {key: said for part in parts for key, said in part.items()}
    if isinstance(value, list):
        return {f"{name}[]": [each for each in value if isinstance(each, str)]}
    return {name: [value]} if isinstance(value, str) else {}


def _made(make: Making, asked: Asked) -> Told:
    try:
        return make(asked)
    except TROUBLES:
        return Told(503, trouble("away", asked.language), {"Retry-After": "5"})


async def _read(receive: Receive) -> bytes | None:
    """The body; None if it is too long, or whoever asked went away in the middle of it."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_BODY or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _tell(send: Send, scope: Scope, told: Told) -> None:
    body = b"" if scope["method"] == "HEAD" else told.body
    await send_plain(send, told.status, {**PRIVATE, **told.headers, "Content-Length": str(len(told.body))}, body)
