"""`glasno maintenance`: announce planned works, tell more of them, end them, call them off."""

from collections.abc import Callable, Sequence
from contextlib import closing

import click

from api.announcing import Texts, spoken
from api.maintenances import maintenance_out
from domain.code import code_of
from domain.event import Id
from domain.maintenance import Event, Update, Works, WorksStatus, WorksUpdated, announce, post, reschedule, reword
from projections import incidents
from projections.announced import Kind
from service.commands.announcing import (
    BY,
    CODE,
    either,
    found,
    in_words,
    instant,
    joined,
    known,
    lines_of,
    one_of,
    person,
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


@click.group(name="maintenance")
def maintenance_group() -> None:
    """Planned works: announced ahead, they begin and end by themselves at their time."""


@maintenance_group.command(name="announce")
@words_options("title", "text")
@click.option("--component", "components", metavar="KEY", multiple=True, required=True, help="May be repeated.")
@click.option("--start", metavar="TIME", required=True, help="2026-11-07T20:00:00Z, or 2026-11-07 20:00 local.")
@click.option("--end", metavar="TIME", required=True, help="Likewise.")
@BY
@AS_JSON
def announce_command(
    *,
    title_ru: str,
    title_en: str,
    text_ru: str,
    text_en: str,
    components: tuple[str, ...],
    start: str,
    end: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Announce planned works, in Russian, in English or in both; prints their code."""
    with closing(the_desk()) as desk, in_words():
        title, stream, whom = spoken(titles(title_ru, title_en)), desk.new_id(), person(desk, by)
        first = Update(desk.new_id(), WorksStatus.SCHEDULED, spoken(texts(text_ru, text_en)))
        since, until, at = instant(desk, start), instant(desk, end), desk.now()

        def decide(state: Works) -> list[Event]:
            return announce(
                state, stream=stream, title=title, first=first, components=frozenset(components), known=known(desk),
                start=since, end=until, at=at, by=whom,
            )  # fmt: skip

        _act(desk, stream, decide, as_json=as_json)


@maintenance_group.command()
@CODE
@click.option("--status", **one_of(WorksStatus), help="As before unless said.")
@words_options("text")
@BY
@AS_JSON
def update(code: str, *, status: WorksStatus | None, text_ru: str, text_en: str, by: str | None, as_json: bool) -> None:
    """Tell more of the works CODE."""
    with closing(the_desk()) as desk, in_words():
        _post(desk, code, status, texts(text_ru, text_en), by, as_json=as_json)


@maintenance_group.command()
@CODE
@words_options("text")
@BY
@AS_JSON
def complete(code: str, *, text_ru: str, text_en: str, by: str | None, as_json: bool) -> None:
    """The works CODE are done."""
    with closing(the_desk()) as desk, in_words():
        _post(desk, code, WorksStatus.COMPLETED, texts(text_ru, text_en), by, as_json=as_json)


@maintenance_group.command()
@CODE
@words_options("text")
@BY
@AS_JSON
def cancel(code: str, *, text_ru: str, text_en: str, by: str | None, as_json: bool) -> None:
    """The works CODE are called off; those that have begun can only be completed."""
    with closing(the_desk()) as desk, in_words():
        _post(desk, code, WorksStatus.CANCELLED, texts(text_ru, text_en), by, as_json=as_json)


@maintenance_group.command(name="reschedule")
@CODE
@click.option("--start", metavar="TIME", help="As before unless said.")
@click.option("--end", metavar="TIME", help="As before unless said.")
@BY
@AS_JSON
def reschedule_command(code: str, *, start: str | None, end: str | None, by: str | None, as_json: bool) -> None:
    """Do the works CODE at another time; of works under way only the end can be moved."""
    with closing(the_desk()) as desk, in_words():
        stream, at, whom = found(desk, code, Kind.WORKS).stream, desk.now(), person(desk, by)

        def decide(state: Works) -> list[Event]:
            since = state.start if start is None else instant(desk, start)
            until = state.end if end is None else instant(desk, end)
            return reschedule(state, start=since, end=until, at=at, by=whom)

        _act(desk, stream, decide, as_json=as_json)


@maintenance_group.command(name="reword")
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
    """Correct or translate the title of the works CODE, or the text of one of their updates.

    A language that is not given stays as it is.
    """
    with closing(the_desk()) as desk, in_words():
        one = found(desk, code, Kind.WORKS)
        told_in = None if update_code is None else update_of(one, update_code)
        words = titles(title_ru, title_en) if told_in is None else texts(text_ru, text_en)
        text = joined(desk, one.title if told_in is None else told_in.text, words)
        at, whom, named = desk.now(), person(desk, by), None if told_in is None else told_in.id

        def decide(state: Works) -> Sequence[Event]:
            return reword(state, stream=one.stream, text=text, update=named, at=at, by=whom) if words else []

        _act(desk, one.stream, decide, as_json=as_json)


@maintenance_group.command(name="list")
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@AS_JSON
def list_command(*, limit: int, as_json: bool) -> None:
    """Planned works, those that were announced last first."""
    with closing(the_desk()) as desk, views(desk) as engine:
        with engine.connect() as connection:
            page = incidents.page(connection, limit=limit, kind=Kind.WORKS).incidents
        items = [maintenance_out(desk, each) for each in page]
    for each in items:
        click.echo(f"{each.id} {each.status:11} {told(each.start)} to {told(each.end)}  {either(each.title)}")
    summary({"items": [each.model_dump(mode="json") for each in items]}, f"{len(items)} works", as_json=as_json)


@maintenance_group.command()
@CODE
@AS_JSON
def show(code: str, *, as_json: bool) -> None:
    """The works CODE with everything that was told of them."""
    with closing(the_desk()) as desk, in_words():
        one = maintenance_out(desk, found(desk, code, Kind.WORKS))
    for line in lines_of(one):
        click.echo(line)
    summary(one.model_dump(mode="json"), f"{one.status}, {told(one.start)} to {told(one.end)}", as_json=as_json)


def _post(
    desk: Desk, code: str, status: WorksStatus | None, words: Texts | None, by: str | None, *, as_json: bool
) -> None:
    """That they are done needs no words."""
    stream, update_id, at, whom = found(desk, code, Kind.WORKS).stream, desk.new_id(), desk.now(), person(desk, by)
    text = None if words is None and status is WorksStatus.COMPLETED else spoken(words)

    def decide(state: Works) -> list[Event]:
        now = status or state.status or WorksStatus.SCHEDULED
        return post(state, stream=stream, update=Update(update_id, now, text), at=at, by=whom)

    _act(desk, stream, decide, as_json=as_json)


def _act(desk: Desk, stream: Id, decide: Callable[[Works], Sequence[Event]], *, as_json: bool) -> None:
    acted = desk.maintenances.act(Command(desk.new_id()), stream, decide)
    code, status = code_of("incident", stream), acted.state.status
    updates = [code_of("update", each.event.update) for each in acted.events if isinstance(each.event, WorksUpdated)]
    values = {"id": code, "status": status, "update": updates[0] if updates else None, "position": acted.position}
    summary(values, f"{code} is {status}" if acted.events else f"{code}: nothing changes", as_json=as_json)
