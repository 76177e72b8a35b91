"""`glasno notices`: what is to be delivered, and what did not arrive."""

from contextlib import suppress
from typing import Any, Final

import click
from sqlalchemy import Engine

from domain.refusal import Refused
from domain.ticket.notices import retry
from projections.notices import NAME, STAFF, DeadLetter, Notice, dead_letters
from service import attempts
from service.attempts import Pending, pending
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.settings import read_settings
from service.views import WorkHeld, views_of, work_alone
from store.desk import Desk
from store.intake import ticket_of
from store.streams import Command

UP_TO_DATE: Final = 10.0
"""Seconds to wait for the process that keeps the views."""


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def notices(context: click.Context, *, as_json: bool) -> None:
    """What clients and the staff were not told yet, and what was given up (dead letters)."""
    if context.invoked_subcommand is None:
        with _views(the_desk()).connect() as connection:
            waiting = [_pending(each) for each in pending(connection)]
            dead = [_dead(each) for each in dead_letters(connection)]
        for each in (*waiting, *dead):
            click.echo(_in_words(each))
        words = f"{len(waiting)} to be delivered, {len(dead)} given up"
        summary({"pending": waiting, "dead": dead}, words, as_json=as_json)


@notices.command(name="retry")
@click.argument("notice", metavar="NOTICE")
@AS_JSON
def retry_command(notice: str, *, as_json: bool) -> None:
    """Deliver a dead letter after all: NOTICE is its id in the list, such as 123456788/3."""
    reference, _, number = notice.partition("/")
    desk = the_desk()
    stream = ticket_of(desk, reference)
    if stream is None or not number.isdecimal():
        raise click.BadParameter(f"there is no notice {notice}: `glasno notices` lists them")
    try:
        desk.tickets.act(Command(desk.new_id()), stream, retry, notice=int(number), at=desk.now())
    except Refused:
        raise click.ClickException(
            f"notice {notice} was not given up: `glasno notices` lists those that were"
        ) from None
    summary({"notice": notice}, f"notice {notice} is delivered as soon as the work loop runs", as_json=as_json)


def _views(desk: Desk) -> Engine:
    """The views as of now: brought up to date here, or by whoever holds the work lock."""
    settings = read_settings()
    views = views_of(settings, desk)
    attempts.prepare(views.engine)
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(desk.log.head(), UP_TO_DATE, [NAME]):
        click.echo("the views are behind: what is newest may be missing", err=True)
    return views.engine


def _id(notice: Notice) -> str:
    return f"{notice.reference}/{notice.notice}"


def _pending(each: Pending) -> dict[str, Any]:
    return _told(each.notice) | {"attempts": each.attempts, "why": each.why, "next_at": each.next_at}


def _dead(each: DeadLetter) -> dict[str, Any]:
    return _told(each) | {"attempts": each.attempts, "why": each.why}


def _told(notice: Notice) -> dict[str, Any]:
    to = "staff" if notice.receiver == STAFF else "client"
    return {"id": _id(notice), "reference": notice.reference, "to": to, **notice.values, "at": notice.at}


def _in_words(each: dict[str, Any]) -> str:
    state = "to be delivered" if "next_at" in each else "given up"
    why = each["why"] and f": {each['why']}"
    return f"{each['id']} to the {each['to']} ({_what(each)}): {state}, {each['attempts']} attempts{why}"


def _what(each: dict[str, Any]) -> str:
    if each["to"] == "client":
        return str(each["stage"])
    return f"{each['clock']} #{each['instance']} at {each['per_mille']} ‰, for {each['whom']}"
