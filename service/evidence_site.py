"""The evidence over HTTP: files that anybody may copy, and the words that say what they are.

Only names of the C2SP grammar (tlog-tiles) lead to the disk; a tile never changes, a checkpoint does.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final, TypeAlias

from anyio import to_thread
from starlette.types import Receive, Scope, Send

from audit.evidence import CHECKPOINT, Folder
from audit.one_file import one_file
from service.evidence import folder_of, log_of
from service.evidence_page import page, withheld
from service.settings import Settings
from status_page.clients import Answer
from status_page.former import former_logs
from status_page.ready import OF_FILES, SECURE
from store.desk import Desk

NUMBER: Final = r"(?:x\d{3}/){0,5}\d{3}(?:\.p/(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?"
WHICH: Final = r"(?:former/[1-9]\d{0,2}/)?"
"""Of which log: the present one, or one before it."""
TILE: Final = re.compile(rf"/evidence/({WHICH}tile/(?:0|[1-9]\d?)/{NUMBER})", re.ASCII)
ENTRIES: Final = re.compile(rf"/evidence/({WHICH}tile/entries/{NUMBER})", re.ASCII)
NEWEST: Final = re.compile(rf"/evidence/({WHICH}{CHECKPOINT})", re.ASCII)
FORMER: Final = re.compile(r"/evidence/(former/[1-9]\d{0,2}/(?:log\.vkey|successor))", re.ASCII)
KEY: Final = re.compile(r"/evidence/log\.vkey")
VERIFIER: Final = re.compile(r"/evidence/verify\.pyz")
PAGE: Final = re.compile(r"/evidence/?")
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": "application/octet-stream"}
TEXT: Final = {"Cache-Control": "no-cache", "Content-Type": "text/plain; charset=utf-8"}
ZIP: Final = {"Cache-Control": "no-cache", "Content-Type": "application/zip"}
HTML: Final = {"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"}

Told: TypeAlias = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


def evidence_site(settings: Settings, desk: Desk) -> Sequence[tuple[re.Pattern[str], Answer]]:
    """The addresses under `/evidence/`, and what answers there."""
    known, folder, level = log_of(desk), Folder(folder_of(settings)), settings.evidence
    told = page(known, settings.public_address, level, former_logs(desk))
    entries = _file(folder, FOR_EVER) if level == "public" else _words(403, TEXT, withheld(level))
    return [
        (NEWEST, _file(folder, TEXT)),
        (FORMER, _file(folder, TEXT)),
        (TILE, _file(folder, FOR_EVER)),
        (ENTRIES, entries),
        (KEY, _words(200, TEXT, f"{known.log_key}\n")),
        (VERIFIER, _kept(ZIP, one_file())),
        (PAGE, _words(200, HTML, told)),
    ]


def _file(folder: Folder, headers: dict[str, str]) -> Answer:
    async def answer(said: re.Match[str], scope: Scope, _: Receive, send: Send) -> None:
        await _send(scope, send, await to_thread.run_sync(partial(_read, folder, said[1], headers)))

    return answer


def _kept(headers: dict[str, str], content: bytes) -> Answer:
    async def answer(_: re.Match[str], scope: Scope, __: Receive, send: Send) -> None:
        await _send(scope, send, (200, headers, content))

    return answer


def _words(status: int, headers: dict[str, str], words: str) -> Answer:
    async def answer(_: re.Match[str], scope: Scope, __: Receive, send: Send) -> None:
        await _send(scope, send, (status, headers, words.encode()))

    return answer


def _read(folder: Folder, name: str, headers: dict[str, str]) -> Told:
    try:
        return 200, headers, folder.read(name)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return 404, TEXT, b"There is no such file, or not yet.\n"


async def _send(scope: Scope, send: Send, told: Told) -> None:
    status, headers, body = told
    if scope["method"] not in {"GET", "HEAD"}:
        status, headers, body = 405, {"Allow": "GET, HEAD", **TEXT}, b""
    lines = {**headers, **SECURE, **OF_FILES, "Content-Length": str(len(body))}
    raw = [(name.lower().encode(), value.encode()) for name, value in lines.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
