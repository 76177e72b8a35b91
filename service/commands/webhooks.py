"""`glasno organisation webhook` and `glasno desk webhook`: where notices to clients and to the staff go."""

import click

from domain.event import Id
from domain.refusal import Refused
from projections.notices import STAFF
from service.commands.organisation import organisation_of
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.webhooks import remove_address, set_address
from store.desk import Desk
from store.webhook_secrets import secret_text


@click.command(name="webhook")
@click.argument("key")
@click.argument("url", required=False)
@click.option("--remove", is_flag=True, help="Deliver no more notices.")
@AS_JSON
def organisation_webhook(key: str, url: str | None, *, remove: bool, as_json: bool) -> None:
    """Deliver notices about the tickets of organisation KEY to URL; prints the secret to verify them with."""
    _demand_one(url, remove=remove)
    desk = the_desk()
    _webhook(desk, organisation_of(desk, key), url, {"organisation": key}, as_json=as_json)


@click.command(name="webhook")
@click.argument("url", required=False)
@click.option("--remove", is_flag=True, help="Deliver no more notices.")
@AS_JSON
def staff_webhook(url: str | None, *, remove: bool, as_json: bool) -> None:
    """Deliver notices to the staff, those of the escalation ladder, to URL; prints the secret to verify them with."""
    _demand_one(url, remove=remove)
    _webhook(the_desk(), STAFF, url, {}, as_json=as_json)


def _demand_one(url: str | None, *, remove: bool) -> None:
    if (url is None) is not remove:
        raise click.UsageError("name the URL, or say --remove")


def _webhook(desk: Desk, receiver: Id, url: str | None, whose: dict[str, str], *, as_json: bool) -> None:
    """Set the address, or remove it if it is None."""
    if url is None:
        remove_address(desk, receiver)
        return summary({**whose, "url": None}, "no more notices are delivered", as_json=as_json)
    secret = _set(desk, receiver, url)
    click.echo("Whoever has the secret can sign notices: give it to the receiver and to nobody else.", err=True)
    return summary({**whose, "url": url, "secret": secret}, secret, as_json=as_json)


def _set(desk: Desk, receiver: Id, url: str) -> str:
    try:
        return secret_text(set_address(desk, receiver, url).secret)
    except Refused as refused:
        if refused.code == "person_erased":
            raise click.ClickException("the organisation was erased: nothing about it is stored any more") from None
        raise click.BadParameter(f"{url} is no address: write https://HOST/PATH, in ASCII and without a user") from None
