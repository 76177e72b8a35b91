"""Telling subscribers by mail: each mail has an id that is the same at every attempt, and unsubscribes by one click.

Headers: RFC 5322, `List-Id` (RFC 2919), `List-Unsubscribe` (RFC 2369) with one click (RFC 8058), `Auto-Submitted`
(RFC 3834).
"""

from datetime import timedelta
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Engine

from domain.configuration.component import ComponentDefined
from domain.opening_hours import EPOCH
from domain.subscription import SubscriptionChannel
from projections.subscribers import Announced, Subscriber
from service.mail import Postman, Undelivered, recipient_of
from service.mails import Written, written
from service.subscribers.announcements import as_announced, event_of
from service.subscribers.deliveries import Delivery
from service.subscribers.telling import Failure, Line
from service.subscribers.wording import Told, told_of
from status_page import words
from status_page.words import Language
from store.desk import Desk
from store.subscriptions import link_of

KEPT: Final = 32
"""Announcements whose words are remembered, by language."""
CONFIRM: Final = {"en": "Confirm your subscription: {}", "ru": "Подтвердите подписку: {}"}


class Verbatim(UnstructuredHeader, BaseHeader):
    """For machines: the usual folding would write long ones as words of a text (RFC 2047), which no machine reads."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Worded(UnstructuredHeader, BaseHeader):
    """For people: the usual folding loses spaces where words in ASCII and others meet (RFC 2047)."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        if self.isascii():
            return super().fold(policy=policy)
        words = Header(str(self), "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {words}{policy.linesep}"


HEADERS: Final = HeaderRegistry()
HEADERS.map_to_type("subject", Worded)
for _name in ("list-unsubscribe", "references"):
    HEADERS.map_to_type(_name, Verbatim)
PLAIN: Final = SMTP.clone(cte_type="7bit", header_factory=HEADERS)
"""Nothing on the way has a reason to write it anew, which would break its signature."""


def by_mail(desk: Desk, views: Engine, postman: Postman, address: str) -> Line:
    """The line; `address` is where the desk is found."""

    @lru_cache(KEPT)
    def told(mailing: Announced, language: Language) -> Told:
        with as_announced(desk, views, mailing, address) as edition:
            return told_of(edition, event_of(desk, mailing), language)

    def send(delivery: Delivery, to: str) -> Failure | None:
        subscriber = delivery.subscriber
        language: Language = "ru" if subscriber.language == "ru" else "en"
        link = f"{address}/{language}/subscription/{link_of(desk, subscriber.stream)}"
        message = _begun(desk, delivery, postman.post.sender)
        if delivery.mailing is None:
            _invite(message, desk, subscriber, language, link)
        else:
            _tell(message, desk, told(delivery.mailing, language), link)
        try:
            message["To"] = recipient = recipient_of(to)
            postman.send(message, recipient)
        except Undelivered as fault:
            return Failure(str(fault), is_final=fault.is_final)
        return None

    return Line(desk, views, SubscriptionChannel.EMAIL, send, postman.session)


def _begun(desk: Desk, delivery: Delivery, sender: Address) -> EmailMessage:
    message = EmailMessage(PLAIN)
    name = desk.name("mail", delivery.subscriber.stream, str(delivery.position))
    message["Message-ID"] = f"<{name}@{sender.domain}>"
    message["Date"] = format_datetime(EPOCH + timedelta(milliseconds=desk.now()))
    message["From"] = sender
    message["Auto-Submitted"] = "auto-generated"
    return message


def _invite(message: EmailMessage, desk: Desk, subscriber: Subscriber, language: Language, link: str) -> None:
    configured, zone = desk.configured.state(), desk.founding.load(desk.stream)[0].zone
    known, site = configured.of(ComponentDefined), words.site_name(configured.page, language)
    names = [getattr(known[key].label, language) for key in subscriber.components if key in known]
    subject = CONFIRM[language].format(site)
    until = f"{words.instant(subscriber.ends_at or 0, language, zone)} ({zone})"
    values = {"language": language, "site": site, "subject": subject, "components": ", ".join(names)}
    _write(message, subject, written("invitation", **values, until=until, link=link))


def _tell(message: EmailMessage, desk: Desk, told: Told, link: str) -> None:
    domain = message["From"].addresses[0].domain
    message["References"] = f"<{desk.name('thread', told.thread)}@{domain}>"
    message["List-Id"] = f"<announcements.{domain}>"
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _write(message, told.subject, written("announcement", told=told, link=link))


def _write(message: EmailMessage, subject: str, body: Written) -> None:
    """The subject on one line, whatever was announced."""
    message["Subject"] = " ".join(subject.split())
    message.set_content(body.text)
    message.add_alternative(body.html, subtype="html")
