"""`glasno component`: how the components of the status page stand."""

from contextlib import closing

import click

from api.components import component_out
from domain.component import ComponentStatus, Through, demand_defined, release, set_status
from projections import status
from service.commands.announcing import BY, in_words, known, one_of, person, told, views
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
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


@component.command(name="release")
@click.argument("key")
@click.option("--by", metavar="PERSON", required=True, help="Id of the person who says so.")
@click.option("--why", metavar="TEXT", default="", help="That person's reasons, for the desk's own history.")
@AS_JSON
def release_command(key: str, *, by: str, why: str, as_json: bool) -> None:
    """Leave the status of the component KEY to its probes again."""
    with closing(the_desk()) as desk, in_words():
        demand_defined(key, known(desk))
        somebody = person(desk, by)
        assert somebody is not None  # noqa: S101 -- one is named
        command, stream = Command(desk.new_id()), desk.name("component", key)
        acted = desk.components.act(command, stream, release, key=key, at=desk.now(), by=somebody, why=why)
    said = acted.state.status or "unknown"
    words = f"{key} is left to its probes, which say {said}" if acted.events else f"nobody held {key}: it is {said}"
    summary({"component": key, "status": acted.state.status, "position": acted.position}, words, as_json=as_json)
