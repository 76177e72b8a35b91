"""What commands have in common. Progress goes to standard error; with `--json` the summary is the last line."""

import json
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

T = TypeVar("T")

AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print the summary as one line of JSON.")


def with_progress(label: str, length: int, work: Callable[[Callable[[int], None]], T]) -> T:
    """Do the work behind a progress bar on standard error; the work says how far it has got."""
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        return work(lambda done: bar.update(done - bar.pos))


def summary(values: dict[str, Any], words: str, *, as_json: bool) -> None:
    """The last line of standard output."""
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else words)
