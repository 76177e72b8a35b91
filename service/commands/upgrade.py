"""`glasno upgrade`: before the processes of a new version are started, and after the old ones have ended."""

from contextlib import closing
from functools import partial
from typing import Any

import click

from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk
from service.settings import Settings, read_settings
from service.upgrade import NotUpgraded, Outlook, build, clear, look
from service.version import REVISION, VERSION
from store.desk import Desk


@click.command(name="upgrade")
@click.option("--dry-run", is_flag=True, help="Say what there is to do; do nothing.")
@click.option("--retire", is_flag=True, help="Drop the views of other versions, once none of those is at work.")
@AS_JSON
def upgrade_command(*, dry_run: bool, retire: bool, as_json: bool) -> None:
    """Build what this version of the desk needs beside what is there, while the other version goes on.

    Cut off, it goes on where it was. Then start the new processes, and stop the old ones; the same way back.
    """
    settings = read_settings()
    if not (settings.database_url or (settings.data_dir / "log.db").exists()):
        raise click.ClickException(f"there is no desk under {settings.data_dir}: GLASNO_DATA_DIR says where it is")
    with closing(the_desk()) as desk:
        outlook = look(settings, desk)
        _demand_known(outlook)
        _tell(outlook)
        try:
            done = _done(settings, desk, outlook, is_dry=dry_run, retires=retire)
        except NotUpgraded as fault:
            raise click.ClickException(str(fault)) from None
    told = {"version": VERSION, "revision": REVISION, "to_build": [each.NAME for each in outlook.new]}
    told |= {"not_needed": outlook.idle, "others_at_work": outlook.others, "retired": [], "position": None} | done[0]
    summary(told, done[1], as_json=as_json)


def _demand_known(outlook: Outlook) -> None:
    if outlook.unknown:
        names = ", ".join(f"{name}/{version}" for name, version in outlook.unknown)
        raise click.ClickException(
            f"a newer version wrote here what this one ({VERSION}) cannot read: {names}. Run that version"
        )


def _tell(outlook: Outlook) -> None:
    told = {
        "to be built": [each.NAME for each in outlook.new],
        "not needed by this version": outlook.idle,
        "of another version, at work": outlook.others,
    }
    for what, names in told.items():
        if names:
            click.echo(f"{what}: {', '.join(names)}")


def _done(
    settings: Settings, desk: Desk, outlook: Outlook, *, is_dry: bool, retires: bool
) -> tuple[dict[str, Any], str]:
    """What was done, for programs and in words."""
    if is_dry:
        return {}, "nothing was changed: this was a dry run"
    if retires:
        tables = clear(settings, outlook)
        return {"retired": tables}, f"dropped: {', '.join(tables)}" if tables else "there is nothing to drop"
    if not outlook.new:
        return {}, "everything that this version needs is there: its processes may be started"
    work = partial(build, settings, desk, outlook.new)
    position = with_progress("building", desk.log.head(), work)
    return {"position": position}, f"built up to position {position}: the processes of this version may be started"
