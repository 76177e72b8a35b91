"""`glasno replay`: a ticket as it stood, on the terminal or as one page."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from api.types import instant_of
from audit.replay import Past, Replay, known_then, replay, steps
from audit.replay_html import page
from audit.replay_json import values
from audit.replay_proofs import Evidence
from audit.replay_text import text
from audit.replay_told import scope, title
from audit.replay_words import say
from audit.then import Then, then
from domain.instant import SECOND, Instant
from domain.opening_hours import instant_at
from domain.reference import is_reference
from domain.ticket import Event
from projections import positions
from projections.positions import position_at
from projections.words import LANGUAGES, instant
from service.commands.output import AS_JSON
from service.commands.the_desk import the_desk
from service.reading import views_including
from service.replay_evidence import evidence_of
from service.settings import read_settings
from store.codec import UnknownEvent
from store.desk import Desk
from store.intake import ticket_of
from store.keys import KeyMissing
from store.log import Recorded
from store.sealing import Tampered

LOCAL: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?)?", re.ASCII)


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
    with readable():
        asked = asked_of(desk, known, happened)
        past = known_by(desk, past_of(desk, reference), asked)
        told = then(desk, asked.position, language)
        stood = replay(past, told.configuration.book(), asked.as_of)
        if file or as_json:
            _hand_out(stood, told, asked, evidence_of(read_settings(), desk, past), file, as_json=as_json)
        else:
            click.echo(text(stood, told, _heading(stood, told, asked)))


@contextmanager
def readable() -> Iterator[None]:
    """A log that cannot be read is told in words."""
    try:
        yield
    except (KeyMissing, Tampered, UnknownEvent) as fault:
        raise click.ClickException(f"{fault}; `glasno check` lists everything that is wrong") from None


def known_by(desk: Desk, past: Past, asked: Asked) -> Past:
    """What was known then; told in words if the ticket was not there yet."""
    known = known_then(past, position=asked.position, happened=asked.happened)
    if not known:
        raise click.ClickException(_too_early(past[0], asked, desk.founding.load(desk.stream)[0].zone))
    return known


def _too_early(opening: Recorded[Event], asked: Asked, zone: str) -> str:
    asked_for, at, rec = (instant(each, "en", zone) for each in (asked.as_of, opening.event.at, opening.envelope.rec))
    return f"the ticket was not there yet at {asked_for}: it was opened at {at} and stored at {rec}"


def _hand_out(
    stood: Replay, known: Then, asked: Asked, evidence: Evidence, file: Path | None, *, as_json: bool
) -> None:
    """The page or the values, with proofs; exit 1 if the log is not what was signed."""
    if file:
        shown = list(steps(stood.past, known.configuration.book(), asked.as_of))
        _write(file, page(shown, known, _heading(stood, known, asked), evidence))
    if as_json:
        click.echo(json.dumps(_summary(stood, known, asked, evidence, file), ensure_ascii=False))
    else:
        click.echo(f"{file}: {len(stood.past)} events, {evidence.proven} of them proven")
    if evidence.altered:
        click.echo(say("en", "altered", numbers=", ".join(map(str, evidence.altered))), err=True)
        sys.exit(1)


def _heading(stood: Replay, known: Then, asked: Asked) -> list[str]:
    limits = scope(stood, known, known=asked.known, position=asked.position, happened=asked.happened)
    return [title(stood.ticket, known), *limits]


def _summary(stood: Replay, known: Then, asked: Asked, evidence: Evidence, file: Path | None) -> dict[str, Any]:
    scope = {"position": asked.position, "known_at": asked.known, "happened": asked.happened}
    return {**values(stood, known, evidence), **scope, "html": file and str(file)}


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


def asked_of(desk: Desk, known: str | None, happened: str | None = None) -> Asked:
    """As of when, as it was written; told in words if that is no instant, or nobody knows it yet."""
    now, head, zone = desk.now(), desk.log.head(), desk.founding.load(desk.stream)[0].zone
    by = None if happened is None else _instant(happened, zone)
    if known is None:
        return Asked(head, now, by)
    at = _instant(known, zone)
    if at > now:
        raise click.BadParameter(f"{known} is in the future: nobody knows yet what will be known then")
    return Asked(_position(desk, at, head), at, by)


def _position(desk: Desk, at: Instant, head: int) -> int:
    """The newest event that was stored by then; an index that is not complete would answer wrongly."""
    with views_including(read_settings(), desk, head, positions).engine.connect() as connection:
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
