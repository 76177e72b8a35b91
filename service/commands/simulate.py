"""`glasno bench simulate`: what a load would take, computed from what was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any, Final

import click

from service.commands.output import AS_JSON, summary
from service.simulate import (
    BOUND,
    MEASURED,
    BadCosts,
    Costs,
    Demand,
    Kept,
    Load,
    Stage,
    demand,
    kept,
    most,
    read_costs,
)

STEPS: Final = (1000, 100, 10, 1)
"""The sizes that are told: these parts of the largest."""
COUNT: Final = click.IntRange(1, 10**12)


@click.group(name="bench")
def bench_group() -> None:
    """What this desk can carry."""


@bench_group.command(name="simulate")
@click.option("--companies", type=COUNT, default=10_000, show_default=True, help="Clients, at the most.")
@click.option("--events", type=COUNT, default=100_000_000, show_default=True, help="Events in the log, at the most.")
@click.option("--tickets", type=COUNT, default=50, show_default=True, help="Of a company in a month.")
@click.option("--ticket-events", type=COUNT, help="Events of a ticket.  [default: as measured]")
@click.option("--reads", type=click.IntRange(0, 10**6), default=5, show_default=True, help="Looks for each event.")
@click.option("--people", type=COUNT, default=10, show_default=True, help="Of a company.")
@click.option("--peak", type=COUNT, default=10, show_default=True, help="How many times the mean.")
@click.option("--postgres-cores", type=COUNT, default=8, show_default=True, help="Of PostgreSQL's machine.")
@click.option("--costs", "file", type=click.Path(dir_okay=False, path_type=Path), default=MEASURED, help="Of your own.")
@AS_JSON
def simulate_command(
    *, companies: int, events: int, ticket_events: int | None, postgres_cores: int, file: Path, as_json: bool,
    **told: Any,
) -> None:  # fmt: skip
    """Cores, processes, bytes and hours that a load takes; what gives way first, and how much that is.

    The costs were measured once, on a machine of ours; yours are the last line of `make bench BENCH="costs --json"`.
    """
    costs = _costs(file)
    load = Load(companies, events=ticket_events or costs.events_of_ticket, cores=postgres_cores, **told)
    _demand_sense(load, costs)
    sizes = {size: demand(_of(load, size), costs) for size in _sizes(companies)}
    logs = [kept(size, load, costs) for size in _sizes(events)]
    for line in (*_about(load, costs, file), "", *_stages(costs), "", *_demands(sizes), "", *_kept(logs)):
        click.echo(line)
    limits = dict(most(load, costs))
    values: dict[str, Any] = {"load": asdict(load), "costs": str(file), "events_a_second_at_most": limits}
    values |= {"sizes": [{"companies": size, **_told(each)} for size, each in sizes.items()]}
    summary(values | {"logs": [asdict(each) for each in logs]}, f"\n{_first(load, costs)}", as_json=as_json)


def _costs(file: Path) -> Costs:
    try:
        return read_costs(file)
    except BadCosts as fault:
        advice = 'it has to be the last line of what `make bench BENCH="costs --json"` prints'
        raise click.ClickException(f"{fault}; {advice}") from None


def _demand_sense(load: Load, costs: Costs) -> None:
    least = costs.requests.open.events
    if load.events < least:
        raise click.ClickException(f"--ticket-events: to open a ticket takes {least:g} events already")


def _sizes(largest: int) -> Sequence[int]:
    return sorted({max(1, largest // step) for step in STEPS})


def _of(load: Load, companies: int) -> Load:
    return Load(**(asdict(load) | {"companies": companies}))


def _about(load: Load, costs: Costs, file: Path) -> Iterator[str]:
    yield (
        f"load: {load.tickets:g} tickets a company and month, {load.events:g} events a ticket, {load.reads:g} looks an "
        f"event; at the peak {load.peak:g} times the mean; PostgreSQL has {load.cores} cores"
    )
    yield f"costs: {file.name}, measured {costs.measured} on {costs.machine}, with a log of {costs.events:,} events"


def _stages(costs: Costs) -> Iterator[str]:
    """As measured."""
    yield f"{'processor ms':20}{'process':>9}{'postgres':>10}"
    for name in costs.requests.__struct_fields__:
        asked = getattr(costs.requests, name)
        yield f"{f'request: {name}':20}{asked.api:>9.3f}{asked.postgres:>10.3f}"
    for name in costs.stages.__struct_fields__:
        stage: Stage = getattr(costs.stages, name)
        yield f"{f'event: {name}':20}{stage.process:>9.3f}{stage.postgres:>10.3f}"


def _demands(sizes: Mapping[int, Demand]) -> Iterator[str]:
    yield (
        f"{'companies':>10}{'events/s':>10}{'asked/s':>9}   {'cores busy: api':>15}{'views':>8}{'log':>8}{'relay':>8}"
        f"{'postgres':>10}   {'busiest':18}{'wait ms':>8}   processes"
    )
    for size, each in sizes.items():
        cores = "".join(f"{each.cores[name]:>{wide}.3f}" for name, wide in WIDE.items())
        first = each.parts[0]
        wait = "no end" if first.wait == inf else f"{first.wait:.2f}"
        several = f" on {each.desks} desks" if each.desks > 1 else ""
        wanted = ", ".join(f"{number} {name}" for name, number in each.processes.items())
        yield (
            f"{size:>10,}{each.events:>10.2f}{each.requests:>9.1f}   {cores}   {f'{first.name} {first.busy:.1%}':18}"
            f"{wait:>8}   {wanted}{several}"
        )


def _kept(logs: Sequence[Kept]) -> Iterator[str]:
    names = [*logs[0].bytes]
    told = "".join(f"{name:>11}" for name in names)
    yield f"{'events':>13}{'months':>9}{told}{'together':>11}   hours: rebuild, relay"
    for each in logs:
        sizes = "".join(f"{_size(each.bytes[name]):>11}" for name in names)
        hours = f"{each.rebuild:.2f}, {each.relay:.2f}"
        yield f"{each.events:>13,}{each.months:>9.2f}{sizes}{_size(sum(each.bytes.values())):>11}   {hours}"


def _first(load: Load, costs: Costs) -> str:
    told = ", ".join(f"{name} {rate:,.0f}" for name, rate in most(load, costs))
    return f"events a second of one desk, each part {BOUND:.0%} busy, the first to give way first: {told}"


def _size(count: float) -> str:
    return f"{count / 2**30:.2f} GiB" if count >= 2**30 else f"{count / 2**20:.1f} MiB"


def _told(each: Demand) -> Mapping[str, Any]:
    waits = {part.name: None if part.wait == inf else part.wait for part in each.parts}
    told = {"events_a_second": each.events, "requests_a_second": each.requests, "cores_busy": each.cores}
    told |= {"busy": {part.name: part.busy for part in each.parts}, "wait_ms": waits}
    return told | {"desks": each.desks, "processes": each.processes}


WIDE: Final = {"api": 15, "views": 8, "log": 8, "relay": 8, "postgres": 10}
