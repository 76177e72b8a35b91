"""What a request is going to read, as far as it can be told beforehand: it is read in one statement."""

from collections.abc import Iterator

from fastapi import Request

from domain.event import Id
from domain.token import TokenIssued, read_text
from store.desk import Desk


async def foresee(desk: Desk, request: Request, text: str) -> None:
    """Look at the configuration, at the token and whose it is, at the ticket of the address, and for a receipt."""
    if read := read_text(text):
        token, _ = read
        streams = [*_asker(desk, token), *_ticket(desk, request, token), *_receipt(desk, request, token)]
        await desk.log.look_ahead({**desk.recalled.reached(streams), **desk.configured.reached})


def _asker(desk: Desk, token: Id) -> Iterator[Id]:
    yield token
    for each in desk.recalled.known(token)[:1]:
        if isinstance(each.event, TokenIssued):
            yield each.event.person


def _ticket(desk: Desk, request: Request, token: Id) -> Iterator[Id]:
    """Not for a token that was never seen: a history may be long, and strangers make tokens up."""
    digits = request.path_params.get("reference")
    if digits and desk.recalled.known(token):
        yield (reserved := desk.name("reference", digits))
        for each in desk.recalled.known(reserved)[-1:]:
            yield each.event.holder


def _receipt(desk: Desk, request: Request, token: Id) -> Iterator[Id]:
    if key := request.headers.get("idempotency-key"):
        yield desk.name("receipt", token, key)
