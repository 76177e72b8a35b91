"""`python -m tests.bench [FIGURE...] [--json]`: progress goes to standard error, tables to standard output."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from service.commands.output import AS_JSON, with_progress
from tests.bench import (
    append,
    costs,
    evidence,
    growth,
    lag,
    memory,
    opening,
    page,
    peers,
    queue_page,
    rebuild,
    relay,
    reply,
    scrape,
    ticket,
    verify,
    visible,
)
from tests.bench.serving import REFERENCES, TOOLS

FIGURES: Final = (
    *("page", "lag", "history", "evidence", "verify", "scrape", "relay", "peers", "costs"),
    *("rebuild", "memory", "visible", "queue", "ticket"),
    *("open", "reply", "append"),
)
BESIDE: Final = frozenset({"page", "peers", "costs", "rebuild", "visible", "queue", "ticket", "open", "reply"})
"""Those that need the references, or their load driver."""

Measured: TypeAlias = Mapping[str, Any]


@click.command()
@click.argument("figures", nargs=-1, type=click.Choice(FIGURES))
@click.option("--rounds", default=3, show_default=True, help="Turns of each server.")
@click.option("--requests", default=40_000, show_default=True, help="Of each turn.")
@click.option("--events", default=growth.SIZES[-1], show_default=True, help="The longest history.")
@click.option("--tickets", default=queue_page.SIZES[-1], show_default=True, help="The longest queue.")
@click.option("--peers", "with_tracker", is_flag=True, help="Beside Request Tracker, too (Debian's package).")
@AS_JSON
def main(
    figures: Sequence[str], *, rounds: int, requests: int, events: int, tickets: int, with_tracker: bool, as_json: bool
) -> None:
    """Measure what the public page and the evidence cost; all of it if no FIGURE is named."""
    _demand(not BESIDE.isdisjoint(figures or FIGURES))
    sizes = [*(size for size in growth.SIZES if size < events), events]
    known: dict[str, tuple[int, Callable[[Callable[[int], None]], Measured], Callable[[Measured], Sequence[str]]]] = {
        "page": (2 * rounds, lambda progress: page.measure(rounds, requests, progress), page.table),
        "lag": (lag.SETTLING + lag.EVENTS, lag.measure, lag.table),
        "history": (events, lambda progress: growth.measure(sizes, progress), growth.table),
        "evidence": (evidence.ROUNDS, evidence.measure, evidence.table),
        "verify": (len(verify.MONTHS), verify.measure, verify.table),
        "scrape": (events, lambda progress: scrape.measure(events, progress), scrape.table),
        "relay": (relay.ROUNDS, relay.measure, relay.table),
        "peers": (rounds, lambda progress: peers.measure(rounds, progress, with_tracker=with_tracker), peers.table),
        "costs": (costs.STEPS, lambda progress: costs.measure(events, progress), costs.table),
        "rebuild": (events, lambda progress: rebuild.measure(events, progress), rebuild.table),
        "memory": (events, lambda progress: memory.measure(events, progress), memory.table),
        "queue": (
            queue_page.length(rounds, tickets),
            lambda progress: queue_page.measure(rounds, tickets, progress),
            queue_page.table,
        ),
        "ticket": (rounds, lambda progress: ticket.measure(rounds, progress), ticket.table),
        "open": (rounds, lambda progress: opening.measure(rounds, opening.REQUESTS, progress), opening.table),
        "reply": (rounds, lambda progress: reply.measure(rounds, reply.REQUESTS, progress), reply.table),
        "append": (rounds, lambda progress: append.measure(rounds, progress), append.table),
        "visible": (2 * visible.INCIDENTS, visible.measure, visible.table),
    }
    results = {}
    for name in figures or FIGURES:
        length, measure, table = known[name]
        results[name] = with_progress(name, length, measure)
        click.echo("\n".join(table(results[name])) + "\n")
    if as_json:
        click.echo(json.dumps(results))


def _demand(is_beside_references: bool) -> None:
    """The references are no part of this project."""
    missing: list[Path] = [path for path in (REFERENCES, TOOLS) if is_beside_references and not path.exists()]
    if missing:
        raise click.ClickException(f"{missing[0]} is not there: the page is measured beside the references in it")


if __name__ == "__main__":
    main()
