"""Events to plain values and back: which field goes where is read once from the dataclass, then only followed."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, TypedDict, get_args, get_origin, get_type_hints

import msgspec

from domain.event import PUBLIC, Address, Content, Id, Sealed, Shape, shape_of
from store.upcasts import shape_after, upcast

_record: Any = TypedDict
"""Called with fields that are read from a class, which a type checker cannot follow."""

RESERVED = frozenset({"_sd", "id", "rec", "src", "sv", "tk", "ty", "v", "cmd", "facts"})
"""What the envelope and the facts hold beside the event's own fields, and the name of the facts' own section."""

PLAIN = frozenset({str, int})
"""What is stored as it is, as most values are."""


class UnknownEvent(Exception):
    """The log holds an event that this version of the code has no class for: it is older than the log."""


@dataclass(frozen=True)
class Parts:
    """An event taken apart by place of storage."""

    public: Mapping[str, Any]
    facts: Mapping[str, Any]
    contents: Mapping[str, Content]


@dataclass(frozen=True)
class Plan:
    """What the codec knows of one class of events."""

    event_class: type
    shape: Shape
    fields: frozenset[str]
    public: frozenset[str]
    contents: frozenset[str]
    defaults: Mapping[str, Any]
    """What fields are that were left out: those that may be None, and those that came to the shape later."""
    values: Any
    """A TypedDict of all fields that are no content: the type that stored values are converted to."""


class Codec:
    """Knows every class of events that may stand in the log."""

    def __init__(self, classes: Iterable[type]) -> None:
        self._plans = {shape_of(each).name: plan_of(each) for each in classes}

    def split(self, event: Any) -> tuple[Shape, Parts]:
        """The event's plain values by place; fields that are None are left out."""
        plan = self._plans[shape_of(type(event)).name]
        values = {name: getattr(event, name) for name in plan.fields}
        contents = {name: value for name in plan.contents if (value := values.pop(name)) is not None}
        plain = {name: _plain(value) for name, value in values.items() if value is not None}
        owners = {name: content.owner for name, content in contents.items()}
        return plan.shape, Parts(
            public={name: value for name, value in plain.items() if name in plan.public},
            facts={name: value for name, value in plain.items() if name not in plan.public} | owners,
            contents=contents,
        )

    def knows(self, name: str, version: int) -> bool:
        """Whether an event of that shape can be read."""
        name, version = shape_after(name, version)
        return name in self._plans and version <= self._plans[name].shape.version

    def join(self, name: str, version: int, values: Mapping[str, Any], stream: Id, number: int) -> Any:
        """The event again; content fields become addresses of their sections in the stream's event `number`."""
        name, version, values = upcast(name, version, values)
        plan = self._plans.get(name)
        if plan is None or version > plan.shape.version:
            raise UnknownEvent(f"the log holds {name!r}, which this version does not know: run the newer version")
        addresses = {
            field: Address(owner=values[field], stream=stream, version=number, section=field)
            for field in plan.contents
            if field in values
        }
        event: Any = object.__new__(plan.event_class)  # its own `__init__` would take longer than all the rest
        event.__dict__.update(plan.defaults, **msgspec.convert(values, plan.values), **addresses)
        if len(event.__dict__) < len(plan.fields):
            raise TypeError(f"{name!r} is stored without {sorted(plan.fields - event.__dict__.keys())}")
        return event


@cache
def plan_of(event_class: type) -> Plan:
    """Read the annotations of an event; `TypeError` says what could not be stored as it is written."""
    hints = get_type_hints(event_class, include_extras=True)
    hints = {field.name: hints[field.name] for field in dataclasses.fields(event_class)}
    for mistake in _mistakes(event_class, hints):
        raise TypeError(f"{event_class.__name__}: {mistake}")
    contents = frozenset(name for name, hint in hints.items() if _is_content(hint))
    public = frozenset(name for name, hint in hints.items() if _is_public(hint))
    optional = {name: None for name, hint in hints.items() if _is_optional(hint)}
    others = {each.name: each.default for each in dataclasses.fields(event_class) if each.default is not MISSING}
    plain = {name: _bare(hint) for name, hint in hints.items() if name not in contents}
    values = _record(event_class.__name__, plain, total=False)
    msgspec.convert({}, values)  # it learns the types now, alone: threads that made it learn one at once would crash it
    return Plan(event_class, shape_of(event_class), frozenset(hints), public, contents, optional | others, values)


def _plain(value: Any) -> Any:
    return value if type(value) in PLAIN else msgspec.to_builtins(value)


def _mistakes(event_class: Any, hints: Mapping[str, Any]) -> Iterator[str]:
    if clash := RESERVED & hints.keys():
        yield f"{sorted(clash)} are names of the envelope"
    if not _is_public(hints.get("at")):
        yield "an event says when it happened: at: Public[Instant]"
    for field in dataclasses.fields(event_class):
        hint = hints[field.name]
        if _is_public(hint) and _is_content(_bare(hint)):
            yield f"{field.name} is somebody's words: they are never public"
        if any(_is_public(part) for part in get_args(hint)):
            yield f"{field.name} would not be public: write Public[... | None]"
        if field.default_factory is not MISSING:
            yield f"{field.name} has a default that is made anew each time: give it a value that cannot change"
        if _is_optional(hint) and field.default not in (None, MISSING):
            yield f"{field.name} may be None, which reads as left out: it cannot have another default"


def _is_public(hint: Any) -> bool:
    return get_origin(hint) is Annotated and PUBLIC in get_args(hint)[1:]


def _is_content(hint: Any) -> bool:
    return set(get_args(Sealed)) <= set(get_args(hint))


def _is_optional(hint: Any) -> bool:
    return NoneType in get_args(_bare(hint))


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint
