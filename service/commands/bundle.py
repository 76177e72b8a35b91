"""`glasno audit bundle`: what a client is given to verify its own tickets with, without asking anybody."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

import click
from sqlalchemy import Connection

from audit.bundle import Bundled, Bundling, client_of, write_bundle
from audit.tlog.merkle import NotProved
from audit.tlog.note import Malformed, Unverified
from audit.tlog.tiles import BrokenTile
from domain.access import Caller, scope_of
from domain.event import Id
from domain.refusal import Refused
from projections import entries
from projections import ticket as ticket_view
from projections.entries import entries_at
from projections.scope import Filters
from service.commands.organisation import organisation_of
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.evidence import proving_of
from service.reading import views_including
from service.settings import Settings, read_settings
from store.desk import Desk
from store.keys import KeyMissing
from store.people import person_of
from store.sealing import Tampered

IDENTIFIER: Final = re.compile("[0-9a-f]{32}")
PAGE: Final = 200


@click.command(name="bundle")
@click.option("--organisation", "--organization", "firm", metavar="KEY", required=True, help="Whose tickets.")
@click.option("--person", metavar="PERSON", help="Only what this contact of the organisation sees; otherwise all.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@AS_JSON
def bundle_command(firm: str, *, person: str | None, file: Path, as_json: bool) -> None:
    """Write FILE, a ZIP with a client's own events in clear, each with the proof that it stands in the log.

    The client verifies it by `glasno audit verify FILE`, offline. Of other clients there is nothing in it.
    """
    settings = read_settings()
    with closing(the_desk()) as desk:
        organisation = organisation_of(desk, firm)
        client = _client(desk, organisation, person)
        try:
            bundled = _write(settings, desk, client, organisation, file)
        except (BrokenTile, FileNotFoundError, Malformed, NotProved, Unverified, KeyMissing, Tampered) as fault:
            raise click.ClickException(f"the log or its evidence is not whole ({fault}): run `glasno check`") from None
    told = {"organisation": firm, "file": str(file), **vars(bundled)}
    summary(told, _in_words(file, bundled), as_json=as_json)


def _in_words(file: Path, bundled: Bundled) -> str:
    newer = f"; {bundled.waiting} newer ones are under no checkpoint yet: do it again" if bundled.waiting else ""
    return f"{file}: {bundled.entries} events of {bundled.tickets} tickets{newer}"


def _client(desk: Desk, organisation: Id, person: str | None) -> Caller:
    if person is None:
        return client_of(organisation)
    try:
        found = person_of(desk, person if IDENTIFIER.fullmatch(person) else "")
    except (Refused, ValueError):
        raise click.BadParameter(f"there is no person {person}: `glasno person add` told the id") from None
    if organisation not in found.organisations:
        raise click.BadParameter(f"{person} is no contact of that organisation")
    return client_of(organisation, found)


def _write(settings: Settings, desk: Desk, client: Caller, organisation: Id, file: Path) -> Bundled:
    proving = proving_of(settings, desk)
    views = views_including(settings, desk, desk.log.head(), entries, ticket_view)
    published = proving.published()
    if published is None:
        raise click.ClickException("nothing is signed yet: `glasno audit sign`")
    with views.engine.connect() as connection, _whole(file) as target:
        made_of = Bundling(desk, proving.key, published, lambda position: entries_at(connection, position) - 1)
        return write_bundle(target, made_of, client, [*_tickets(connection, client, organisation)])


def _tickets(connection: Connection, client: Caller, organisation: Id) -> Iterator[Id]:
    """Page by page."""
    cursor, scope = None, scope_of(client)
    while True:
        page = ticket_view.page(connection, scope, Filters(organisation=organisation), cursor=cursor, limit=PAGE)
        yield from (each.stream for each in page.tickets)
        if (cursor := page.cursor) is None:
            return


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """The file is there once it is whole."""
    aside = file.with_name(f".{file.name}.new")
    try:
        with _writable(aside) as target:
            yield target
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)


def _writable(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as fault:
        raise click.ClickException(f"{path.parent} cannot be written: {fault.strerror}") from None
