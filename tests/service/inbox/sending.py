"""What tests send to a desk over NATS, what becomes of it there, and what is left of it here."""

import json
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import NotFoundError

from domain.alert import AlertEnded, AlertFired, AlertFiredAgain
from domain.event import Id
from domain.receipt import RequestReceived
from store.desk import Desk
from tests.servers.nats import Nats
from tests.service.relay.wire import LIMIT, asked

ROOT: Final = Path(__file__).resolve().parents[3]
ALERTS: Final = "glasno.inbox.alertmanager"
STARTED: Final = "2026-10-05T09:30:00Z"
DYING: Final = """
import os, signal
from nats.aio.msg import Msg
async def die(self): os.kill(os.getpid(), signal.SIGKILL)
Msg.ack = die
from service.__main__ import glasno
glasno(prog_name="glasno")
"""
"""A process that is killed where it would acknowledge its first message."""


def alert(number: int, *, ended: str = "") -> dict[str, Any]:
    """One that fires, or has ended."""
    times = {"startsAt": STARTED, "endsAt": ended or "0001-01-01T00:00:00Z"}
    labels = {"alertname": "Down", "number": str(number)}
    status = "resolved" if ended else "firing"
    return {"status": status, "labels": labels, "annotations": {}, "fingerprint": f"{number:016x}", **times}


def payload(*alerts: dict[str, Any]) -> bytes:
    return json.dumps({"version": "4", "alerts": alerts}).encode()


def send(server: Nats, body: bytes, *, subject: str = ALERTS, message_id: str | None = None) -> None:
    """Until NATS has it."""

    async def publish(stream: JetStreamContext) -> None:
        await stream.publish(subject, body, headers={Header.MSG_ID: message_id} if message_id else None)

    asked(server, publish)


def send_raw(server: Nats, headers: bytes, body: bytes, *, subject: bytes = ALERTS.encode()) -> None:
    """With headers that no library writes; until NATS has it."""
    with socket.create_connection((server.host, server.port), timeout=LIMIT) as wire:
        length = len(headers), len(headers) + len(body)
        wire.sendall(b'CONNECT {"headers":true,"verbose":false}\r\n')
        wire.sendall(b"HPUB %b %d %d\r\n%b%b\r\nPING\r\n" % (subject, *length, headers, body))
        heard = b""
        while b"PONG" not in heard:
            news = wire.recv(65_536)
            assert news, heard
            heard += news


def waiting(server: Nats, stream: str = "GLASNO_INBOX") -> int | None:
    """How many messages are there; None: there is no such stream."""

    async def count(context: JetStreamContext) -> int | None:
        try:
            return (await context.stream_info(stream)).state.messages
        except NotFoundError:
            return None

    return asked(server, count)


def buried(server: Nats) -> tuple[Mapping[str, str], bytes]:
    """The last message that was set aside."""

    async def read(context: JetStreamContext) -> tuple[Mapping[str, str], bytes]:
        found = await context.get_last_msg("GLASNO_INBOX_DEAD", "glasno.inbox.dead")
        return found.headers or {}, found.data or b""

    return asked(server, read)


def fired(desk: Desk) -> list[Id]:
    """The fingerprint of every alert as often as it began to fire."""
    events = [each.event for each in desk.log.read_all(limit=100_000)]
    assert not [each for each in events if isinstance(each, AlertFiredAgain)]
    return [each.fingerprint for each in events if isinstance(each, AlertFired)]


def ended(desk: Desk) -> int:
    return sum(isinstance(each.event, AlertEnded) for each in desk.log.read_all(limit=100_000))


def receipts(desk: Desk) -> int:
    return sum(isinstance(each.event, RequestReceived) for each in desk.log.read_all(limit=100_000))


@contextmanager
def working(environment: Mapping[str, str], *, dying: bool = False) -> Iterator[Popen[str]]:
    """A worker; it is gone afterwards."""
    command = [sys.executable, *(("-c", DYING) if dying else ("-m", "service")), "work"]
    with Popen(command, cwd=ROOT, env=environment, text=True, stdout=PIPE, stderr=PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith("Glasno is at work")
            yield process
        finally:
            process.kill()
