"""`glasno audit succeed`: a log that cannot be signed any more goes on under another name."""

from contextlib import closing
from functools import partial
from typing import Final

import click

from domain.desk import DeskLogSucceeded, Ending
from service.aside import put_aside
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk
from service.evidence import folder_of, log_of, sign
from service.settings import Misconfigured, Settings, read_settings
from service.succession import NotNeeded, Plan, plan, succeed
from service.views import WorkHeld, work_alone
from store.desk import Desk

STATED: Final = """{why}

The log goes on as {origin}, with a key of its own, and says so in an entry that anybody can read:
  because      {because}
  former log   {former}, {size} entries were signed
  kept         the first {kept} of them{shown}
  lost         {lost}
The former log is never signed again. Its evidence and its key are put aside; nothing is deleted."""
UNSHOWN: Final = " (the files that could show it are gone: whoever has none of its checkpoints has to believe it)"
UNFINISHED: Final = "a succession that was begun before is finished"


@click.command(name="succeed")
@click.option("--because", type=click.Choice([each.value for each in Ending]), required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@AS_JSON
def succeed_command(because: str, *, yes: bool, as_json: bool) -> None:
    """Let a log that cannot be signed any more go on under another name, with a new key. Stop the desk first.

    loss: entries that were signed are lost for good; key_lost: its key is; key_compromised: others may have it.
    """
    settings = read_settings()
    with closing(the_desk()) as desk:
        try:
            with work_alone(settings):
                said = _said(settings, desk, Ending(because), asks=not yes)
                size = with_progress("signing", desk.log.head(), partial(sign, settings, desk))
        except (Misconfigured, NotNeeded, OSError, WorkHeld) as fault:
            raise click.ClickException(str(fault)) from None
    words = f"{size} entries of {said.origin} are signed; its key, to be told to everybody: {said.log_key}"
    told = {"origin": said.origin, "key": said.log_key, "former": said.former_origin, "because": said.because.value}
    counts = {"former_size": said.former_size, "kept": said.kept, "size": size}
    summary({**told, **counts}, words, as_json=as_json)


def _said(settings: Settings, desk: Desk, because: Ending, *, asks: bool) -> DeskLogSucceeded:
    """What was stated: now, or before a crash."""
    if put_aside(settings, desk, folder_of(settings)):
        click.echo(UNFINISHED, err=True)
        return desk.successions[-1].event
    planned = plan(settings, desk, because)
    click.echo(_in_words(planned, log_of(desk).origin), err=True)
    if asks:
        click.confirm("Let it go on under that name?", abort=True, err=True)
    return succeed(settings, desk, planned)


def _in_words(planned: Plan, former: str) -> str:
    kept, size = planned.kept, planned.former.size
    shown = UNSHOWN if kept.count < size and kept.count and not kept.proof else ""
    counts = {"size": size, "kept": kept.count, "lost": planned.lost, "shown": shown}
    return STATED.format(why=planned.why, origin=planned.origin, because=planned.because, former=former, **counts)
