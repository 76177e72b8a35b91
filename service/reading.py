"""The views that a command reads: brought up to date here, or awaited from the process that keeps them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import click

from projections import entries
from projections.engine import Projection, Projector
from projections.entries import entries_at
from service.settings import Settings
from service.views import WorkHeld, views_of, work_alone
from store.desk import Desk

UP_TO_DATE: Final = 10.0
"""Seconds to wait for the process that keeps the views."""


def views_including(settings: Settings, desk: Desk, position: int, *wanted: Projection) -> Projector:
    """These views, with everything up to the position; told in words if nobody brings them so far."""
    views = Projector(desk.log, desk.name("configuration"), views_of(settings, desk).engine, wanted)
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(position, UP_TO_DATE):
        raise click.ClickException("the views are behind the log: try again, or see what stopped them in the log file")
    return views


def indexes_of(settings: Settings, desk: Desk, positions: Sequence[int]) -> list[int]:
    """Where the events at these positions stand in the transparency log, from 0 on."""
    views = views_including(settings, desk, max(positions), entries)
    with views.engine.connect() as connection:
        return [entries_at(connection, each) - 1 for each in positions]
