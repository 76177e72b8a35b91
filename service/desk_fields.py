"""What the fields of a desk file hold: keys, texts in two languages, zones, durations, hours."""

from contextlib import suppress
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, StringConstraints

from domain.configuration.retention import SHORTEST
from domain.instant import DAY, Duration
from domain.opening_hours import Hours
from service.notation import duration, duration_text, hours, period, weekdays
from service.public_holidays import countries

LONGEST: Final = 366 * DAY
"""Of a promise, of a wait for an objection, of a notice: calendars do not reach much further."""
ALWAYS_ENOUGH: Final = 100 * 365 * DAY
"""Of what is kept: for longer is for ever, which is said by leaving it out."""


class Section(BaseModel):
    """A part of the file: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def plain(value: Any) -> str:
    """The value if it is a text: YAML reads some of them as numbers, dates or truth."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text: write it in quotes")  # noqa: TRY004 -- pydantic reports ValueError
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"{name!r} is not an IANA time zone: write for example Europe/Moscow") from None
    return name


def _country(code: str) -> str:
    if code not in countries():
        raise ValueError(f"{code!r} is no country whose holidays are known: write its ISO code, for example RU")
    return code


def _lasting(text: str) -> Duration:
    amount = duration(text)
    if amount > LONGEST:
        raise ValueError(f"{text!r} is longer than a year: write {duration_text(LONGEST)} at the most")
    return amount


def _kept(text: str) -> Duration:
    amount = 0
    with suppress(ValueError):
        amount = period(text)
    if not SHORTEST <= amount <= ALWAYS_ENOUGH:
        least = duration_text(SHORTEST)
        raise ValueError(f"{text!r}: write {least} at the least and 100y at the most, or leave it out to keep for ever")
    return amount


def _hours(text: str) -> Hours:
    stretches = hours(text)
    if any(opens < closed for (_, closed), (opens, _) in pairwise(stretches)):
        raise ValueError(f"{text!r} overlap or are out of order: write one after the other")
    return stretches


def _once_each(languages: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(languages)) != len(languages):
        raise ValueError("name each language once")
    return languages


Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Sentences: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]
Country: TypeAlias = Annotated[str, AfterValidator(_country)]
Languages: TypeAlias = Annotated[tuple[Literal["ru", "en"], ...], Field(min_length=1), AfterValidator(_once_each)]
Lasting: TypeAlias = Annotated[Duration, PlainValidator(lambda value: _lasting(plain(value)))]
Kept: TypeAlias = Annotated[Duration, PlainValidator(lambda value: _kept(plain(value)))]
Opening: TypeAlias = Annotated[Hours, PlainValidator(lambda value: _hours(plain(value)))]
Days: TypeAlias = Annotated[range, PlainValidator(lambda value: weekdays(plain(value)))]


class Labelled(Section):
    ru: Text
    en: Text


class Explained(Section):
    ru: Sentences
    en: Sentences


class Worded(Section):
    ru: Words
    en: Words
