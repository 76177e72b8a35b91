"""`glasno incident`: announce what is wrong, tell more of it, resolve it."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final

import click

from api.announcing import spoken
from api.incident_templates import Opening, filled
from api.incidents import IncidentOut, incident_out
from domain.code import code_of
from domain.component import ComponentStatus, Through
from domain.event import Id
from domain.incident import (
    OVER,
    Event,
    Incident,
    IncidentImpact,
    IncidentStatus,
    IncidentUpdated,
    Update,
    open_incident,
    post,
    reword,
)
from projections import incidents
from projections.announced import Kind
from service.commands.announcing import (
    BY,
    CODE,
    either,
    found,
    in_words,
    joined,
    known,
    lines_of,
    moment,
    one_of,
    person,
    said_of,
    texts,
    titles,
    told,
    update_of,
    views,
    words_options,
)
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from store.desk import Desk
from store.streams import Command

AT: Final = click.option("--at", metavar="TIME", help="When it happened, if not now: it is marked as told late.")
COMPONENTS: Final = click.option(
    "--component", "components", metavar="KEY=STATUS", multiple=True, callback=said_of,
    help="What the incident says of a component from then on; may be repeated.",
)  # fmt: skip


@click.group(name="incident")
def incident_group() -> None:
    """Incidents: what is wrong, as everybody is told on the status page."""


@incident_group.command(name="open")
@words_options("title", "text")
@COMPONENTS
@click.option("--template", metavar="KEY", help="Says what is left out here.")
@click.option("--status", **one_of(IncidentStatus), help="investigating unless said.")
@click.option("--impact", **one_of(IncidentImpact), help="Else as bad as what it says of components.")
@AT
@BY
@AS_JSON
def open_command(
    *,
    title_ru: str,
    title_en: str,
    text_ru: str,
    text_en: str,
    components: dict[str, ComponentStatus],
    template: str | None,
    status: IncidentStatus | None,
    impact: IncidentImpact | None,
    at: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Announce an incident, in Russian, in English or in both; prints its code."""
    with closing(the_desk()) as desk, in_words():
        opening = Opening(
            title=titles(title_ru, title_en), text=texts(text_ru, text_en), status=status, impact=impact,
            components=components or None, template=template, at=None,
        )  # fmt: skip
        said, since, whom, stream = filled(desk, opening), moment(desk, at), person(desk, by), desk.new_id()
        first = Update(
            desk.new_id(), said.status or IncidentStatus.INVESTIGATING, spoken(said.text), said.components or {}
        )

        def decide(state: Incident) -> list[Event]:
            return open_incident(
                state, stream=stream, title=spoken(said.title), first=first, known=known(desk), at=since, by=whom,
                through=Through.PERSON, impact=said.impact,
            )  # fmt: skip

        _act(desk, stream, decide, as_json=as_json)


@incident_group.command()
@CODE
@click.option("--status", **one_of(IncidentStatus), help="As before unless said.")
@words_options("text")
@COMPONENTS
@AT
@BY
@AS_JSON
def update(
    code: str,
    *,
    status: IncidentStatus | None,
    text_ru: str,
    text_en: str,
    components: dict[str, ComponentStatus],
    at: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Tell more of the incident CODE."""
    with closing(the_desk()) as desk, in_words():
        one = found(desk, code, Kind.INCIDENT)
        now = status or IncidentStatus(one.status)
        said = Update(desk.new_id(), now, spoken(texts(text_ru, text_en)), components)
        _post(desk, one.stream, said, at, by, as_json=as_json)


@incident_group.command()
@CODE
@words_options("text")
@AT
@BY
@AS_JSON
def resolve(code: str, *, text_ru: str, text_en: str, at: str | None, by: str | None, as_json: bool) -> None:
    """The incident CODE is over: it says nothing bad of any component any more."""
    with closing(the_desk()) as desk, in_words():
        stream = found(desk, code, Kind.INCIDENT).stream
        said = Update(desk.new_id(), IncidentStatus.RESOLVED, spoken(texts(text_ru, text_en)))
        _post(desk, stream, said, at, by, as_json=as_json)


@incident_group.command(name="reword")
@CODE
@click.option("--update", "update_code", metavar="UPDATE", help="The update whose text it is; else it is the title.")
@words_options("title", "text")
@BY
@AS_JSON
def reword_command(
    code: str,
    *,
    update_code: str | None,
    title_ru: str,
    title_en: str,
    text_ru: str,
    text_en: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Correct or translate the title of the incident CODE, or the text of one of its updates.

    A language that is not given stays as it is.
    """
    with closing(the_desk()) as desk, in_words():
        one = found(desk, code, Kind.INCIDENT)
        told_in = None if update_code is None else update_of(one, update_code)
        words = titles(title_ru, title_en) if told_in is None else texts(text_ru, text_en)
        text = joined(desk, one.title if told_in is None else told_in.text, words)
        at, whom, named = desk.now(), person(desk, by), None if told_in is None else told_in.id

        def decide(state: Incident) -> Sequence[Event]:
            return reword(state, stream=one.stream, text=text, update=named, at=at, by=whom) if words else []

        _act(desk, one.stream, decide, as_json=as_json)


@incident_group.command(name="list")
@click.option("--unresolved", is_flag=True, help="Those that are not over, all of them.")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@AS_JSON
def list_command(*, unresolved: bool, limit: int, as_json: bool) -> None:
    """Incidents, the newest first."""
    with closing(the_desk()) as desk, views(desk) as engine:
        with engine.connect() as connection:
            page = incidents.page(connection, limit=limit, kind=Kind.INCIDENT).incidents
            shown = incidents.unresolved(connection) if unresolved else page
        items = [incident_out(desk, each) for each in shown]
    for each in items:
        click.echo(f"{each.id} {each.status:13} {each.impact:8} {told(each.started_at):21} {either(each.title)}")
    _sum_up(items, as_json=as_json)


@incident_group.command()
@CODE
@AS_JSON
def show(code: str, *, as_json: bool) -> None:
    """The incident CODE with everything that was told of it."""
    with closing(the_desk()) as desk, in_words():
        one = incident_out(desk, found(desk, code, Kind.INCIDENT))
    for line in lines_of(one):
        click.echo(line)
    summary(one.model_dump(mode="json"), f"{one.status}, impact {one.impact}", as_json=as_json)


def _post(desk: Desk, stream: Id, said: Update, at: str | None, by: str | None, *, as_json: bool) -> None:
    since, whom = moment(desk, at), person(desk, by)

    def decide(state: Incident) -> list[Event]:
        return post(state, stream=stream, update=said, known=known(desk), through=Through.PERSON, at=since, by=whom)

    _act(desk, stream, decide, as_json=as_json)


def _act(desk: Desk, stream: Id, decide: Callable[[Incident], Sequence[Event]], *, as_json: bool) -> None:
    acted = desk.incidents.act(Command(desk.new_id()), stream, decide)
    code, status = code_of("incident", stream), acted.state.status
    updates = [code_of("update", each.event.update) for each in acted.events if isinstance(each.event, IncidentUpdated)]
    values = {"id": code, "status": status, "update": updates[0] if updates else None, "position": acted.position}
    over = "over" if status in OVER else "open"
    summary(values, f"{code} is {over}: {status}" if acted.events else f"{code}: nothing changes", as_json=as_json)


def _sum_up(items: Sequence[IncidentOut], *, as_json: bool) -> None:
    values: dict[str, Any] = {"items": [each.model_dump(mode="json") for each in items]}
    summary(values, f"{len(items)} incidents", as_json=as_json)
