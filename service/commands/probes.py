"""`glasno probes`: what looks at the components, how each probe stands, and what it would see now."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import click
from sqlalchemy import Engine

from api.heartbeats import address_of
from api.probe_words import in_words
from api.probes import ProbeOut, probes_out
from domain.configuration.probe import DESK, ProbeDefined
from monitoring import heartbeats
from monitoring.probes import Look, watches
from service.commands.announcing import told
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.looks import look_at
from service.settings import read_settings
from service.views import engine_of
from store.desk import Desk


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def probes(context: click.Context, *, as_json: bool) -> None:
    """List the probes; they are defined by `glasno apply`. The address of a heartbeat is a secret of who calls it."""
    if context.invoked_subcommand:
        return
    with closing(the_desk()) as desk, _memory() as engine, engine.connect() as connection:
        defined = desk.configured.state().of(ProbeDefined)
        found = probes_out(defined, watches.watched(connection), desk.now(), "en")
        items = [each.model_dump(mode="json") | {"address": _address(desk, defined[each.key])} for each in found]
    for each, item in zip(found, items, strict=True):
        click.echo(_line(each))
        if item["address"]:
            click.echo(f"{'':24} to be called at {item['address']}")
    summary({"items": items}, f"{len(defined)} probes", as_json=as_json)


@probes.command(name="try")
@click.argument("key")
@AS_JSON
def try_command(key: str, *, as_json: bool) -> None:
    """Look once, now, and say what the probe KEY sees. Nothing is stored."""
    with closing(the_desk()) as desk:
        probe = desk.configured.state().of(ProbeDefined).get(key)
        if probe is None:
            raise click.BadParameter(f"there is no probe {key}: `glasno probes` lists them")
        values, words = _heard(desk, probe) if probe.heartbeat else _seen(asyncio.run(look_at(probe, desk.now())))
    summary({"probe": key, **values}, f"{key}: {words}", as_json=as_json)


def _line(probe: ProbeOut) -> str:
    counted = f"{probe.number} results, {probe.failed} failed, {probe.missed} missed"
    on = f"on {probe.component}" if probe.component else "on nothing"
    said = f"{probe.status or 'unknown':18} {probe.words or 'it has not looked yet'}"
    by = "" if probe.prober == DESK else f" by {probe.prober}"
    return f"{probe.key:24} {probe.kind:10} {on + by:24} {said}; {counted}; last {told(probe.looked_at)}"


def _address(desk: Desk, probe: ProbeDefined) -> str | None:
    """Where a heartbeat is sent to; None of any other probe."""
    return read_settings().public_address + address_of(desk, probe.key) if probe.heartbeat else None


def _seen(look: Look) -> tuple[dict[str, Any], str]:
    values = {name: getattr(look, name) for name in ("status", "why", "detail", "took", "expires_at")}
    good_until = f", the certificate is good until {told(look.expires_at)}" if look.expires_at else ""
    return values, f"{look.status or 'unknown'}: {in_words(look, 'en')}, after {look.took:.3f} s{good_until}"


def _heard(desk: Desk, probe: ProbeDefined) -> tuple[dict[str, Any], str]:
    """A heartbeat is not looked at."""
    with _memory() as engine, engine.connect() as connection:
        at = heartbeats.newest(connection, probe.key)
    return {"called_at": at}, f"it called last at {told(at)}; it calls {_address(desk, probe)}"


@contextmanager
def _memory() -> Iterator[Engine]:
    """Where probes remember."""
    engine = engine_of(read_settings())
    watches.prepare(engine)
    heartbeats.prepare(engine)
    yield engine
    engine.dispose()
