"""`glasno import github-incidents` and `glasno import statuspage`: the histories of other status pages."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from domain.announcement import LANGUAGES
from domain.component import ComponentStatus
from domain.configuration.component import ComponentGroupDefined
from domain.incident import IncidentImpact
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk
from service.imports import statuspage as statuspage_files
from service.imports.announced import Import, Report, bring_in
from service.imports.github_incidents import IMPACTS, Reading, read
from service.imports.layout import GROUP, desk_file_lines
from service.imports.told import BadFile, Told, status_of
from store.desk import Desk
from store.log import Conflict

FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
LANGUAGE: Final = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the file's texts."
)


def _impact(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[IncidentImpact, ComponentStatus]:
    return {**IMPACTS, **dict(map(_mapped, values))}


def _mapped(text: str) -> tuple[IncidentImpact, ComponentStatus]:
    impact, _, status = text.partition("=")
    try:
        return IncidentImpact(impact), status_of(status)
    except ValueError:
        raise click.BadParameter(
            f"{text!r}: write IMPACT=STATUS, IMPACT one of {', '.join(IncidentImpact)} and STATUS one of "
            f"{', '.join(ComponentStatus)}"
        ) from None


@click.command(name="github-incidents")
@FILE
@click.option(
    "--impact", "impacts", metavar="IMPACT=STATUS", multiple=True, callback=_impact,
    help="What an impact means for the components: minor=degraded; may be repeated.",
)  # fmt: skip
@click.option("--group", metavar="KEY", default=GROUP, show_default=True, help="Group of components that are new here.")
@LANGUAGE
@AS_JSON
def github_incidents(
    file: Path, *, impacts: dict[IncidentImpact, ComponentStatus], group: str, language: str, as_json: bool
) -> None:
    """Import GitHub's public incidents and planned works (JSON lines); again, and only new ones are added.

    Exit 1 if anything is left out.
    """
    with closing(the_desk()) as desk:
        _demand_group(desk, group)
        told = read(file, Reading(impacts, group, desk.now()))
        report = _bring_in(Import(desk, told, language), as_json=as_json)
    click.get_current_context().exit(bool(report.rejected))


@click.command()
@FILE
@LANGUAGE
@AS_JSON
def statuspage(file: Path, *, language: str, as_json: bool) -> None:
    """Import a page of Statuspage from its components.json or summary.json; again, and only what is new is added.

    Exit 1 if anything is left out.
    """
    with closing(the_desk()) as desk:
        report = _bring_in(Import(desk, _read(file, desk), language), as_json=as_json)
    click.get_current_context().exit(bool(report.rejected))


def _read(file: Path, desk: Desk) -> Told:
    try:
        return statuspage_files.read(file, desk.now())
    except BadFile as fault:
        raise click.ClickException(f"{file} cannot be imported: {fault}") from None


def _demand_group(desk: Desk, group: str) -> None:
    known = desk.configured.state().of(ComponentGroupDefined)
    if group not in {GROUP, *known}:
        raise click.BadParameter(
            f"there is no component group {group}; there are: {', '.join(sorted({GROUP, *known}))}"
        )


def _bring_in(work: Import, *, as_json: bool) -> Report:
    try:
        report = with_progress("importing", len(work.told.records), lambda heard: bring_in(work, heard))
    except Conflict:
        raise click.ClickException("somebody else imports the same file now: run it again") from None
    for fault in report.rejected:
        click.echo(f"{fault.place}: left out: {fault.reason}")
    if report.components or report.incidents or report.works:
        keys = {each.key for each in work.told.members.values()}
        click.echo("# What the desk file does not name, the next `glasno apply` withdraws. These are:")
        click.echo(desk_file_lines(work.desk.configured.state(), keys))
    summary(_summary(report), _in_words(report), as_json=as_json)
    return report


def _summary(report: Report) -> dict[str, Any]:
    counts = asdict(report)
    rejections = counts.pop("rejected")
    keys = counts.pop("components")
    return {**counts, "components": len(keys), "rejected": len(rejections), "rejections": rejections, "defined": keys}


def _in_words(report: Report) -> str:
    if not (report.incidents or report.works or report.components or report.rejected):
        return f"nothing new: {report.skipped_existing} records are here already"
    return (
        f"{report.incidents} incidents and {report.works} works imported with {report.updates} updates, "
        f"{len(report.components)} components defined, {report.skipped_existing} were here already, "
        f"{len(report.rejected)} left out"
    )
