"""Problems (RFC 9457): every refusal and every mistake as `application/problem+json`, in the caller's language."""

import json
import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from api.described import methods_there
from api.language import Language, preferred
from api.mistakes import in_words
from api.refusals import REFUSALS, TITLES
from api.types import Out, text_of
from domain.refusal import Refused
from projections.words import WORDS, word
from store.log import Conflict
from store.outage import OUTAGES, is_full

LOGGER: Final = logging.getLogger("glasno.api")
MEDIA_TYPE: Final = "application/problem+json"
SOON: Final = 2
"""Seconds after which it is worth asking again when a database was away."""
HTTP_CODES: Final = {404: "not_found", 405: "method_not_allowed"}
SECRETS: Final = frozenset({"secret", "text"})
"""The parts of paths that stand for a token: of a heartbeat, of a subscription."""
INSTANTS: Final = frozenset({"earliest", "due", "until", "start", "end", "ends", "expires_at", "last", "latest", "at"})
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
    for outage in OUTAGES:
        app.add_exception_handler(outage, _unavailable)
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
        detail=refusal.words[language].format_map(_spoken(facts, language)),
        instance=f"urn:glasno:request:{request}",
        code=refused.code,
        facts=facts,
        errors=list(errors),
    )


def sentence(refused: Refused, language: Language) -> str:
    """The refusal as one sentence, where there is no problem to answer with."""
    return problem_of(refused, language, "").detail


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of the problems that it may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _spoken(facts: Mapping[str, str | int], language: Language) -> Mapping[str, str | int]:
    """Values that have words in words."""
    return {
        name: word(value, language) if isinstance(value, StrEnum) and type(value) in WORDS else value
        for name, value in facts.items()
    }


def _told(name: str, value: str | int) -> str | int:
    return text_of(value) if name in INSTANTS and isinstance(value, int) else value


def _headers(refused: Refused) -> Mapping[str, str]:
    match refused.code:
        case "unauthenticated":
            return {"WWW-Authenticate": 'Bearer realm="glasno"'}
        case "too_many_requests" | "subscriptions_full":
            return {"Retry-After": str(refused.facts["retry_after"])}
        case "unavailable" | "storage_full":
            return {"Retry-After": str(SOON)}
        case _:
            return {}


def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Refused)  # noqa: S101 -- it is registered for these
    return problem_answer(request.scope, fault)


def _busy(request: Request, _: Exception) -> Response:
    return problem_answer(request.scope, Refused("busy"))


def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)  # noqa: S101 -- the same
    errors, language = fault.errors(), preferred(request.headers.get("accept-language", ""))
    if any(each["type"] == "json_invalid" or isinstance(each.get("input"), bytes) for each in errors):
        return problem_answer(request.scope, Refused("malformed"))
    mistakes = [Mistake(pointer=_pointer(each["loc"]), detail=in_words(each, language)) for each in errors]
    return problem_answer(request.scope, Refused("invalid"), mistakes)


def _pointer(where: Sequence[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in where)


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)  # noqa: S101 -- the same
    answer = problem_answer(request.scope, Refused(HTTP_CODES.get(fault.status_code, "malformed")))
    answer.headers.update(fault.headers or {})
    if fault.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (methods := methods_there(request)):
        answer.headers["Allow"] = ", ".join(methods)
    return answer


def _unavailable(request: Request, fault: Exception) -> Response:
    """Nobody's fault who asks: whether a change was stored, the same idempotency key will tell."""
    told = request.state.request_id, request.method, _path(request), str(fault).partition("\n")[0]
    LOGGER.error("request %s: %s %s met an outage: %s", *told)
    if not is_full(fault):
        return problem_answer(request.scope, Refused("unavailable"))
    request.app.state.full_at = request.app.state.desk.now()
    return problem_answer(request.scope, Refused("storage_full"))


def _failed(request: Request, _: Exception) -> Response:
    """The server logs the fault itself; here is which request it was."""
    LOGGER.error("request %s failed: %s %s", request.state.request_id, request.method, _path(request))
    return problem_answer(request.scope, Refused("failed"))


def _path(request: Request) -> str:
    """As it may stand in a log: without what only the bearer of an address is to know."""
    path = request.url.path
    for name in SECRETS & request.path_params.keys():
        path = path.replace(request.path_params[name], f"{{{name}}}")
    return path
