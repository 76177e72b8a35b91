"""The demonstration: ninety days of an invented service desk, simulated through the decisions of the real one.

It is stored in one commit, marked as simulated: a desk has all of it or, if it was stopped before, nothing of it.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from domain.configuration import Configuration, configure
from domain.event import Source
from domain.instant import Instant
from domain.reservation import Reservation, reserve
from service.apply import plan
from service.demo import tokens
from service.demo.cast import introduced
from service.demo.components import public_changes
from service.demo.play import Play, World
from service.demo.scenario import DAYS, beginning, tickets
from service.desk_yaml import read_desk_file
from service.settings import read_settings
from store.desk import Desk
from store.log import Change

FILE: Final = Path(__file__).with_name("desk.yaml")


def is_untouched(desk: Desk) -> bool:
    """Whether the log holds nothing but the founding, which is one commit."""
    return len({each.envelope.command for each in desk.log.read_all()}) <= 1


def demonstrate(desk: Desk, *, now: Instant, progress: Callable[[int], None]) -> None:
    """Store the ninety days until `now` on a desk that was just founded; `progress` hears how many are done.

    The tokens to take part with are written to `demo-tokens.json` in the data directory, before anything is stored:
    they open nothing until it is; then they are printed, too. `Conflict` if the desk is not untouched any more.
    """
    start = beginning(now)
    configuration, changes = _configured(desk, start)
    cast, people = introduced(desk, start)
    world = World(start, now, configuration, cast)
    plays = [*tickets(world, desk.name, progress)]
    texts, issued = tokens.issued(now)
    tokens.write(read_settings().data_dir, texts)
    told = [*changes, *people, *public_changes(desk, world, plays), *_stored(desk, plays), *issued]
    desk.log.append(told, desk.new_id(), Source.SIMULATION)
    for role, text in texts.items():
        click.echo(f"{role}: {text}", err=True)


def _configured(desk: Desk, at: Instant) -> tuple[Configuration, list[Change]]:
    """What the desk file says, in force since the beginning, and what that stores."""
    planned = plan(desk, read_desk_file(FILE.read_bytes()), at=at)
    stream = desk.name("configuration")
    configured = desk.configuration.intend(stream, configure, planned.wanted, at=at).attempt(None)
    return configured.state, [configured.change, *(each.attempt(None).change for each in planned.along)]


def _stored(desk: Desk, plays: Iterable[Play]) -> Iterator[Change]:
    for play in plays:
        opened = play.events[0].at
        reserving = reserve(Reservation(), holder=play.stream, at=opened)
        yield Change(desk.name("reference", play.reference), (), reserving, published=False)
        yield Change(play.stream, (), play.events, play.ticket.published)


__all__ = ["DAYS", "demonstrate", "is_untouched"]
