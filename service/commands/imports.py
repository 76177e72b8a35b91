"""`glasno import`: history that was recorded elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from domain.instant import Instant
from domain.opening_hours import END_OF_DAY, instant_at
from domain.refusal import Refused
from service.commands.imports_announced import github_incidents, statuspage
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk
from service.imports.bring_in import Wanted, import_log
from service.imports.bring_in import in_words as refused_in_words
from service.imports.names import SOURCE, Names
from service.imports.report import in_words, lines_of, summary_of
from service.imports.servicenow import BadFile, LogFile, survey
from store.desk import Desk
from store.log import Conflict

KEY: Final = re.compile("[a-z0-9][a-z0-9_-]{0,63}")


def _zone(_: click.Context, __: click.Parameter, value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise click.BadParameter(f"{value!r} is not an IANA time zone: write for example Europe/Moscow") from None


def _key(_: click.Context, __: click.Parameter, value: str) -> str:
    """As a desk file could name it."""
    if not KEY.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no key: small Latin letters, digits, - and _")
    return value


@click.group(name="import")
def import_group() -> None:
    """Bring in history recorded elsewhere. It becomes events at their own times."""


import_group.add_command(github_incidents)
import_group.add_command(statuspage)


@import_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--zone", default="Etc/UTC", show_default=True, callback=_zone, help="IANA zone of the file's dates.")
@click.option("--policy", "level", metavar="LEVEL", help="Service level; else that of whoever has no contract.")
@click.option(
    "--organisation", "key", metavar="KEY", default=SOURCE, show_default=True, callback=_key, help="Whose incidents."
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Last day to import; what is open then stays open.",
)
@AS_JSON
def servicenow(
    file: Path, *, zone: ZoneInfo, level: str | None, key: str, until: datetime | None, as_json: bool
) -> None:
    """Import a log of ServiceNow's incidents. Again, and only what is new is added; exit 1 if anything is left out."""
    desk = the_desk()
    log, names = LogFile(file, zone), Names(desk.name, key)
    with _mistakes_told(file):
        wanted = Wanted(log, survey(log), names, level or _default_level(desk), _until(desk, zone, until))
        report = with_progress("importing", wanted.survey.rows, lambda heard: import_log(desk, wanted, heard))
    for line in lines_of(report):
        click.echo(line)
    summary(summary_of(report), in_words(report), as_json=as_json)
    click.get_current_context().exit(bool(report.rejected))


@contextmanager
def _mistakes_told(file: Path) -> Iterator[None]:
    try:
        yield
    except BadFile as fault:
        raise click.ClickException(f"{file} cannot be imported: {fault}") from None
    except Refused as refused:
        raise click.ClickException(refused_in_words(refused)) from None
    except Conflict:
        raise click.ClickException("somebody else imports the same log now: run it again") from None


def _default_level(desk: Desk) -> str:
    return desk.configured.state().level_of(None, desk.now())


def _until(desk: Desk, zone: ZoneInfo, last: datetime | None) -> Instant:
    """The end of that day, and never later than now: nothing has happened yet that is still to come."""
    if last is None:
        return desk.now()
    return min(desk.now(), instant_at(zone.key, date(last.year, last.month, last.day), END_OF_DAY))
