"""What the routes of all nouns have in common: address, thread, and the problems that any of them may answer with."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from api.problems import problems

TICKET: Final = "/v1/tickets/{reference}"


def ticket_routes(tag: str) -> APIRouter:
    """The router of one noun."""
    told = problems(400, 401, 403, 404, 409, 412, 413, 422, 429)
    return APIRouter(prefix=TICKET, tags=[tag], responses=told, route_class=OnOneThread)


class OnOneThread(APIRoute):
    """A route that waits, and whose answer is short: a thread does its work, and no second one writes the answer."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        @wraps(endpoint)
        async def aside(**given: Any) -> Any:
            return await run_in_threadpool(endpoint, **given)

        super().__init__(path, aside, **described)
