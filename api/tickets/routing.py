"""What the routes about a ticket have in common: their address, and the problems that any of them may answer with."""

from typing import Final

from fastapi import APIRouter

from api.routing import routes

TICKET: Final = "/v1/tickets/{reference}"


def ticket_routes(tag: str) -> APIRouter:
    """The router of one noun."""
    return routes(TICKET, tag, 400, 401, 403, 404, 409, 412, 413, 422, 429)
