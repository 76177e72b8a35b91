"""What bodies, queries and answers are made of: texts, keys, ids and instants, checked at the door."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from domain.event import Id
from domain.instant import Instant

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final[Instant] = 253_402_300_799_999
"""The last millisecond of the year 9999, after which RFC 3339 has no way to write an instant."""
RFC3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
EXAMPLE: Final = "2026-10-05T09:30:00.000Z"
DATE_TIME: Final = {"type": "string", "format": "date-time", "examples": [EXAMPLE]}


class In(BaseModel):
    """A body: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """An answer: every field is there, None where there is nothing to say."""

    model_config = ConfigDict(frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True)


def instant_of(text: Any) -> Instant:
    """The instant that an RFC 3339 date-time names, to the millisecond; `ValueError` if it names none from 1970 on."""
    found = RFC3339.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"expected an RFC 3339 date-time, for example {EXAMPLE}")
    day, clock, fraction, zone = found.groups()
    whole = datetime.fromisoformat(f"{day}T{clock}{zone.upper().replace('Z', '+00:00')}") - EPOCH
    instant = whole // timedelta(milliseconds=1) + int((fraction or "0").ljust(3, "0")[:3])
    if not 0 <= instant <= LAST:
        raise ValueError("expected an instant from 1970 to 9999")
    return instant


def text_of(instant: Instant) -> str:
    """The instant in RFC 3339, in UTC, with its milliseconds."""
    return (EPOCH + timedelta(milliseconds=instant)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the character U+0000 cannot be kept")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("there is nothing but white space")
    return text


InstantIn: TypeAlias = Annotated[Instant, BeforeValidator(instant_of), WithJsonSchema(DATE_TIME)]
InstantOut: TypeAlias = Annotated[Instant, PlainSerializer(text_of, return_type=str), WithJsonSchema(DATE_TIME)]

Line: TypeAlias = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable), AfterValidator(_said)]
"""A subject, a name."""
Text: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=20_000), AfterValidator(_printable), AfterValidator(_said)
]
"""What people write to each other."""
Key: TypeAlias = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,63}$", examples=["service-desk"])]
"""What the configuration calls something."""
IdIn: TypeAlias = Annotated[Id, Field(pattern="^[0-9a-f]{32}$", examples=["5f0c9d2e7a414b6c8e3d1f2a6b7c8d9e"])]
