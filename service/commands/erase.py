"""`glasno erase`: what was written by or about somebody is destroyed for ever, and an act says so."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import click

from audit.evidence import Folder
from audit.tlog.note import read_key
from audit.tlog.proof import proved, verify_proof
from audit.tlog.tiles import nodes_in
from domain.erasure import ErasureStep, Ground
from domain.event import Id
from projections import entries, erasures, incidents, retention
from projections.engine import Projector
from projections.entries import entries_at
from projections.words import instant
from service.acts import Proved, categories, written
from service.commands.alerts import alert_of
from service.commands.announcing import IDENTIFIER, in_words, one_of
from service.commands.announcing import views as announced
from service.commands.organisation import organisation_of
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.erasing import carry_out
from service.evidence import folder_of, log_of, published
from service.notation import duration_text
from service.retaining import due_now
from service.settings import Settings, read_settings
from service.views import WorkHeld, views_of, work_alone
from store.desk import Desk
from store.erased import sealed_under
from store.erasing import (
    Demand,
    Whom,
    alert,
    announcement,
    erasure_at,
    erasure_of,
    organisation,
    request,
    whole_person,
)
from store.streams import Command

UP_TO_DATE: Final = 60.0
"""Seconds to wait for the process that keeps the views."""


@click.command(name="erase")
@click.argument("person", metavar="[PERSON]", required=False)
@click.option("--organisation", "firm", metavar="KEY", help="Erase a client's name and address, not its contacts.")
@click.option("--announcement", "code", metavar="CODE", help="Erase all words of an incident, or of planned works.")
@click.option("--alert", "fired", metavar="CODE", help="Erase the annotations of an alert; its labels stay.")
@click.option("--ground", **one_of(Ground), help="Why the law demands or allows it.")
@click.option("--number", default="", help="Of the request in your registry, without spaces.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--act",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the act there: Russian (order 179) and English, with the proof of the log.",
)
@click.option("--act-of", "erased", metavar="ID", help="Erase nothing: write the act of this erasure again.")
@click.option(
    "--due", is_flag=True, help="Erase nothing: how many closed tickets are due by the retention of the desk."
)
@AS_JSON
def erase_command(
    *,
    person: str | None,
    firm: str | None,
    code: str | None,
    fired: str | None,
    ground: Ground | None,
    number: str,
    yes: bool,
    folder: Path | None,
    erased: str | None,
    due: bool,
    as_json: bool,
) -> None:
    """Destroy for ever what PERSON wrote and what was written to them. Nothing brings it back.

    Everything else stays as it is: other people's words, clocks, verdicts, figures, and every proof.
    """
    named = [each for each in (person, firm, code, fired, erased, due or None) if each is not None]
    if len(named) != 1:
        raise click.UsageError(
            "name one of them: PERSON, --organisation KEY, --announcement CODE, --alert CODE, --act-of ID, or --due"
        )
    settings = read_settings()
    if due:
        _tell_due(settings, as_json=as_json)
        return
    with closing(the_desk()) as desk, in_words(), _views(settings, desk) as views:
        if erased is not None:
            stream = _completed(desk, erased)
        else:
            whom = _whom(desk, person, firm, code, fired)
            stream = erasure_of(desk, whom) or _requested(desk, views, whom, ground, number, asks=not yes)
            _carry_out(settings, desk, views, stream)
        files = _act(settings, desk, views, stream, folder) if folder else []
        state = erasure_at(desk, stream)
    told = {"id": stream, "state": state.step, "keys": state.keys, "sections": state.sections, "digest": state.digest}
    words = f"{stream}: erased, {state.keys} keys and {state.sections} texts"
    summary(told | {"files": files}, words, as_json=as_json)


def _tell_due(settings: Settings, *, as_json: bool) -> None:
    """What `glasno serve` or `glasno work` is about to delete."""
    with closing(the_desk()) as desk, _views(settings, desk) as views:
        _catch_up(settings, desk, views)
        kept, found = desk.configured.state().retention, due_now(desk, views.engine, desk.now())
        zone = desk.founding.load(desk.stream)[0].zone
    since = "" if found.since is None else f", closed since {instant(found.since, 'en', zone)}"
    words = "texts are kept for ever" if kept is None else f"texts are kept for {duration_text(kept)}"
    summary(
        {"due": found.tickets, "since": found.since, "kept": kept},
        f"{words}; tickets due: {found.tickets}{since}",
        as_json=as_json,
    )


def _whom(desk: Desk, person: str | None, firm: str | None, code: str | None, fired: str | None) -> Whom:
    if person is not None:
        return whole_person(desk, _identifier(person))
    if firm is not None:
        return organisation(desk, organisation_of(desk, firm))
    if fired is not None:
        return alert(desk, alert_of(desk, fired).stream)
    with announced(desk) as engine, engine.connect() as connection:
        found = incidents.one(connection, code or "")
    return announcement(desk, found.stream if found else "0" * 32)


def _completed(desk: Desk, erased: str) -> Id:
    if erasure_at(desk, _identifier(erased)).step is not ErasureStep.COMPLETED:
        raise click.ClickException("it is not complete yet: `glasno serve` or `glasno work` goes on with it")
    return erased


def _requested(desk: Desk, views: Projector, whom: Whom, ground: Ground | None, number: str, *, asks: bool) -> Id:
    """Ask whoever typed it, and request it."""
    if ground is None:
        raise click.UsageError(f"say on what ground: --ground {'|'.join(Ground)}")
    _tell(desk, whom)
    if asks:
        click.confirm("Nothing brings it back. Erase it?", abort=True, err=True)
    _catch_up(read_settings(), desk, views)
    with views.engine.connect() as connection:
        administrators = erasures.administrators(connection)
    command = Command(desk.new_id())
    request(desk, command, whom, Demand(ground, desk.now(), number, administrators=administrators))
    return erasure_of(desk, whom) or command.id


def _carry_out(settings: Settings, desk: Desk, views: Projector, stream: Id) -> None:
    """What is left of it."""
    if erasure_at(desk, stream).step is ErasureStep.COMPLETED:
        click.echo("it was erased before", err=True)
        return
    _catch_up(settings, desk, views)
    click.echo("destroying the keys and deleting the texts", err=True)
    carry_out(desk, views.engine, stream)


def _tell(desk: Desk, whom: Whom) -> None:
    """What will be gone."""
    found = sealed_under(desk, desk.keys.ids_of(whom.identities), desk.log.head())
    duplicates = sorted(whom.identities - {whom.subject})
    click.echo(f"{whom.kind} {whom.subject}{''.join(f' = {each}' for each in duplicates)}:", err=True)
    for words, count in categories(found.counts, "en"):
        click.echo(f"  {count} {words}", err=True)
    click.echo(f"  {sum(found.counts.values())} texts in all", err=True)


@contextmanager
def _views(settings: Settings, desk: Desk) -> Iterator[Projector]:
    """Those that erasing needs."""
    engine = views_of(settings, desk).engine
    yield Projector(desk.log, desk.name("configuration"), engine, (erasures, entries, retention))
    engine.dispose()


def _catch_up(settings: Settings, desk: Desk, views: Projector) -> None:
    """Bring the views up to date, here or by whoever keeps them."""
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(desk.log.head(), UP_TO_DATE):
        raise click.ClickException(
            "the views are behind the log: what was requested already, `glasno serve` or `glasno work` goes on with"
        )


def _act(settings: Settings, desk: Desk, views: Projector, stream: Id, folder: Path) -> list[str]:
    """Write the act; the names of its files."""
    _catch_up(settings, desk, views)
    past = desk.log.read(stream)
    with views.engine.connect() as connection:
        numbers = [entries_at(connection, each.position) - 1 for each in past]
    files = dict(written(desk, past, numbers, _proved(settings, desk, numbers[-1], past[-1].position)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as fault:
        raise click.ClickException(f"{folder} cannot be written: {fault.strerror}") from None
    return list(files)


def _proved(settings: Settings, desk: Desk, number: int, position: int) -> Proved | None:
    """None as long as no checkpoint covers the entry."""
    note, checkpoint = published(settings, desk) or (b"", None)
    if checkpoint is None or number >= checkpoint.size:
        click.echo("under no checkpoint yet: for the proof write the act again in a minute, with --act-of", err=True)
        return None
    entry = next(raw for _, raw in desk.log.envelopes(after=position - 1))
    proof = proved(nodes_in(Folder(folder_of(settings)).read, checkpoint.size), number, checkpoint, note)
    verify_proof(proof, entry, [read_key(log_of(desk).log_key)])
    return Proved(entry, proof)


def _identifier(text: str) -> Id:
    if not IDENTIFIER.fullmatch(text):
        raise click.BadParameter(f"{text!r}: an id has 32 hexadecimal digits")
    return text
