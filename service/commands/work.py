"""`glasno work`: the views, the timers and the notices, in a process of their own beside `glasno api`."""

import signal
from threading import Event

import click

from service.commands.the_desk import the_desk
from service.measuring import measured
from service.process import collect_seldom, working
from service.roles import workers_of
from service.settings import Misconfigured, Settings, read_settings
from service.stopping import until_told
from service.views import WorkHeld, at_work, views_of
from store.desk import Desk


@click.command()
def work() -> None:
    """Keep the views and the timers and deliver notices, until told to stop; `glasno api` answers requests.

    On PostgreSQL any number of these may run: each does what no other one does, and takes over from one that ends.
    """
    desk, settings, stopping = the_desk(), read_settings(), Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: stopping.set())
    try:
        with at_work(settings):
            _work(settings, desk, stopping)
    except (Misconfigured, WorkHeld) as fault:
        raise click.ClickException(str(fault)) from None


def _work(settings: Settings, desk: Desk, stopping: Event) -> None:
    views = views_of(settings, desk)
    try:
        with measured(settings.metrics_listen), working(workers_of(settings, desk, views)):
            collect_seldom()
            click.echo(f"Glasno is at work, its metrics at http://{settings.metrics_listen}/metrics")
            until_told(stopping)
    finally:
        views.engine.dispose()
        desk.close()
