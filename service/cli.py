"""The command line: `glasno COMMAND`. Progress goes to standard error; with `--json` the summary is the last line."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import psycopg

from audit.check import Report, check
from audit.evidence import CHECKPOINT, Folder
from audit.evidence_check import check_evidence
from audit.tlog.note import Malformed, Unverified
from audit.views import check_views
from domain.refusal import Refused
from projections import ALL
from projections.engine import Projector
from projections.rebuild import rebuild
from service.apply import Plan, carry_out, in_words, plan
from service.build import LOST, build_desk
from service.desk_yaml import BadDeskFile, read_desk_file
from service.evidence import folder_of, published
from service.process import collect_seldom
from service.restore import RESTORING
from service.settings import Misconfigured, Settings, read_settings
from service.views import views_of
from store.codec import UnknownEvent
from store.desk import Desk
from store.keys import KeyMissing, WrongMaster

T = TypeVar("T")

RESTORE: Final = (
    "; log.db and keys.db are restored from their backups, views.db may be deleted: it is built anew from the log"
)
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")


class Commands(click.Group):
    """Commands that tell in words what a database answers: full, locked, damaged, not to be written."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except UnknownEvent as fault:
            raise click.ClickException(str(fault)) from None
        except Exception as fault:
            if answered := next(filter(_is_of_a_database, _causes(fault)), None):
                advice = "" if isinstance(answered, sqlite3.OperationalError | psycopg.OperationalError) else RESTORE
                raise click.ClickException(f"a database of the desk cannot be used: {answered}{advice}") from None
            raise


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__


def _is_of_a_database(fault: BaseException) -> bool:
    """Whether a database says so of itself; what it says of a statement is a fault of ours."""
    return type(fault) in (sqlite3.DatabaseError, sqlite3.OperationalError, psycopg.OperationalError)


@click.group(cls=Commands)
def glasno() -> None:
    """A service desk whose history cannot be quietly rewritten."""


@glasno.command(name="check")
@AS_JSON
def check_command(*, as_json: bool) -> None:
    """Prove that the log is what was stored. And that views and evidence are what the log says; exit 1 if not."""
    with closing(the_desk()) as desk:
        report = with_progress("checking the log", desk.log.head(), lambda heard: check(desk, heard))
        views = [] if report.findings else _differing(desk)
        evidence = [] if report.findings else _unlike_evidence(desk)
    for finding in report.findings:
        click.echo(f"position {finding.position} ({finding.stream}:{finding.version}): {finding.what}")
    for table in views:
        click.echo(f"view {table} is not what the log says: if it was not the log that was altered, `glasno rebuild`")
    for each in evidence:
        click.echo(f"{each}: see docs/runbooks/restore.md")
    found = {"views": views, "evidence": evidence}
    summary(asdict(report) | found, _in_words(report, [*views, *evidence]), as_json=as_json)
    sys.exit(bool(report.findings or views or evidence))


def _differing(desk: Desk) -> list[str]:
    """Of a log that cannot be read no view can be built."""
    with the_views(desk) as views:
        return with_progress("checking the views", len(views.projections), partial(check_views, views))


def _unlike_evidence(desk: Desk) -> list[str]:
    """Of what was published: anything else is made again when it is signed."""
    settings = read_settings()
    try:
        found = published(settings, desk)
    except (Malformed, Unverified) as fault:
        return [f"evidence {CHECKPOINT} is not signed by this log: {fault}"]
    if found is None:
        return []
    folder, checkpoint = Folder(folder_of(settings)), found[1]
    work = partial(check_evidence, desk.log, folder, checkpoint)
    return with_progress("checking the evidence", desk.log.head(), work)


@glasno.command(name="rebuild")
@click.argument("name", type=click.Choice(["all", *(each.NAME.rpartition("_v")[0] for each in ALL)]))
@AS_JSON
def rebuild_command(name: str, *, as_json: bool) -> None:
    """Build a view anew from the log. Readers see the old one until the new one takes its place."""
    with closing(the_desk()) as desk, the_views(desk) as views:
        wanted = [each for each in views.projections if name in ("all", each.NAME.rpartition("_v")[0])]
        collect_seldom()
        for each in wanted:
            with_progress(each.NAME, desk.log.head(), partial(rebuild, views, each))
        position = min(state.position for state in views.states())
    built = [each.NAME for each in wanted]
    summary({"views": built, "position": position}, f"built anew: {', '.join(built)}", as_json=as_json)


@glasno.command(name="apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
@AS_JSON
def apply_command(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Make the desk what FILE says. What has not changed is left alone."""
    desk = the_desk()
    at = desk.now()
    try:
        planned = plan(desk, read_desk_file(file.read_bytes()), at=at)
        if not dry_run:
            carry_out(desk, planned, at=at)
    except BadDeskFile as fault:
        raise click.ClickException(f"{file} cannot be applied:\n{fault}") from None
    except Refused as refused:
        raise click.ClickException(in_words(refused)) from None
    for line in (*planned.changes, *(f"warning: {warning}" for warning in planned.warnings)):
        click.echo(line)
    values = {"changes": planned.changes, "warnings": planned.warnings, "stored": bool(planned.changes) and not dry_run}
    summary(values, _planned_in_words(planned, dry_run=dry_run), as_json=as_json)


def _planned_in_words(planned: Plan, *, dry_run: bool) -> str:
    if not planned.changes:
        return "nothing to change"
    changes = "1 change" if len(planned.changes) == 1 else f"{len(planned.changes)} changes"
    return changes + (", nothing stored: this was a dry run" if dry_run else " stored")


def _in_words(report: Report, others: list[str]) -> str:
    wrong = len(report.findings) + len(others)
    found = f"{wrong} findings" if wrong else "nothing is wrong"
    return f"{report.events} events in {report.streams} streams: {found}"


def the_desk() -> Desk:
    """The desk of this process's settings; mistakes are told in words."""
    try:
        settings = read_settings()
        _demand_log(settings)
        return build_desk(settings)
    except (Misconfigured, KeyMissing, WrongMaster, Refused, OSError) as fault:
        raise click.ClickException(str(fault)) from None


def _demand_log(settings: Settings) -> None:
    """Whoever lost the log is not given an empty desk in its place: the log is always made before its keys."""
    log, keys, aside = (settings.data_dir / name for name in ("log.db", "keys.db", RESTORING))
    if aside.exists():
        raise Misconfigured(
            f"{aside} is there: a restore is under way, or was cut off; then run `glasno restore` again"
        )
    if settings.database_url or log.exists():
        return
    if keys.exists():
        raise Misconfigured(f"{log} is gone, but {keys} is there: restore the log from its backup")
    if settings.log_key.exists():
        raise Misconfigured(LOST.format(key=settings.log_key))


@contextmanager
def the_views(desk: Desk) -> Iterator[Projector]:
    """The views of this process's settings."""
    views = views_of(read_settings(), desk)
    yield views
    views.engine.dispose()


def with_progress(label: str, length: int, work: Callable[[Callable[[int], None]], T]) -> T:
    """Do the work behind a progress bar on standard error; the work says how far it has got."""
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        return work(lambda done: bar.update(done - bar.pos))


def summary(values: dict[str, Any], words: str, *, as_json: bool) -> None:
    """The last line of standard output."""
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else words)
