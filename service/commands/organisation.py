"""`glasno organisation`: client organisations, and the links that show each of them its own figures."""

import re
from contextlib import suppress
from typing import Any, Final

import click

from domain.event import Id
from domain.instant import DAY
from domain.page_link import LONGEST
from domain.refusal import Refused
from projections.page_links import NAME, Issued, of_organisation
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.settings import read_settings
from service.views import WorkHeld, views_of, work_alone
from status_page.words import machine_instant
from store.desk import Desk
from store.page_links import issue_link, revoke_link, text_of
from store.streams import Command

UP_TO_DATE: Final = 10.0
"""Seconds to wait for the process that keeps the views."""
IDENTIFIER: Final = re.compile("[0-9a-f]{32}")


def _identifier(_: click.Context, __: click.Parameter, value: str) -> Id:
    if not IDENTIFIER.fullmatch(value):
        raise click.BadParameter(_unknown(value))
    return value


def _unknown(link: str) -> str:
    return f"there is no link {link}: `glasno organisation links KEY` lists them"


@click.command(name="link")
@click.argument("key")
@click.option(
    "--days", type=click.IntRange(1, LONGEST // DAY), default=90, show_default=True, help="How long it holds."
)
@click.option("--label", default="", help="Whom it is for, to be told from other links.")
@AS_JSON
def link_command(key: str, *, days: int, label: str, as_json: bool) -> None:
    """Issue a link to the status page that shows organisation KEY its own figures; prints its address."""
    desk = the_desk()
    command, at = Command(desk.new_id()), desk.now()
    expires_at = at + days * DAY
    issue_link(desk, command, organisation=organisation_of(desk, key), expires_at=expires_at, label=label, at=at)
    click.echo("Whoever has the address sees the figures: give it to the client and to nobody else.", err=True)
    address = _address(desk, command.id)
    told = {"id": command.id, "organisation": key, "address": address, "label": label, "expires_at": expires_at}
    summary(told, address, as_json=as_json)


@click.command(name="links")
@click.argument("key")
@AS_JSON
def links_command(key: str, *, as_json: bool) -> None:
    """List the links of organisation KEY, the newest first, with their addresses."""
    desk = the_desk()
    links = [_told(desk, each) for each in _links(desk, organisation_of(desk, key))]
    for each in links:
        click.echo(_in_words(each, desk.now()))
    summary({"organisation": key, "links": links}, f"{len(links)} links", as_json=as_json)


@click.command(name="unlink")
@click.argument("link", metavar="ID", callback=_identifier)
@AS_JSON
def unlink_command(link: Id, *, as_json: bool) -> None:
    """Revoke a link at once: ID is that of the list."""
    desk = the_desk()
    try:
        revoke_link(desk, Command(desk.new_id()), link, at=desk.now())
    except Refused:
        raise click.BadParameter(_unknown(link)) from None
    summary({"id": link}, "the link shows nothing any more", as_json=as_json)


def organisation_of(desk: Desk, key: str) -> Id:
    """Its stream; a mistake of whoever typed the key if there is none."""
    stream = desk.name("organisation", key)
    if desk.organisations.load(stream)[0].name is None:
        raise click.BadParameter(f"there is no organisation {key}: apply a desk file with its contract first")
    return stream


def _links(desk: Desk, stream: Id) -> list[Issued]:
    """As of now: the view is brought up to date here, or by whoever holds the work lock."""
    settings = read_settings()
    views = views_of(settings, desk)
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(desk.log.head(), UP_TO_DATE, [NAME]):
        click.echo("the views are behind: what is newest may be missing", err=True)
    with views.engine.connect() as connection:
        return [*of_organisation(connection, stream)]


def _told(desk: Desk, link: Issued) -> dict[str, Any]:
    times = {name: getattr(link, name) for name in ("issued_at", "expires_at", "revoked_at")}
    return {"id": link.stream, "label": link.label, "address": _address(desk, link.stream), **times}


def _address(desk: Desk, stream: Id) -> str:
    settings = read_settings()
    site = (settings.public_url or f"http://{settings.listen}").rstrip("/")
    return f"{site}/client/{text_of(desk, stream)}/"


def _in_words(link: dict[str, Any], now: int) -> str:
    if link["revoked_at"] is not None:
        state = f"revoked {machine_instant(link['revoked_at'])}"
    else:
        state = f"{'expired' if link['expires_at'] <= now else 'holds until'} {machine_instant(link['expires_at'])}"
    label = link["label"] and f" ({link['label']})"
    return f"{link['id']}{label}: issued {machine_instant(link['issued_at'])}, {state}: {link['address']}"
