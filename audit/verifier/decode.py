"""From the public values of an entry back to the event of `domain/` that they are of.

What is not public is not in the evidence: its place is taken by an empty value of its type. No formula reads it; that
the formulas come to the same without it is held by a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, TypeAlias, Union, get_args, get_origin, get_type_hints

from domain.event import PUBLIC, Address, shape_of
from domain.refusal import Refused

UNREADABLE: Final = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, Refused)
"""What comes of values that make no sense; whoever signed them could write anything."""
Convert: TypeAlias = Callable[[Any], Any]
_MAPPINGS: Final = (Mapping, dict)
NOWHERE: Final = Address("", "", 0, "")
"""What words are that are not disclosed."""


class Decoder:
    """Knows some classes of events by their stored names."""

    def __init__(self, classes: tuple[type, ...]) -> None:
        self.classes = {shape_of(each).name: each for each in classes}

    def event(self, name: str, values: Mapping[str, Any]) -> Any:
        """The event; any of `UNREADABLE` if the values are none of such an event."""
        event_class = self.classes[name]
        public, needed, others = plan_of(event_class)
        made = {field: convert(values[field]) for field, convert in public if field in values or field in needed}
        return event_class(**{**others, **made})


class Plan(NamedTuple):
    """How an event is made of the values of an entry."""

    public: tuple[tuple[str, Convert], ...]
    needed: frozenset[str]
    """The public fields that have no default and are never None."""
    others: Mapping[str, Any]
    """What all other fields hold, unless they are told."""


def public_of(event_class: type) -> dict[str, Any]:
    """The types of the public fields."""
    hints = get_type_hints(event_class, include_extras=True)
    return {name: get_args(hint)[0] for name, hint in hints.items() if PUBLIC in get_args(hint)[1:]}


@cache
def plan_of(event_class: type) -> Plan:
    """How the class is made."""
    hints, public = get_type_hints(event_class, include_extras=True), public_of(event_class)
    others = {
        each.name: _blank(hints[each.name]) if each.name not in public or each.default is MISSING else each.default
        for each in fields(event_class)
        if each.name not in public or each.default is not MISSING or NoneType in get_args(public[each.name])
    }
    return Plan(
        tuple((name, _converter(kind)) for name, kind in public.items()), frozenset(public.keys() - others), others
    )


def _converter(hint: Any) -> Convert:
    """From what JSON has to what the event has."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _converter(next(each for each in parts if each is not NoneType))
    if origin in (tuple, frozenset):
        return _of_many(origin, _converter(parts[0]))
    return _of_mapping(*map(_converter, parts)) if origin in _MAPPINGS else _of_one(hint)


def _of_mapping(key: Convert, value: Convert) -> Convert:
    return lambda values: {key(name): value(each) for name, each in values.items()}


def _of_many(made: Callable[[Any], Any], each: Convert) -> Convert:
    return lambda values: made(map(each, values))


def _of_one(hint: Any) -> Convert:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {each.value: each for each in hint}.__getitem__
    if hasattr(hint, "_fields"):
        return _of_named_tuple(hint)
    return _of_dataclass(hint) if is_dataclass(hint) else _exactly(hint)


def _of_named_tuple(hint: Any) -> Convert:
    known = get_type_hints(hint)
    parts = [_converter(known[name]) for name in hint._fields]
    return lambda values: hint(*(part(value) for part, value in zip(parts, values, strict=True)))


def _of_dataclass(hint: Any) -> Convert:
    known = get_type_hints(hint)
    parts = {field.name: _converter(known[field.name]) for field in fields(hint) if field.init}
    return lambda values: hint(**{name: parts[name](value) for name, value in values.items()})


def _exactly(kind: type) -> Convert:
    """A string or an integer as it is; where the other one stands, nobody meant it."""

    def convert(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return convert


def _blank(hint: Any) -> Any:
    """An empty value of a type."""
    parts = get_args(hint)
    if PUBLIC in parts[1:]:
        return _blank(parts[0])
    if NoneType in parts:
        return None
    if Address in parts:
        return NOWHERE
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if is_dataclass(hint):
        known = get_type_hints(hint)
        return hint(**{field.name: _blank(known[field.name]) for field in fields(hint)})  # type: ignore[operator]
    return {} if get_origin(hint) in _MAPPINGS else (get_origin(hint) or hint)()
