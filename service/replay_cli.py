"""`glasno replay`: a ticket as it stood, on the terminal or as one page."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from api.types import instant_of
from audit.replay import Past, Replay, known_then, replay, steps
from audit.replay_html import page
from audit.replay_json import values
from audit.replay_text import text
from audit.replay_told import scope, title
from audit.then import Then, then
from domain.instant import SECOND, Instant
from domain.opening_hours import instant_at
from domain.reference import is_reference
from domain.ticket import Event
from projections import positions
from projections.engine import Projector
from projections.positions import position_at
from projections.words import LANGUAGES, instant
from service.cli import AS_JSON, the_desk
from service.settings import read_settings
from service.views import WorkHeld, views_of, work_alone
from store.codec import UnknownEvent
from store.desk import Desk
from store.intake import ticket_of
from store.keys import KeyMissing
from store.log import Recorded
from store.sealing import Tampered

LOCAL: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?)?", re.ASCII)
UP_TO_DATE: Final = 10.0
"""Seconds to wait for the process that keeps the views."""


@dataclass(frozen=True)
class Asked:
    """As of when: what was known at a position of the log, and had happened by an instant."""

    position: int
    known: Instant
    happened: Instant | None

    @property
    def as_of(self) -> Instant:
        """The instant up to which clocks run."""
        return self.known if self.happened is None else min(self.known, self.happened)


@click.command(name="replay")
@click.argument("reference", metavar="REF")
@click.option("--at", "known", metavar="INSTANT", help="As known and shown then; otherwise as known now.")
@click.option("--happened", metavar="INSTANT", help="Only what had happened by then, whenever it was stored.")
@click.option("--html", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write one page to step through.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@AS_JSON
def replay_command(
    reference: str, *, known: str | None, happened: str | None, file: Path | None, language: str, as_json: bool
) -> None:
    """Show a ticket as it stood. Its clocks, each deadline segment by segment, what was said and done.

    An INSTANT is 2026-10-05T09:30:00Z, the same as a replay writes it (2026-10-05 12:30:00 +03:00), or 2026-10-05 09:30
    in the desk's zone; a date alone is its first minute.
    """
    desk = the_desk()
    zone = desk.founding.load(desk.stream)[0].zone
    try:
        past, asked = past_of(desk, reference), _asked(desk, zone, known, happened)
        shown = known_then(past, position=asked.position, happened=asked.happened)
        if not shown:
            raise click.ClickException(_too_early(past[0], asked, zone))
        _show(shown, then(desk, asked.position, language), asked, file, as_json=as_json)
    except (KeyMissing, Tampered, UnknownEvent) as fault:
        raise click.ClickException(f"{fault}; `glasno check` lists everything that is wrong") from None


def _too_early(opening: Recorded[Event], asked: Asked, zone: str) -> str:
    asked_for, at, rec = (instant(each, "en", zone) for each in (asked.as_of, opening.event.at, opening.envelope.rec))
    return f"the ticket was not there yet at {asked_for}: it was opened at {at} and stored at {rec}"


def _show(past: Past, known: Then, asked: Asked, file: Path | None, *, as_json: bool) -> None:
    book = known.configuration.book()
    stood = replay(past, book, asked.as_of)
    limits = scope(stood, known, known=asked.known, position=asked.position, happened=asked.happened)
    heading = [title(stood, known), *limits]
    if file:
        _write(file, page(list(steps(past, book, asked.as_of)), known, heading))
    if as_json:
        click.echo(json.dumps(_summary(stood, known, asked, file), ensure_ascii=False))
    elif file:
        click.echo(f"{file}: {len(past)} events")
    else:
        click.echo(text(stood, known, heading))


def _summary(stood: Replay, known: Then, asked: Asked, file: Path | None) -> dict[str, Any]:
    scope = {"position": asked.position, "known_at": asked.known, "happened": asked.happened}
    return {**values(stood, known), **scope, "html": file and str(file)}


def past_of(desk: Desk, reference: str) -> Past:
    """The events of the ticket that somebody names; told in words if there is none."""
    digits = re.sub(r"[\s-]", "", reference)
    if not is_reference(digits):
        raise click.BadParameter(
            f"{reference} is no reference: did you mistype it? It has nine digits, and the last one is a check digit"
        )
    stream = ticket_of(desk, digits)
    if stream is None:
        raise click.BadParameter(f"there is no ticket {reference} on this desk: did you mistype it?")
    return desk.log.read(stream)


def _asked(desk: Desk, zone: str, known: str | None, happened: str | None) -> Asked:
    now, head = desk.now(), desk.log.head()
    by = None if happened is None else _instant(happened, zone)
    if known is None:
        return Asked(head, now, by)
    at = _instant(known, zone)
    if at > now:
        raise click.BadParameter(f"{known} is in the future: nobody knows yet what will be known then")
    return Asked(_position(desk, at, head), at, by)


def _position(desk: Desk, at: Instant, head: int) -> int:
    """The newest event that was stored by then; an index that is not complete would answer wrongly."""
    settings = read_settings()
    views = Projector(desk.log, desk.name("configuration"), views_of(settings, desk).engine, (positions,))
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(head, UP_TO_DATE):
        raise click.ClickException("the views are behind the log: try again, or see what stopped them in the log file")
    with views.engine.connect() as connection:
        return position_at(connection, at)


def _instant(written: str, zone: str) -> Instant:
    try:
        if found := LOCAL.fullmatch(written):
            day, hour, minute, second = found.groups(default="0")
            return instant_at(zone, date.fromisoformat(day), int(hour) * 60 + int(minute)) + int(second) * SECOND
        return instant_of(written.replace(" ", "T", 1).replace(" ", ""))
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{written!r} is no instant: write 2026-10-05T09:30:00Z, 2026-10-05 09:30 or 2026-10-05"
        ) from None


def _write(file: Path, html: str) -> None:
    try:
        file.write_text(html, encoding="utf-8")
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be written: {fault.strerror}") from None
