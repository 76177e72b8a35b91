"""The site of a desk at another address, where somebody put other files in place of some."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, TypeAlias

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.evidence import CHECKPOINT, empty
from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.note import Signer, read_note, signed
from audit.tlog.tiles import WIDTH, bundle_path, unpacked

WITHHELD: Final = 403
MISSING: Final = 404

Files: TypeAlias = dict[str, bytes]


@dataclass
class Mirror:
    """What it serves instead of what the desk does."""

    address: str = ""
    instead: dict[str, bytes | int] = field(default_factory=dict)
    """By path: contents, or the status that is all there is."""
    logs: list[Files] = field(default_factory=list)
    """The evidence of each visit in turn, then of all that follow."""
    shown: Files = field(default_factory=dict)
    """That of the visit that began last."""

    def found(self, path: str) -> bytes | int | None:
        """None: whatever the desk has."""
        name = path.removeprefix("/evidence/")
        if name == CHECKPOINT and self.logs:
            self.shown = self.logs.pop(0)
        return self.shown.get(name, MISSING) if self.shown and name != path else self.instead.get(path)


@contextmanager
def mirrored(desk: str) -> Iterator[Mirror]:
    """Where it answers."""
    mirror = Mirror()
    handler = type("Handler", (_Handler,), {"desk": desk, "mirror": mirror})
    with answering(handler) as mirror.address:
        yield mirror


@contextmanager
def answering(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Where a server answers so."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def entries_of(desk: str) -> list[bytes]:
    """Everything that the log of a desk says."""
    size = checkpoint_of(desk).size
    widths = [min(WIDTH, size - first) for first in range(0, size, WIDTH)]
    names = [bundle_path(number, width) for number, width in enumerate(widths)]
    bundles = [httpx2.get(f"{desk}/evidence/{name}").content for name in names]
    return [entry for bundle, width in zip(bundles, widths, strict=True) for entry in unpacked(bundle, width)]


def checkpoint_of(desk: str) -> Checkpoint:
    """The newest one; nothing is verified."""
    return read_checkpoint(read_note(httpx2.get(f"{desk}/evidence/{CHECKPOINT}").content).text)


def signer_named(origin: str, seed: bytes = b"m") -> Signer:
    return Signer(origin, Ed25519PrivateKey.from_private_bytes(seed * 32))


def log_of(entries: Iterable[bytes], signer: Signer) -> Files:
    """The files of a log of these entries, as if nothing else had ever been."""
    files: Files = {}
    writer = empty(files.__setitem__)
    for entry in entries:
        writer.append(entry)
    writer.flush()
    files[CHECKPOINT] = signed(Checkpoint(signer.name, writer.size, writer.root).text, signer)
    return files


class _Handler(BaseHTTPRequestHandler):
    desk = ""
    mirror: Mirror

    def do_GET(self) -> None:
        status, content, kind = self._found()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(content)

    def _found(self) -> tuple[int, bytes, str]:
        instead = self.mirror.found(self.path)
        if isinstance(instead, int):
            return instead, b"", "text/plain"
        told = httpx2.get(self.desk + self.path) if instead is None else httpx2.Response(200, content=instead)
        return told.status_code, told.content, told.headers.get("Content-Type", "text/html; charset=utf-8")

    def log_message(self, *_: object) -> None:
        """Nothing."""
