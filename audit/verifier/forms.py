"""The usual form of an entry: for each kind of event one pattern, which says that it is canonical, and what it tells.

This is a quicker way, and no other reading: whatever has another form (escapes, lists, fields that nobody knows yet) is
read value by value, as in `entry` and `decode`, where it is also told what is wrong with it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from functools import cache
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, TypeAlias, Union, get_args, get_origin

from audit.verifier.decode import plan_of, public_of
from audit.verifier.entry import DIGEST, SOURCES, Entry
from domain.event import shape_of

Convert: TypeAlias = Callable[[Any], Any]
"""From the text of a value, or from None if it is not there."""

NAME: Final = b'"ty":"'
"""What stands before the name of an event; where it is part of something else, no pattern matches."""
STRING: Final = r'"([ !#-\[\]-~]*+)"'
INTEGER: Final = r"(0|-?[1-9][0-9]{0,14}+)"
INSTANT: Final = r"(0|[1-9][0-9]{0,13}+)"
"""One before `entry.FAR`."""
VERSION: Final = "[1-9][0-9]{0,8}"
ENVELOPE: Final = {
    "_sd": rf'\[("{DIGEST}"(?:,"{DIGEST}")*+)\]',
    "at": INSTANT,
    "rec": INSTANT,
    "src": f'"({"|".join(SOURCES)})"',
    "sv": INTEGER,
    "tk": STRING,
}
"""What is read of every entry."""


class Form(NamedTuple):
    """How the entries of one kind look, and what event they tell."""

    event_class: type
    name: str
    match: Callable[[str], re.Match[str] | None]
    told: Callable[[tuple[str | None, ...]], tuple[Any, ...]]
    """From what it matches: what is read of the envelope, then the public fields."""
    fields: tuple[str, ...]
    converts: tuple[Convert, ...]
    """One for each public field."""
    others: Mapping[str, Any]
    """What the fields hold that are not public."""


class Forms:
    """Those of some classes of events, as far as they have one."""

    def __init__(self, classes: Iterable[type]) -> None:
        self._classes = {shape_of(each).name.encode(): each for each in classes}
        self._forms: dict[bytes, Form] = {}

    def entry(self, index: int, raw: bytes) -> Entry | None:
        """The entry with its event; None if it does not have the usual form."""
        name = raw.rpartition(NAME)[2].partition(b'"')[0]
        form = self._forms.get(name) or self._made(name)
        found = form.match(raw.decode("latin-1")) if form else None
        if not form or not found:
            return None
        digests, at, rec, source, number, stream, *told = form.told(found.groups())
        if "," in digests and _has_twice(digests.split(",")):
            return None
        instants = int(at), int(rec)
        return Entry(index, form.name, *instants, SOURCES[source], stream, int(number), {}, _event(form, told))

    def _made(self, name: bytes) -> Form | None:
        """The form of a kind that was not read before."""
        form = _form(self._classes[name]) if name in self._classes else None
        if form:
            self._forms[name] = form
        return form


def _event(form: Form, told: list[str | None]) -> Any:
    """Made as `pickle` makes it back: a frozen class takes three times as long to set its fields."""
    event: Any = object.__new__(form.event_class)
    values = vars(event)
    values.update(form.others)
    for field, convert, text in zip(form.fields, form.converts, told, strict=True):
        values[field] = convert(text)
    return event


def _has_twice(digests: list[str]) -> bool:
    return len({*digests}) < len(digests)


@cache
def _form(event_class: type) -> Form | None:
    """None if there are lists or objects in it, or if it is more than its fields."""
    name, public, others = shape_of(event_class).name, public_of(event_class), plan_of(event_class).others
    kinds = {field: kind for field, hint in public.items() if (kind := _kind(hint))}
    if len(kinds) < len(public) or hasattr(event_class, "__post_init__"):
        return None
    values, optional = {field: _pattern(kind) for field, kind in kinds.items()} | ENVELOPE, kinds.keys() & others.keys()
    told = itemgetter(*map(sorted(values).index, [*ENVELOPE, *kinds]))
    converts = tuple(_convert(kind, field in optional, others.get(field)) for field, kind in kinds.items())
    match = _matching(values | {"ty": re.escape(f'"{name}"'), "v": VERSION}, optional)
    return Form(event_class, name, match, told, tuple(kinds), converts, others)


def _kind(hint: Any) -> type | None:
    """Whether a value is a string, an integer or one of some words, should it be there at all."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = [each for each in parts if each is not NoneType]
    is_one = len(kinds) == 1 and isinstance(kinds[0], type)
    return kinds[0] if is_one and (kinds[0] in (str, int) or issubclass(kinds[0], StrEnum)) else None


def _pattern(kind: type) -> str:
    if issubclass(kind, StrEnum):
        return f'"({"|".join(map(re.escape, kind))})"'
    return INTEGER if kind is int else STRING


def _matching(values: Mapping[str, str], optional: Collection[str]) -> Callable[[str], re.Match[str] | None]:
    """Matches an object in its canonical form; the first of all names is `_sd`, which is never missing."""
    members = {field: f',"{field}":{value}' for field, value in sorted(values.items())}
    told = [f"(?:{member})?" if field in optional else member for field, member in members.items()]
    return re.compile(rf"\{{{''.join(told).removeprefix(',')}\}}", re.ASCII).fullmatch


def _convert(kind: type, is_optional: bool, absent: Any) -> Convert:
    convert: Convert = {each.value: each for each in kind}.__getitem__ if issubclass(kind, StrEnum) else kind
    return (lambda text: absent if text is None else convert(text)) if is_optional else convert
