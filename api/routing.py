"""Routes that answer without detours: what follows from the signature of a route is worked out once.

FastAPI describes each route, and says what is wrong with a request. For one with which nothing is wrong it would look
through the signatures all over again, which takes as long as many an answer.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from api.described import known_query
from api.limits import told_once
from api.problems import problems
from api.steps import JSON, NotAsDescribed, Values, steps_to


def routes(prefix: str, tag: str, *statuses: int) -> APIRouter:
    """The router of one noun, with the problems that any of its routes may answer with."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        responses=problems(*statuses),
        dependencies=[Depends(known_query)],
        route_class=Straight,
    )


class Straight(APIRoute):
    """Answers what is asked as it is described; anything else is left to FastAPI, which says what is wrong with it.

    A route waits: a thread does its work, and no second one writes the answer.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        super().__init__(path, endpoint, **described)
        *self._before, self._last = steps_to(self.dependant)
        self.usual, self.app = self.app, self._straight

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Nearly all of them are asked in vain."""
        return super().matches(scope) if self.path_regex.match(scope["path"]) else (Match.NONE, {})

    async def _straight(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, response = Request(scope, receive), Response()
        body = await request.body()
        try:
            values = await self._solved(request, response, body)
        except NotAsDescribed:
            await self.usual(scope, told_once(body, receive), send)
        else:
            answer = await run_in_threadpool(self._answer, values, response)
            await answer(scope, receive, send)

    async def _solved(self, request: Request, response: Response, body: bytes) -> Values:
        """What the endpoint is given. What FastAPI may have to begin anew with is read before anything is done.

        The body is checked last: that takes long, and who sends it may be nobody, or have asked too often.
        """
        read = [step.read(request) for step in (*self._before, self._last)]
        told = self._last.told(request, body)
        made: dict[Any, Any] = {}
        for step, values in zip(self._before, read, strict=False):
            given = step.given(values, made, request, response)
            made[step.call] = await (step.call(**given) if step.is_async else run_in_threadpool(step.call, **given))
        return self._last.given(read[-1] | self._last.checked(told), made, request, response)

    def _answer(self, values: Values, response: Response) -> Response:
        """What is no answer yet is told as its model has it, with the headers that were set on the way."""
        told = self._last.call(**values)
        if isinstance(told, Response):
            return told
        assert self.response_field is not None  # noqa: S101 -- every endpoint says what it returns
        model, faults = self.response_field.validate(told, {}, loc=("response",))
        if faults:
            raise ResponseValidationError(faults, body=told)
        answer = Response(self.response_field.serialize_json(model), self.status_code or 200, media_type=JSON)
        answer.raw_headers += (each for each in response.raw_headers if each[0] != b"content-length")
        return answer
