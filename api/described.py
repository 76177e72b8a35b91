"""What the API's description says of an address: its methods, and the query parameters that each of them knows."""

from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.routing import compile_path

from domain.refusal import Refused

METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


def methods_there(request: Request) -> list[str]:
    """The methods that the address knows (RFC 9110, 10.2.1), whichever routes have them."""
    paths: dict[str, Any] = request.app.openapi()["paths"]
    there = [each for template, each in paths.items() if compile_path(template)[0].match(request.url.path)]
    known = {method.upper() for each in there for method in METHODS & each.keys()}
    return sorted(known | {"HEAD"} if "GET" in known else known)


async def known_query(request: Request) -> None:
    """Refuse what the route does not know: a mistyped filter would find everything, a date be taken for now."""
    if not request.query_params:
        return
    described = request.app.openapi()["paths"][request.scope["route"].path][request.method.lower()]
    known = {each["name"] for each in described.get("parameters", ()) if each["in"] == "query"}
    strange = [name for name in request.query_params if name not in known]
    if "at" in strange:
        raise Refused("told_as_of_now")
    if strange:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in strange])
