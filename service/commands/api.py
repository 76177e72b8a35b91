"""`glasno api`: what answers requests, and nothing else."""

import os
from typing import Final

import click

from service.commands.the_desk import the_desk
from service.serve import run
from service.settings import read_settings

YIELDING: Final = 5
"""By so much (nice(2)) what answers goes behind what keeps the views, where both are short of processors: whoever asks
waits a little longer, and what was answered is seen sooner.
"""


@click.command()
def api() -> None:
    """Answer requests; the views are kept by a `serve` or `work` beside it."""
    os.nice(YIELDING)
    desk = the_desk()
    run(read_settings(), desk, lambda *_: [])
