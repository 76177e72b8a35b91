"""`glasno publish DIR`: the public site as files that any plain web server can serve."""

import signal
from contextlib import closing, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final

import click

from audit.tlog.note import Malformed, Unverified
from domain.instant import SECOND, Duration, Instant
from projections.engine import Projector
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk, the_views
from service.evidence_copy import copy_evidence
from service.notation import duration
from service.settings import Settings, read_settings
from service.views import WorkHeld, work_alone
from status_page.addresses import addresses
from status_page.edition import configured_at, edition
from status_page.export import Busy, Copied, copy, copying, mark_of, renew
from status_page.press import VIEWS
from status_page.words import machine_instant
from store.desk import Desk
from store.outage import OUTAGES

UP_TO_DATE: Final = 60.0
"""Seconds to wait for the process that keeps the views."""


def _often(_: click.Context, __: click.Parameter, text: str | None) -> Duration | None:
    try:
        return duration(text) if text else None
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None


@click.command(name="publish")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--every", metavar="DURATION", callback=_often, help="Again and again, such as 1m, until told to stop.")
@AS_JSON
def publish_command(folder: Path, *, every: Duration | None, as_json: bool) -> None:
    """Write the public site to DIR as files; what did not change is left alone, what is gone is removed."""
    settings = read_settings()
    with closing(the_desk()) as desk, the_views(desk) as views:
        if every is None:
            _publish_once(settings, desk, views, folder, as_json=as_json)
            return
        stopping = Event()
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, lambda *_: stopping.set())
        while not stopping.is_set():
            _publish_anyhow(settings, desk, views, folder, as_json=as_json)
            stopping.wait(every / SECOND)


def _publish_anyhow(settings: Settings, desk: Desk, views: Projector, folder: Path, *, as_json: bool) -> None:
    """What keeps a copy from being made now may be gone the next time."""
    try:
        _publish_once(settings, desk, views, folder, as_json=as_json)
    except click.ClickException as fault:
        fault.show()
    except OUTAGES as fault:
        click.echo(f"Error: a database of the desk cannot be used: {fault}", err=True)


def _publish_once(settings: Settings, desk: Desk, views: Projector, folder: Path, *, as_json: bool) -> None:
    position = _position(settings, desk, views)
    try:
        at, copied = _publish(settings, desk, views, folder, position)
        proving = copy_evidence(settings, desk, folder)
        renew(folder)
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
