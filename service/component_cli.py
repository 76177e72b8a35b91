"""`glasno component`: how the components of the status page stand."""

from contextlib import closing

import click

from api.components import component_out
from domain.component import ComponentStatus, Through, set_status
from projections import status
from service.announcing_cli import BY, in_words, known, one_of, person, told, views
from service.cli import AS_JSON, summary, the_desk
from store.streams import Command


@click.group()
def component() -> None:
    """Components of the status page; they are defined by `glasno apply`."""


@component.command(name="list")
@AS_JSON
def list_command(*, as_json: bool) -> None:
    """Every component as the page shows it."""
    with closing(the_desk()) as desk, views(desk) as engine, engine.connect() as connection:
        components = status.components(connection, at=desk.now())
    for each in components:
        shown = each.status or "unknown"
        click.echo(f"{each.key:24} {shown:18} since {told(each.since):21} {each.through or '-':8} {each.en}")
    items = [component_out(each, "en").model_dump(mode="json") for each in components]
    summary({"items": items}, f"{len(items)} components", as_json=as_json)


@component.command(name="set")
@click.argument("key")
@click.argument("status", **one_of(ComponentStatus))
@BY
@click.option("--why", metavar="TEXT", default="", help="That person's reasons, for the desk's own history.")
@AS_JSON
def set_command(key: str, status: ComponentStatus, *, by: str | None, why: str, as_json: bool) -> None:
    """Set the status of the component KEY from now on."""
    with closing(the_desk()) as desk, in_words():
        acted = desk.components.act(
            Command(desk.new_id()), desk.name("component", key), set_status, key=key, known=known(desk), status=status,
            through=Through.PERSON, at=desk.now(), by=person(desk, by), why=why,
        )  # fmt: skip
    words = f"{key} is {status}" if acted.events else f"{key} was {status} already"
    summary({"component": key, "status": acted.state.status, "position": acted.position}, words, as_json=as_json)
