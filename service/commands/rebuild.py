"""`glasno rebuild`: views anew from the log."""

from contextlib import closing
from functools import partial

import click

from projections import ALL
from projections.rebuild import rebuild
from service.commands.output import AS_JSON, summary, with_progress
from service.commands.the_desk import the_desk, the_views
from service.process import collect_seldom


@click.command(name="rebuild")
@click.argument("name", type=click.Choice(["all", *(each.NAME.rpartition("_v")[0] for each in ALL)]))
@AS_JSON
def rebuild_command(name: str, *, as_json: bool) -> None:
    """Build a view anew from the log. Readers see the old one until the new one takes its place."""
    with closing(the_desk()) as desk, the_views(desk) as views:
        wanted = [each for each in views.projections if name in ("all", each.NAME.rpartition("_v")[0])]
        collect_seldom()
        for each in wanted:
            with_progress(each.NAME, desk.log.head(), partial(rebuild, views, each))
        position = min(state.position for state in views.states())
    built = [each.NAME for each in wanted]
    summary({"views": built, "position": position}, f"built anew: {', '.join(built)}", as_json=as_json)
