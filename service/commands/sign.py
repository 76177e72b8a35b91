"""`glasno audit sign`: a checkpoint over whatever was logged since the last one."""

from contextlib import closing
from functools import partial

import click

from audit.sequencer import Forked
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk
from service.evidence import log_of, sign
from service.settings import Misconfigured, read_settings
from service.views import WorkHeld, work_alone


@click.command(name="sign")
@AS_JSON
def sign_command(*, as_json: bool) -> None:
    """Sign whatever is under no checkpoint yet. `glasno serve` and `glasno work` do it by themselves."""
    settings = read_settings()
    with closing(the_desk()) as desk:
        try:
            with work_alone(settings):
                size = with_progress("signing", desk.log.head(), partial(sign, settings, desk))
                origin = log_of(desk).origin
        except WorkHeld as held:
            raise click.ClickException(f"another glasno {held.by}: it signs what is new by itself") from None
        except (Forked, Misconfigured) as fault:
            raise click.ClickException(f"nothing is signed: {fault}") from None
    summary({"origin": origin, "size": size}, f"{size} entries of {origin} are signed", as_json=as_json)
