"""What the commands about components, incidents and planned works have in common."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

import click
from pydantic import ValidationError
from sqlalchemy import Engine

from api.announced import AnnouncementOut, WordsOut, words_out
from api.announcing import Texts, Titles, spoken
from api.problems import problem_of
from api.types import instant_of, text_of
from domain.code import code_of
from domain.component import ComponentStatus
from domain.configuration.component import ComponentDefined
from domain.event import Address, Id
from domain.instant import Instant
from domain.opening_hours import instant_at
from domain.refusal import Refused
from projections import incidents, status
from projections.announced import Kind
from projections.engine import Projector
from projections.incidents import Incident, Update
from service.imports.told import mistake_in, status_of
from service.settings import read_settings
from service.views import WorkHeld, views_of, work_alone
from store.bounds import demand_of_the_desk
from store.desk import Desk
from store.people import person_of

F = TypeVar("F", bound=Callable[..., Any])
W = TypeVar("W", Titles, Texts)

LOCAL: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d))?", re.ASCII)
IDENTIFIER: Final = re.compile("[0-9a-f]{32}")
UP_TO_DATE: Final = 10.0
"""Seconds to wait for the process that keeps the views."""

BY: Final = click.option("--by", metavar="PERSON", help="Id of the person who says so; else whoever is at the console.")
CODE: Final = click.argument("code")


def words_options(*names: str) -> Callable[[F], F]:
    """`--NAME-ru` and `--NAME-en` for each name."""

    def add(command: F) -> F:
        for name in reversed(names):
            for language in ("en", "ru"):
                command = click.option(f"--{name}-{language}", default="", help=f"The {name} in that language.")(
                    command
                )
        return command

    return add


def one_of(kind: type[StrEnum]) -> dict[str, Any]:
    """What makes an option or an argument one of these words."""

    def taken(_: click.Context, __: click.Parameter, value: str | None) -> StrEnum | None:
        return None if value is None else kind(value)

    return {"type": click.Choice([each.value for each in kind]), "callback": taken}


def titles(ru: str, en: str) -> Titles | None:
    """A title, checked as the API checks it; None if there are no words."""
    return _checked(Titles, "title", ru, en)


def texts(ru: str, en: str) -> Texts | None:
    """A text likewise."""
    return _checked(Texts, "text", ru, en)


@contextmanager
def in_words() -> Iterator[None]:
    """A refusal as the sentence that the API tells it in."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(problem_of(refused, "en", "").detail) from None


def person(desk: Desk, by: str | None) -> Id | None:
    """The person of that id, if one is named; `Refused` if there is none."""
    return None if by is None else someone(desk, by)


def someone(desk: Desk, by: str) -> Id:
    """The person of that id; `Refused` if there is none."""
    if not IDENTIFIER.fullmatch(by):
        raise click.BadParameter("--by: an id has 32 hexadecimal digits")
    return person_of(desk, by).id


def known(desk: Desk) -> frozenset[str]:
    """The components of the page."""
    return frozenset(desk.configured.state().of(ComponentDefined))


def said_of(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, ComponentStatus]:
    """`KEY=STATUS`, several times."""
    return dict(map(_said, values))


def instant(desk: Desk, text: str) -> Instant:
    """An instant, or a time in the desk's zone."""
    zone = desk.founding.load(desk.stream)[0].zone
    try:
        if found := LOCAL.fullmatch(text):
            day, hour, minute = found.groups(default="0")
            return instant_at(zone, date.fromisoformat(day), int(hour) * 60 + int(minute))
        return instant_of(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time: write 2026-10-05T09:30:00Z, 2026-10-05 09:30 or 2026-10-05"
        ) from None


def moment(desk: Desk, text: str | None) -> Instant:
    """When it happened: now, unless somebody says so. `Refused` if it is still to come, or before the desk."""
    at = desk.now()
    told = at if text is None else instant(desk, text)
    demand_of_the_desk(desk, told, now=at)
    return told


@contextmanager
def views(desk: Desk) -> Iterator[Engine]:
    """What the page shows, up to date: kept so here, or by whoever holds the work lock."""
    settings = read_settings()
    engine = views_of(settings, desk).engine
    projector = Projector(desk.log, desk.name("configuration"), engine, (incidents, status))
    with suppress(WorkHeld), work_alone(settings):
        projector.catch_up()
    if not projector.wait_for(desk.log.head(), UP_TO_DATE):
        raise click.ClickException("the views are behind the log: try again, or see what keeps `glasno serve` busy")
    try:
        yield engine
    finally:
        engine.dispose()


def found(desk: Desk, code: str, kind: Kind) -> Incident:
    """The incident or the works of that code; `Refused` if there is none."""
    with views(desk) as engine, engine.connect() as connection:
        one = incidents.one(connection, code)
    if one is None or one.kind is not kind:
        raise Refused("incident_unknown" if kind is Kind.INCIDENT else "works_unknown")
    return one


def update_of(one: Incident, code: str) -> Update:
    """The update of that code; `Refused` if there is none."""
    update = next((each for each in one.updates if code_of("update", each.id) == code), None)
    if update is None:
        raise Refused("update_unknown", update=code)
    return update


def joined(desk: Desk, before: Address | None, words: Titles | Texts | None) -> Mapping[str, str]:
    """The words that there were, as far as no others take their place."""
    was = {} if before is None else words_out(desk, before).model_dump(exclude={"state"}, exclude_none=True)
    return {**was, **spoken(words)}


def lines_of(announced: AnnouncementOut) -> Iterator[str]:
    """An announcement with everything that was told, the newest first."""
    yield f"{announced.id}: {either(announced.title)}"
    yield f"on: {', '.join(announced.components) or '-'}"
    if announced.imported is not None:
        yield f"announced at first at {announced.imported.url}"
    for each in announced.updates:
        marks = [*(["told late"] if each.is_backdated else []), *(["reworded"] if each.reworded_at else [])]
        yield f"  {each.id} {told(each.at)} {each.status} {' '.join(f'({mark})' for mark in marks)}".rstrip()
        yield from (f"    {change.component}: {change.old} -> {change.new}" for change in each.affected)
        if each.text is not None:
            yield from (f"    {line}" for line in (each.text.ru, each.text.en) if line)


def either(said: WordsOut) -> str:
    """What it says, in English if that is there."""
    return said.en or said.ru or f"({said.state})"


def told(at: Instant | None) -> str:
    """An instant to the minute, in UTC."""
    return "-" if at is None else f"{text_of(at)[:16].replace('T', ' ')} UTC"


def _checked(kind: type[W], noun: str, ru: str, en: str) -> W | None:
    try:
        return kind(ru=ru or None, en=en or None) if ru or en else None
    except ValidationError as fault:
        raise click.BadParameter(f"--{noun}-{mistake_in(fault)}") from None


def _said(text: str) -> tuple[str, ComponentStatus]:
    key, _, status = text.partition("=")
    try:
        return key, status_of(status)
    except ValueError:
        raise click.BadParameter(f"{text!r}: write KEY=STATUS, STATUS one of {', '.join(ComponentStatus)}") from None
