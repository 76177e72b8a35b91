"""What a route needs of a request, in the order in which it is made: read off its signatures once.

As FastAPI has it: a dependency is a function, whose own parameters are dependencies, parts of the request, or the
request itself; what several depend on is made once for a request.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, Final, TypeAlias, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

JSON: Final = "application/json"
NOTHING: Final = object()

Values: TypeAlias = dict[str, Any]


class NotAsDescribed(Exception):
    """Something is wrong with a request, or it is written in an unusual way."""


@dataclass(frozen=True)
class Part:
    """A parameter that is a part of the request."""

    name: str
    place: str
    """The attribute of the request that it is looked for in."""
    alias: str
    is_list: bool
    default: Any
    """`NOTHING` if it has to be there."""
    check: Callable[..., tuple[Any, Sequence[Any]]]
    """Of what is told: what it means, and what is wrong with it."""

    def read(self, request: Request) -> Any:
        """Its value; `NotAsDescribed`."""
        place = getattr(request, self.place)
        told = (place.getlist(self.alias) or NOTHING) if self.is_list else place.get(self.alias, NOTHING)
        if told is NOTHING:
            if self.default is NOTHING:
                raise NotAsDescribed
            return [*self.default] if self.is_list else self.default
        value, faults = self.check(told)
        if faults:
            raise NotAsDescribed
        return value


@dataclass(frozen=True)
class Step:
    """A dependency, or at last the endpoint itself, and what it is called with."""

    call: Callable[..., Any]
    is_async: bool
    parts: Sequence[Part]
    body: Part | None
    made_of: Mapping[str, Callable[..., Any]]
    """Which steps before it a parameter is the result of."""
    request: str | None
    response: str | None

    def read(self, request: Request) -> Values:
        """The parts of the request that it is given; `NotAsDescribed`."""
        return {part.name: part.read(request) for part in self.parts}

    def told(self, request: Request, sent: bytes) -> Any:
        """What the body says, of which nothing is known yet but that it is JSON; `NotAsDescribed`."""
        if not self.body or (not sent and self.body.default is not NOTHING):
            return NOTHING
        return _from_json(request, sent)

    def checked(self, told: Any) -> Values:
        """What the body means; `RequestValidationError`, as FastAPI raises it."""
        if not self.body:
            return {}
        if told is NOTHING:
            return {self.body.name: self.body.default}
        value, faults = self.body.check(told, {}, loc=("body",))
        if faults:
            raise RequestValidationError(faults, body=told)
        return {self.body.name: value}

    def given(self, read: Values, made: Mapping[Any, Any], request: Request, response: Response) -> Values:
        """All that it is given."""
        for name, call in self.made_of.items():
            read[name] = made[call]
        if self.request:
            read[self.request] = request
        if self.response:
            read[self.response] = response
        return read


def steps_to(dependant: Dependant) -> Sequence[Step]:
    """Those of what it depends on, each once, and its own as the last."""
    steps: dict[Any, Step] = {}
    for each in _in_order(dependant):
        steps.setdefault(each.call, _step(each))
    return [*steps.values()]


def _in_order(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield from _in_order(each)
    yield dependant


def _step(dependant: Dependant) -> Step:
    assert dependant.call is not None  # noqa: S101 -- FastAPI made it from a function
    places = {
        "path_params": dependant.path_params,
        "query_params": dependant.query_params,
        "headers": dependant.header_params,
    }
    return Step(
        dependant.call,
        _is_async(dependant.call),
        [_part(place, field) for place, fields in places.items() for field in fields],
        next((_part("", field) for field in dependant.body_params), None),
        {each.name: each.call for each in dependant.dependencies if each.name and each.call},
        dependant.request_param_name,
        dependant.response_param_name,
    )


def _part(place: str, field: Any) -> Part:
    is_list = get_origin(field.field_info.annotation) is list
    default = NOTHING if field.field_info.is_required() else field.default
    return Part(field.name, place, field.alias, is_list, default, field.validate)


def _is_async(call: Callable[..., Any]) -> bool:
    """As an object may be that is called."""
    return iscoroutinefunction(call) or iscoroutinefunction(type(call).__call__)


def _from_json(request: Request, sent: bytes) -> Any:
    try:
        told = json.loads(sent) if request.headers.get("content-type") == JSON else None
    except (ValueError, RecursionError):
        raise NotAsDescribed from None
    if told is None:  # nor is `null` a body
        raise NotAsDescribed
    return told
