"""`glasno prober NAME`: looks at what the desk says, from where it runs, and tells the desk over NATS."""

import asyncio
import re
from typing import Final

import click

from domain.configuration.probe import DESK
from service.measuring import measured
from service.prober.prober import Prober
from service.settings import Misconfigured, Settings, read_settings
from service.steady_clock import SteadyClock, since_boot, wall
from service.stopping import until_stopped

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
NOWHERE: Final = "GLASNO_NATS_URL says where to tell it: nats://HOST:4222, or tls://HOST:4222; see docs/probes.md"


@click.command()
@click.argument("name")
def prober(name: str) -> None:
    """Look at what the desk file gives to the prober NAME, and tell the desk over NATS. It has no database."""
    if not NAME.fullmatch(name) or name == DESK:
        raise click.BadParameter(f"{name!r}: write it as in the desk file: small letters, digits, - and _; not {DESK}")
    settings = _settings()
    if settings.nats is None:
        raise click.ClickException(NOWHERE)
    with measured(settings.metrics_listen):
        click.echo(f"Prober {name} is at work, its metrics at http://{settings.metrics_listen}/metrics")
        asyncio.run(until_stopped(Prober(name, settings.nats, SteadyClock(wall, since_boot)).run()))


def _settings() -> Settings:
    try:
        return read_settings()
    except Misconfigured as fault:
        raise click.ClickException(str(fault)) from None
