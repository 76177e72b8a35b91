"""`glasno access`: who could see a ticket at an instant, why, and what they could do with it."""

import json
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any

import click

from audit.access import people_then, registered_by, seers
from audit.access_told import text, values
from audit.then import then
from domain.event import Id
from projections import trail
from projections.words import LANGUAGES
from service.commands.output import AS_JSON, with_progress
from service.commands.replay import Asked, asked_of, known_by, past_of, readable
from service.commands.the_desk import the_desk
from service.reading import views_including
from service.settings import read_settings
from store.desk import Desk


@click.command(name="access")
@click.argument("reference", metavar="REF")
@click.option("--at", "known", metavar="INSTANT", help="Who could see it then; otherwise now.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@AS_JSON
def access_command(reference: str, *, known: str | None, language: str, as_json: bool) -> None:
    """Show who could see a ticket. On what ground, and what they could do with it, by what was known at the INSTANT.

    An INSTANT is written as for `glasno replay`. Who did see it nobody can tell: reading leaves no entry in the log.
    """
    with closing(the_desk()) as desk, readable():
        asked = asked_of(desk, known)
        ticket = desk.tickets.fold(known_by(desk, past_of(desk, reference), asked))
        registered = _registered(desk, asked)
        people = with_progress(
            "reading people", len(registered), partial(people_then, desk, registered, asked.position)
        )
        told = then(desk, asked.position, language)
        found = seers(ticket, people, told.configuration, asked.known)
        limits: dict[str, Any] = {"people": len(people), "known": asked.known, "position": asked.position}
        if as_json:
            summary = {"reference": ticket.reference, "known_at": limits.pop("known"), **limits}
            click.echo(json.dumps({**summary, "seers": values(found, told)}, ensure_ascii=False))
        else:
            click.echo(text(ticket, found, told, **limits))


def _registered(desk: Desk, asked: Asked) -> Sequence[Id]:
    """Everybody who was known then."""
    with views_including(read_settings(), desk, asked.position, trail).engine.connect() as connection:
        return registered_by(connection, asked.position)
