"""What bodies, queries and answers are made of: texts, keys, ids and instants, checked at the door."""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.event import Id
from domain.instant import SECOND, Instant

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final[Instant] = 253_402_214_399_999
"""The end of 9999-12-30 in UTC: later ones are in no calendar in some time zones, and are never written."""
RFC3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
EXAMPLE: Final = "2026-10-05T09:30:00.000Z"
BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})
"""Unicode categories of control characters and of what ends a line."""
DATE_TIME: Final = {"type": "string", "format": "date-time", "examples": [EXAMPLE]}


class In(BaseModel):
    """A body: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer: every field is there, None where there is nothing to say."""

    model_config = ConfigDict(frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True)


def instant_of(text: Any) -> Instant:
    """The instant that an RFC 3339 date-time names, to the millisecond; `ValueError` if it names none from 1970 on."""
    instant = _read(text) if isinstance(text, str) else None
    if instant is None:
        raise PydanticCustomError("no_instant", "no instant", {"example": EXAMPLE})
    if not 0 <= instant <= LAST:
        raise PydanticCustomError("instant_out_of_range", "out of range")
    return instant


def text_of(instant: Instant) -> str:
    """The instant in RFC 3339, in UTC, with its milliseconds."""
    return f"{_to_the_second(instant // SECOND)}.{instant % SECOND:03}Z"


@lru_cache(10_000)
def _to_the_second(second: int) -> str:
    """The same ones are told again and again."""
    return (EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")


def _read(text: str) -> Instant | None:
    if found := RFC3339.fullmatch(text):
        day, clock, fraction, zone = found.groups()
        with suppress(ValueError):
            whole = datetime.fromisoformat(f"{day}T{clock}{zone.upper().replace('Z', '+00:00')}") - EPOCH
            return whole // timedelta(milliseconds=1) + int((fraction or "0").ljust(3, "0")[:3])
    return None


def _printable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul_character", "U+0000")
    return text


def _one_line(text: str) -> str:
    if any(unicodedata.category(letter) in BREAKS for letter in text):
        raise PydanticCustomError("several_lines", "several lines")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("white_space_alone", "white space")
    return text


InstantIn: TypeAlias = Annotated[Instant, BeforeValidator(instant_of), WithJsonSchema(DATE_TIME)]
InstantOut: TypeAlias = Annotated[Instant, PlainSerializer(text_of, return_type=str), WithJsonSchema(DATE_TIME)]

Line: TypeAlias = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line), AfterValidator(_said)]
"""A subject, a name."""
Text: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=20_000), AfterValidator(_printable), AfterValidator(_said)
]
"""What people write to each other."""
Key: TypeAlias = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,63}$", examples=["service-desk"])]
"""What the configuration calls something."""
IdIn: TypeAlias = Annotated[Id, Field(pattern="^[0-9a-f]{32}$", examples=["5f0c9d2e7a414b6c8e3d1f2a6b7c8d9e"])]
