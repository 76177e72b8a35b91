"""Requests that are sent again: with an `Idempotency-Key` they are answered as they were then, and done once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar

from fastapi import Depends, Header, Request

from api.deps import TheAsker
from domain.event import Id
from domain.instant import Instant
from domain.receipt import Event, Receipt, receive
from store.desk import Desk
from store.streams import Acted, Command, Streams

S = TypeVar("S")
E = TypeVar("E")

Act: TypeAlias = Callable[[Command], Acted[S, E]]
IdempotencyKey: TypeAlias = Annotated[
    str | None,
    Header(
        description="Sent again with the same key, the request is answered as it was then and not done again",
        min_length=1,
        max_length=128,
        pattern="^[!-~]+$",
        examples=["4b1f0a6e-order-17"],
    ),
]


class DoneBefore(Exception):
    """The request has its receipt."""


@dataclass(frozen=True)
class Asked:
    """A request to do something; without a receipt it is a new one each time."""

    command: Id
    receipt: Id | None
    digest: str
    at: Instant


async def read_body(request: Request) -> bytes:
    """The body as it was sent."""
    return await request.body()


TheBody: TypeAlias = Annotated[bytes, Depends(read_body)]


async def what_is_asked(request: Request, asker: TheAsker, idempotency_key: IdempotencyKey = None) -> Asked:
    """The request, recognised by its token and key, told from others by its method, address and body."""
    desk: Desk = request.app.state.desk
    told = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await request.body()
    digest = hashlib.sha256(told).hexdigest()
    if idempotency_key is None:
        return Asked(desk.new_id(), None, digest, asker.at)
    key = asker.token, idempotency_key
    return Asked(desk.name("command", *key), desk.name("receipt", *key), digest, asker.at)


TheRequest: TypeAlias = Annotated[Asked, Depends(what_is_asked)]


def once(desk: Desk, asked: Asked, streams: Streams[S, E], stream: Id, act: Act[S, E]) -> Acted[S, E]:
    """Do it, with its receipt in the same commit; if that is there already, tell what came of it then."""
    if asked.receipt is None:
        return act(Command(asked.command))
    try:
        _new(desk.receipts.load(asked.receipt)[0], digest=asked.digest, did=stream, at=asked.at)
        receipt = desk.receipts.intend(asked.receipt, _new, digest=asked.digest, did=stream, at=asked.at)
        acted = act(Command(asked.command, along=(receipt,)))
        if acted.is_repeated:  # perhaps another request, at once and with the same key: its receipt tells
            desk.log.look_again()
            _new(desk.receipts.load(asked.receipt)[0], digest=asked.digest, did=stream, at=asked.at)
    except DoneBefore:
        return _as_then(desk, asked, asked.receipt, streams)
    return acted


def _new(receipt: Receipt, *, digest: str, did: Id, at: Instant) -> list[Event]:
    """The receipt of a request that was not done before; `Refused` if the key was another one's."""
    received = receive(receipt, digest=digest, did=did, at=at)
    if not received:
        raise DoneBefore
    return received


def _as_then(desk: Desk, asked: Asked, receipt: Id, streams: Streams[S, E]) -> Acted[S, E]:
    """The state right after the request, and its events: they stand before its receipt in the log."""
    received = desk.log.read(receipt)[0]
    past = [each for each in streams.log.read(received.event.did) if each.position < received.position]
    mine = [each for each in past if each.envelope.command == asked.command]
    return Acted(streams.fold(past), len(past), mine)
