"""Canonical JSON: one value, one sequence of bytes.

RFC 8785 (JCS) restricted to what needs no judgement: objects with ASCII keys, lists, strings and integers below 2**53
in magnitude. Within that subset sorting the keys and writing no white space is all there is to it, so that a verifier
in any language can repeat it. Floats, booleans and null are refused: there is more than one way to write or read them.
"""

import json
from typing import Any, Final, TypeAlias

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

LARGEST: Final = 2**53
WRITTEN: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class NotCanonical(ValueError):
    """The value or the bytes are outside the canonical form; the message says where."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value; `NotCanonical` if it has none."""
    try:
        if not _is_plain(value):
            _demand(value, "$")
        return WRITTEN(value).encode()
    except RecursionError:
        raise NotCanonical("it is nested too deeply") from None
    except UnicodeEncodeError as fault:
        raise NotCanonical(f"a string holds half of a surrogate pair: {fault}") from None


def parse(raw: bytes) -> Any:
    """The value of canonical bytes; `NotCanonical` unless they are exactly what `canonical` would write."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise NotCanonical(f"no JSON: {fault}") from None
    if canonical(value) != raw:
        raise NotCanonical("the bytes differ from the canonical form of their value")
    return value


def _is_plain(value: Any) -> bool:
    """Whether it is canonical, as nearly everything is; `_demand` knows more kinds, and says where one is not."""
    kind = type(value)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_plain(item) for key, item in value.items())
    if kind is list:
        return all(map(_is_plain, value))
    return kind is str or (kind is int and abs(value) < LARGEST)


def _demand(value: Any, where: str) -> None:
    match value:
        case bool() | float() | None:
            raise NotCanonical(f"{where} is {value!r}; only strings, integers, lists, objects")
        case int():
            _demand_integer(value, where)
        case str():
            pass
        case list() | tuple():
            for index, item in enumerate(value):
                _demand(item, f"{where}[{index}]")
        case dict():
            _demand_object(value, where)
        case _:
            raise NotCanonical(
                f"{where} is a {type(value).__name__}; only strings, integers, lists and objects are canonical"
            )


def _demand_integer(value: int, where: str) -> None:
    if abs(value) >= LARGEST:
        raise NotCanonical(f"{where} is {value}; integers stay below 2**53, which every language can read")


def _demand_object(value: dict[Any, Any], where: str) -> None:
    for key, item in value.items():
        if not (isinstance(key, str) and key.isascii()):
            raise NotCanonical(f"{where} has the key {key!r}; keys are ASCII strings")
        _demand(item, f"{where}.{key}")
