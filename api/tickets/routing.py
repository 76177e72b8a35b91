"""What the routes of all nouns have in common: their address, and the problems that any of them may answer with."""

from typing import Final

from fastapi import APIRouter

from api.problems import problems

TICKET: Final = "/v1/tickets/{reference}"


def ticket_routes(tag: str) -> APIRouter:
    """The router of one noun."""
    return APIRouter(prefix=TICKET, tags=[tag], responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 429))
