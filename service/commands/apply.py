"""`glasno apply`: the configuration of the desk, from its file."""

from pathlib import Path

import click

from domain.refusal import Refused
from service.apply import Plan, carry_out, in_words, plan
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.desk_yaml import BadDeskFile, read_desk_file


@click.command(name="apply")
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
