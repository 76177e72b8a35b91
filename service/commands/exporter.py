"""`glasno exporter`: the metrics of the views, in a process of their own beside `glasno api` and `glasno work`."""

import signal
from threading import Event

import click

from monitoring.exporter.collector import ViewsCollector
from service.commands.the_desk import the_desk
from service.measuring import measured
from service.settings import read_settings
from service.stopping import until_told
from service.views import engine_of


@click.command()
def exporter() -> None:
    """Serve the metrics of the desk at GLASNO_METRICS_LISTEN, until told to stop; `glasno serve` does so itself."""
    desk, settings, stopping = the_desk(), read_settings(), Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: stopping.set())
    engine = engine_of(settings)
    try:
        with measured(settings.metrics_listen, ViewsCollector(desk, engine)):
            click.echo(f"Glasno exports its metrics at http://{settings.metrics_listen}/metrics")
            until_told(stopping)
    finally:
        engine.dispose()
        desk.close()
