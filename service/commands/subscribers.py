"""`glasno subscribers`: who is told of announcements, by what, and what did not arrive."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Final

import click
from sqlalchemy import Connection

from api.types import text_of
from domain.event import Id
from domain.instant import Instant
from domain.refusal import Refused
from domain.subscription import Proof, Step, SubscriptionChannel, SubscriptionEnd, confirm, end
from projections.subscribers import NAME, Announced, DeadLetter, Subscriber, dead_letters, page
from service.commands.announcing import IDENTIFIER, in_words
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.settings import read_settings
from service.subscribers import deliveries
from service.subscribers.announcements import under_way
from service.subscribers.keeping import left
from service.views import WorkHeld, views_of, work_alone
from store.desk import Desk
from store.streams import Command
from store.subscribing import text_of as address_of
from store.subscriptions import signing_secret, subscribe, subscription_of
from store.webhook_secrets import secret_text

SHOWN: Final = (Step.REQUESTED, Step.CONFIRMED, Step.ENDED)
"""Whose address is still there."""
AT_A_TIME: Final = 500
UP_TO_DATE: Final = 10.0
"""Seconds to wait for the process that keeps the views."""
Json = dict[str, Any]


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def subscribers(context: click.Context, *, as_json: bool) -> None:
    """Who is told of announcements, which ones are under way, and what could not be delivered (dead letters)."""
    if context.invoked_subcommand is None:
        with closing(the_desk()) as desk, _views(desk) as connection:
            known = [_subscriber(desk, each) for each in _all(connection)]
            going = [_mailing(desk, connection, each) for each in under_way(desk, connection)]
            dead = [_dead(each) for each in dead_letters(connection)]
        for line in (*map(_known_in_words, known), *map(_going_in_words, going), *map(_dead_in_words, dead)):
            click.echo(line)
        words = f"{len(known)} subscribers, {len(going)} mailings under way, {len(dead)} dead letters"
        summary({"subscribers": known, "mailings": going, "dead": dead}, words, as_json=as_json)


@subscribers.command(name="add")
@click.option("--email", metavar="ADDRESS", help="Tell this address by mail.")
@click.option("--webhook", metavar="URL", help="Tell this address by webhook; prints the secret to verify it with.")
@click.option(
    "--component", "components", metavar="KEY", multiple=True, help="Of this one; without any, of everything."
)
@click.option("--language", type=click.Choice(["ru", "en"]), default="en", help="What mails are written in.")
@AS_JSON
def add_command(
    email: str | None, webhook: str | None, components: tuple[str, ...], language: str, *, as_json: bool
) -> None:
    """Tell an address of announcements; that it wants to be told is the staff's word."""
    if (email is None) is (webhook is None):
        raise click.UsageError("name one address: --email ADDRESS or --webhook URL")
    channel = SubscriptionChannel.WEBHOOK if email is None else SubscriptionChannel.EMAIL
    with closing(the_desk()) as desk, in_words():
        _demand_offered(channel)
        stream = _add(desk, channel, email or webhook or "", frozenset(components), language)
        secret = secret_text(signing_secret(desk, stream)) if webhook else None
    words = f"{stream} is subscribed" + (f"; signed with {secret}" if secret else "")
    summary({"id": stream, "secret": secret}, words, as_json=as_json)


@subscribers.command(name="remove")
@click.argument("subscription", metavar="ID")
@AS_JSON
def remove_command(subscription: str, *, as_json: bool) -> None:
    """Tell a subscriber nothing more; the address is then destroyed."""
    with closing(the_desk()) as desk, in_words():
        if not IDENTIFIER.fullmatch(subscription):
            raise Refused("subscription_unknown")
        subscription_of(desk, subscription)
        command, why = Command(desk.new_id()), SubscriptionEnd.REMOVED
        acted = desk.subscriptions.act(command, subscription, end, why=why, at=desk.now())
    words = f"{subscription} is not told any more" if acted.events else f"{subscription} was not told any more already"
    summary({"id": subscription, "removed": bool(acted.events)}, words, as_json=as_json)


def _demand_offered(channel: SubscriptionChannel) -> None:
    if channel is SubscriptionChannel.EMAIL and read_settings().post is None:
        raise Refused("mail_not_offered")


def _add(desk: Desk, channel: SubscriptionChannel, to: str, components: frozenset[str], language: str) -> Id:
    command, at = Command(desk.new_id()), desk.now()
    subscribe(desk, command, channel=channel, to=to, components=components, language=language, at=at)
    desk.subscriptions.act(Command(desk.new_id()), command.id, confirm, proof=Proof.STAFF, at=at)
    return command.id


@contextmanager
def _views(desk: Desk) -> Iterator[Connection]:
    """The views as of now: brought up to date here, or by whoever holds the work lock."""
    settings = read_settings()
    views = views_of(settings, desk)
    deliveries.prepare(views.engine)
    with suppress(WorkHeld), work_alone(settings):
        views.catch_up()
    if not views.wait_for(desk.log.head(), UP_TO_DATE, [NAME]):
        click.echo("the views are behind: what is newest may be missing", err=True)
    with views.engine.connect() as connection:
        yield connection
    views.engine.dispose()


def _all(connection: Connection) -> Iterator[Subscriber]:
    """Page by page."""
    after: tuple[Instant, Id] = (-1, "")
    while found := page(connection, steps=SHOWN, after=after, limit=AT_A_TIME):
        yield from found
        after = found[-1].requested_at, found[-1].stream


def _subscriber(desk: Desk, each: Subscriber) -> Json:
    return {
        "id": each.stream,
        "channel": each.channel,
        "address": address_of(desk.log, each.address),
        "language": each.language,
        "components": each.components,
        "step": each.step,
        "why": each.why,
        "failures": each.failures,
    }


def _mailing(desk: Desk, connection: Connection, each: Announced) -> Json:
    counts = {outcome.value: count for outcome, count in deliveries.counts(connection, each).items()}
    told = {"position": each.position, "kind": each.kind, "at": text_of(each.at)}
    return {**told, **counts, "left": left(desk, connection, each)}


def _dead(each: DeadLetter) -> Json:
    return {"id": each.stream, "at": text_of(each.at), "attempts": each.attempts, "why": each.why}


def _known_in_words(each: Json) -> str:
    components = ", ".join(each["components"]) or "everything"
    state = f"{each['step']} ({each['why']})" if each["why"] else str(each["step"])
    failures = f", {each['failures']} not delivered" if each["failures"] else ""
    who = f"{each['id']} {each['channel']} {each['address'] or '-'}"
    return f"{who} ({each['language']}), {components}: {state}{failures}"


def _going_in_words(each: Json) -> str:
    counts = f"{each['delivered']} told, {each['given_up']} given up, {each['left']} left"
    return f"mailing {each['position']} ({each['kind']}): {counts}"


def _dead_in_words(each: Json) -> str:
    return f"{each['id']} was not told at {each['at']}: {each['attempts']} attempts, {each['why']}"
