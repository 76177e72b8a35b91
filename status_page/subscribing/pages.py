"""The pages: the form, what happens next, and a subscription for whoever has its link."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.event import Id
from domain.refusal import Refused
from domain.subscription import SubscriptionChannel
from projections.engine import Projector
from status_page.edition import Edition, edition
from status_page.html import render
from status_page.pages.trouble import trouble
from status_page.press import Press
from status_page.subscribing.asked import Asked, Told
from status_page.subscribing.form import Form, choices, first, form_of, typed
from status_page.words import Language
from store.reception import Reception
from store.streams import Command
from store.subscriptions import address_of, signing_secret, subscription_by, subscription_of
from store.webhook_secrets import secret_text

ONE_CLICK: Final = {"List-Unsubscribe": ["One-Click"]}
"""What a mail program sends if somebody unsubscribes in it (RFC 8058, 3.1)."""
STATUSES: Final = {"subscription_ended": 410, "too_many_requests": 429, "subscriptions_full": 503}
"""422 of all other refusals."""
NOT_AN_ADDRESS: Final[dict[Language, str]] = {
    "en": "That is no e-mail address. Write it like duty@example.org.",
    "ru": "Это не адрес электронной почты. Он пишется так: duty@example.org.",
}


@dataclass(frozen=True)
class Source:
    """What the pages are made of, and where requests come in."""

    reception: Reception
    views: Projector
    press: Press
    address: str
    """Where the site is published."""

    @contextmanager
    def edition(self) -> Iterator[Edition]:
        """The newest one."""
        printed = self.press.printed
        mark = replace(printed.mark, is_behind=printed.mark.is_behind or printed.is_lost)
        with edition(self.reception.desk, self.views.engine, mark, printed.configured, self.address) as opened:
            yield opened


# A POST needs no token against forgery: nobody is logged in, so that no page of somebody else can do anything in a
# visitor's name. What is asked for has to be confirmed by the address, and everything else needs the link.


def subscribe_page(source: Source, asked: Asked) -> Told:
    """The form; posted, what happens next."""
    usual = first(asked.parameters, asked.language, offers_mail=source.reception.offers_mail)
    if asked.method != "POST":
        return _form(source, asked, usual)
    form = typed(asked.fields, usual)
    try:
        command = Command(source.reception.desk.new_id())
        source.reception.take(form.wish, asked.asker, command)
    except Refused as why:
        return _form(source, asked, form.refused(why, _words(source, why, asked.language)), why)
    return _asked(source, asked, form, command.id)


def subscription_page(source: Source, asked: Asked) -> Told:
    """A subscription; posted, it is confirmed, changed or ended."""
    try:
        stream = subscription_by(source.reception.desk, asked.said["text"] or "")
    except Refused:
        return Told(404, trouble("subscription", asked.language))
    if asked.method != "POST":
        return _shown(source, asked, stream)
    if asked.fields.items() >= ONE_CLICK.items():
        source.reception.end(stream)
        return Told(200, b"", {"Content-Type": "text/plain; charset=utf-8"})
    return _done(source, asked, stream)


def _done(source: Source, asked: Asked, stream: Id) -> Told:
    """What a button of the page asks for."""
    action = asked.fields.get("action", [""])[-1]
    form = typed(asked.fields, form_of(subscription_of(source.reception.desk, stream)))
    try:
        _do(source.reception, stream, action, form)
    except Refused as why:
        wrong = form.refused(why, _words(source, why, asked.language))
        return _shown(source, asked, stream, form=wrong, status=STATUSES.get(why.code, 422))
    return _shown(source, asked, stream, done=action)


def _do(reception: Reception, stream: Id, action: str, form: Form) -> None:
    match action:
        case "confirm":
            reception.confirm(stream)
        case "change":
            reception.change(stream, form.components, form.language)
        case "end":
            reception.end(stream)
        case _:
            raise Refused("action_unknown")


def _form(source: Source, asked: Asked, form: Form, why: Refused | None = None) -> Told:
    """With the mistake, if there is one."""
    retry = {"Retry-After": str(why.facts["retry_after"])} if why and "retry_after" in why.facts else {}
    status = 200 if why is None else STATUSES.get(why.code, 422)
    with source.edition() as opened:
        values = {"form": form, "choices": [*choices(opened)], "withdrawn": ()}
        offered = {"offers_mail": source.reception.offers_mail}
        return Told(status, _rendered("subscribe", opened, asked, "/subscribe", **values, **offered), retry)


def _asked(source: Source, asked: Asked, form: Form, stream: Id) -> Told:
    """What happens next."""
    desk = source.reception.desk
    is_signed = form.channel is SubscriptionChannel.WEBHOOK
    secret = secret_text(signing_secret(desk, stream)) if is_signed else ""
    next_steps = {"form": form, "secret": secret, "ends_at": subscription_of(desk, stream).ends_at}
    with source.edition() as opened:
        return Told(200, _rendered("subscribed", opened, asked, "/subscribe", **next_steps))


def _shown(
    source: Source, asked: Asked, stream: Id, *, form: Form | None = None, done: str = "", status: int = 200
) -> Told:
    """The subscription as it stands, and what was just done."""
    desk, path = source.reception.desk, f"/subscription/{asked.said['text']}"
    subscription = subscription_of(desk, stream)
    with source.edition() as opened:
        known = {each.key for each in opened.components}
        withdrawn = [key for key in subscription.components if key not in known]
        wishes = {"form": form or form_of(subscription), "choices": [*choices(opened)], "withdrawn": withdrawn}
        facts = {"subscription": subscription, "address": address_of(desk, subscription), "done": done}
        return Told(status, _rendered("subscription", opened, asked, path, **wishes, **facts))


def _rendered(template: str, opened: Edition, asked: Asked, path: str, **values: Any) -> bytes:
    return render(template, opened, asked.language, path, is_still=True, **values)


def _words(source: Source, why: Refused, language: Language) -> str:
    return NOT_AN_ADDRESS[language] if why.code == "address_invalid" else source.reception.in_words(why, language)
