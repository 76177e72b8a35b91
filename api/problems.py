"""Problems (RFC 9457): every refusal and every mistake as `application/problem+json`, in the caller's language."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from api.language import Language, preferred
from api.refusals import REFUSALS, TITLES
from api.types import Out, text_of
from domain.refusal import Refused
from store.log import Conflict

MEDIA_TYPE: Final = "application/problem+json"
HTTP_CODES: Final = {404: "not_found", 405: "method_not_allowed"}
INSTANTS: Final = frozenset({"due", "until", "start", "end", "ends", "expires_at"})
"""The facts that are instants: told as such."""


class Mistake(Out):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="Where, as a JSON pointer (RFC 6901) that starts with body, query, path or header")
    detail: str


class Problem(Out):
    """Why a request was not done (RFC 9457)."""

    type: str = Field(examples=["urn:glasno:problem:ticket_closed"])
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str = Field(description="The request: the same id as in X-Request-ID")
    code: str = Field(description="The same as in type, for programs", examples=["ticket_closed"])
    facts: dict[str, str | int] = Field(description="What the sentence in detail was made of")
    errors: list[Mistake] = Field(description="What is wrong, part by part; empty unless the code is invalid")


def report_problems(app: FastAPI) -> None:
    """Answer everything that goes wrong as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Conflict, _busy)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def problem_answer(scope: Scope, refused: Refused, errors: Sequence[Mistake] = ()) -> Response:
    """The refusal as an answer to the request of that scope."""
    language = preferred(Headers(scope=scope).get("accept-language", ""))
    problem = problem_of(refused, language, scope["state"]["request_id"], errors)
    # Escaped: what cannot be encoded may be in a name that the caller made up.
    body = json.dumps(problem.model_dump(), ensure_ascii=True)
    headers = {"Content-Language": language, "Cache-Control": "no-store", **_headers(refused)}
    return Response(body, problem.status, headers, MEDIA_TYPE)


def problem_of(refused: Refused, language: Language, request: str, errors: Sequence[Mistake] = ()) -> Problem:
    """The refusal in words."""
    refusal = REFUSALS[refused.code]
    facts = {name: _told(name, value) for name, value in refused.facts.items()}
    return Problem(
        type=f"urn:glasno:problem:{refused.code}",
        title=TITLES[refusal.status][language],
        status=refusal.status,
        detail=refusal.words[language].format_map(facts),
        instance=f"urn:glasno:request:{request}",
        code=refused.code,
        facts=facts,
        errors=list(errors),
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of the problems that it may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _told(name: str, value: str | int) -> str | int:
    return text_of(value) if name in INSTANTS and isinstance(value, int) else value


def _headers(refused: Refused) -> Mapping[str, str]:
    match refused.code:
        case "unauthenticated":
            return {"WWW-Authenticate": 'Bearer realm="glasno"'}
        case "too_many_requests":
            return {"Retry-After": str(refused.facts["retry_after"])}
        case _:
            return {}


def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Refused)  # noqa: S101 -- it is registered for these
    return problem_answer(request.scope, fault)


def _busy(request: Request, _: Exception) -> Response:
    return problem_answer(request.scope, Refused("busy"))


def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)  # noqa: S101
    mistakes = [Mistake(pointer=_pointer(each["loc"]), detail=str(each["msg"])) for each in fault.errors()]
    return problem_answer(request.scope, Refused("invalid"), mistakes)


def _pointer(where: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in where)


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)  # noqa: S101
    answer = problem_answer(request.scope, Refused(HTTP_CODES.get(fault.status_code, "malformed")))
    answer.headers.update(fault.headers or {})
    return answer


def _failed(request: Request, _: Exception) -> Response:
    return problem_answer(request.scope, Refused("failed"))
