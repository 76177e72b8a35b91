"""`glasno check`: whether the log is what was stored, and all that was made of it what the log says."""

import sys
from contextlib import closing
from dataclasses import asdict
from functools import partial

import click

from audit.check import Report, check
from audit.evidence import CHECKPOINT, Folder
from audit.evidence_check import check_evidence
from audit.tlog.note import Malformed, Unverified
from audit.views import check_views
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk, the_views
from service.evidence import folder_of, published
from service.settings import read_settings
from store.desk import Desk


@click.command(name="check")
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


def _in_words(report: Report, others: list[str]) -> str:
    wrong = len(report.findings) + len(others)
    found = f"{wrong} findings" if wrong else "nothing is wrong"
    return f"{report.events} events in {report.streams} streams: {found}"
