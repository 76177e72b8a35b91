"""`glasno publish DIR`: the public site as files that any plain web server can serve."""

from contextlib import closing, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

import click

from audit.tlog.note import Malformed, Unverified
from domain.instant import Instant
from projections.engine import Projector
from service.cli import AS_JSON, summary, the_desk, the_views, with_progress
from service.evidence_copy import copy_evidence
from service.settings import Settings, read_settings
from service.views import WorkHeld, work_alone
from status_page.addresses import addresses
from status_page.edition import configured_at, edition
from status_page.export import Busy, Copied, copy, copying, mark_of
from status_page.press import VIEWS
from status_page.words import machine_instant
from store.desk import Desk

UP_TO_DATE: Final = 60.0
"""Seconds to wait for the process that keeps the views."""


@click.command(name="publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@AS_JSON
def publish_command(folder: Path, *, as_json: bool) -> None:
    """Write the public site to DIR as files; what did not change is left alone, what is gone is removed."""
    settings = read_settings()
    with closing(the_desk()) as desk, the_views(desk) as views:
        position = _position(settings, desk, views)
        try:
            at, copied = _publish(settings, desk, views, folder, position)
            proving = copy_evidence(settings, desk, folder)
        except (Busy, OSError) as fault:
            raise click.ClickException(str(fault)) from None
        except (Malformed, Unverified) as fault:
            raise click.ClickException(f"the evidence is not that of this log ({fault}): run `glasno check`") from None
    told = {**asdict(copied), "evidence": proving, "position": position, "at": machine_instant(at)}
    words = f"{copied.files} files as of {machine_instant(at)}: {copied.written} written, {copied.removed} removed"
    summary(told, f"{words}; {proving} files of evidence written", as_json=as_json)


def _position(settings: Settings, desk: Desk, views: Projector) -> int:
    """The end of the log, once the views include it: brought there here, or by whoever holds the work lock."""
    position = desk.log.head()
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(position, UP_TO_DATE, VIEWS):
        raise click.ClickException("the views are behind the log: see what keeps `glasno serve` busy")
    return position


def _publish(settings: Settings, desk: Desk, views: Projector, folder: Path, position: int) -> tuple[Instant, Copied]:
    address = (settings.public_url or f"http://{settings.listen}").rstrip("/")
    with copying(folder) as known:
        mark, configured = mark_of(known, address, position, desk.now()), configured_at(desk, position)
        with edition(desk, views.engine, mark, configured, address) as opened:
            length = sum(1 for _ in addresses(opened))
            work = partial(copy, opened, folder, known)
            return mark.at, with_progress("publishing", length, work)
