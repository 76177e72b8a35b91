"""`glasno relay`: every event of the log to NATS JetStream, in a process of its own."""

import asyncio
from typing import Final

import click

from service.commands.the_desk import the_desk
from service.measuring import measured
from service.relay.relay import Relay, Source
from service.relay.stream import CannotRelay
from service.settings import Settings, read_settings
from service.stopping import until_stopped
from service.views import bell_of
from store.desk import Desk

NOWHERE: Final = "GLASNO_NATS_URL says where to: nats://HOST:4222, or tls://HOST:4222; see docs/relay.md"


@click.command()
@click.option(
    "--from", "start", type=click.IntRange(min=1), metavar="POSITION", help="Fill an empty stream from this event on."
)
def relay(start: int | None) -> None:
    """Relay every event of the log to the stream GLASNO of NATS JetStream, in order, until told to stop."""
    desk, settings = the_desk(), read_settings()
    if settings.nats is None:
        raise click.ClickException(NOWHERE)
    relaying = Relay(source_of(desk, settings), settings.nats, start)
    try:
        with measured(settings.metrics_listen):
            click.echo(f"Glasno is about to relay, its metrics at http://{settings.metrics_listen}/metrics")
            asyncio.run(until_stopped(relaying.run()))
    except CannotRelay as reason:
        raise click.ClickException(str(reason)) from None
    finally:
        desk.close()


def source_of(desk: Desk, settings: Settings) -> Source:
    """What is relayed of a desk."""
    return Source(desk, bell_of(settings), settings.data_dir / "relay.begun")
