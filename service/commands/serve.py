"""`glasno serve`: the desk in one process."""

from contextlib import nullcontext

import click

from service.commands.output import with_progress
from service.commands.the_desk import the_desk
from service.roles import workers_of
from service.serve import run
from service.settings import Misconfigured, Settings, read_settings
from service.views import WorkHeld, at_work, work_alone
from store.desk import Desk


@click.command()
@click.option("--demo", is_flag=True, help="Show ninety simulated days, on a desk that holds nothing yet.")
def serve(*, demo: bool) -> None:
    """Answer requests, keep the views and the timers: everything in one process."""
    desk, settings = the_desk(), read_settings()
    try:
        with at_work(settings):
            if demo:
                _demonstrate(settings, desk)
            run(demonstrating(settings) if demo else settings, desk, workers_of, exports=True)
    except (Misconfigured, WorkHeld) as fault:
        raise click.ClickException(str(fault)) from None


def _demonstrate(settings: Settings, desk: Desk) -> None:
    from service.demo import DAYS, demonstrate, is_untouched  # noqa: PLC0415 -- memory that other desks do without

    if is_untouched(desk):
        with work_alone(settings) if settings.database_url else nullcontext():
            with_progress("simulating", DAYS, lambda day: demonstrate(desk, now=desk.now(), progress=day))


def demonstrating(settings: Settings) -> Settings:
    """All evidence of an invented desk is for everybody, unless somebody chose otherwise."""
    chosen = settings.model_fields_set
    return settings if "evidence" in chosen else settings.model_copy(update={"evidence": "public"})
