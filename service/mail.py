"""Mail by SMTP (RFC 5321): one session for all messages that there are at a time, to one server that sends them on.

What the server says of a recipient is told apart from what it says of us: a server that is away, or that lets us not
in, is nobody else's fault.
"""

import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from ipaddress import ip_address
from socket import gaierror
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from domain.address import normalised
from domain.instant import MINUTE, SECOND, Duration, Instant
from domain.refusal import Refused

PORTS: Final = {"smtp": 25, "smtps": 465}
SECONDS: Final = 30.0
"""For the connection, and for each answer of the server."""
FIRST_REST: Final[Duration] = 2 * SECOND
LONGEST_REST: Final[Duration] = MINUTE
NOBODY: Final = re.compile(rb"5\.(1\.([1236]|10)|2\.1)\b")
"""Of RFC 3463 and 7505: there is no such mailbox. A full one, or one that we may not send to, somebody mends."""
CLOSING: Final = 421
HOST: Final = re.compile(r"[A-Za-z0-9.-]+")
LOGGER: Final = logging.getLogger("glasno.mail")
EXPECTED: Final = "expected smtp://USER:PASSWORD@HOST:PORT or smtps://…, with %40 for @ and %3A for : in the password"


class Server(NamedTuple):
    """Whom mail is given to, and how."""

    host: str
    port: int
    is_implicit: bool
    """TLS from the first byte on (RFC 8314); else STARTTLS is demanded, but on this machine itself."""
    user: str
    password: str


class Post(NamedTuple):
    """How mail is sent, and from whom."""

    server: Server
    sender: Address


class Away(Exception):
    """The server takes no mail at all now, and why: a code."""


class Undelivered(Exception):
    """The server does not take this message, and why: a code."""

    def __init__(self, why: str, *, is_final: bool) -> None:
        super().__init__(why)
        self.is_final = is_final
        """It never will."""


def server_of(url: str) -> Server:
    """The server of a URL; `ValueError`, without what was written, if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise ValueError(EXPECTED) from None
    if not parts.hostname or parts.path.strip("/") or parts.query or bool(parts.username) != bool(parts.password):
        raise ValueError(EXPECTED)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port, parts.scheme == "smtps", user, password)


def sender_of(text: str) -> Address:
    """`Name <local@domain>`, or without a name; `ValueError` if it is none."""
    name, spelt = parseaddr(text)
    try:
        normalised("mail", spelt)
        sender = recipient_of(spelt)
        sender.username.encode("ascii")  # else no server could be given any mail that does not speak SMTPUTF8
        return Address(name, sender.username, sender.domain)
    except (Refused, ValueError):
        raise ValueError("expected an address, such as Name <status@example.org>") from None


def recipient_of(address: str) -> Address:
    """An address with its domain in ASCII (RFC 5890); `ValueError` if it is none that a server takes."""
    local, _, domain = address.rpartition("@")
    name = domain.encode("idna").decode()
    if not (local and HOST.fullmatch(name)):
        raise ValueError("no mail server takes such an address")
    return Address(username=local, domain=name)


class Postman:
    """Gives messages to the server of a post; `now` tells when one that was away is tried again."""

    def __init__(self, post: Post, now: Callable[[], Instant]) -> None:
        self.post = post
        self._now = now
        self._link: smtplib.SMTP | None = None
        self._rest = FIRST_REST
        self._away_until: Instant = 0

    def is_ready(self) -> bool:
        """Whether the server may be tried (again)."""
        return self._now() >= self._away_until

    @contextmanager
    def session(self) -> Iterator[None]:
        """What is sent within shares a connection."""
        try:
            yield
        finally:
            self._hang_up()

    def send(self, message: EmailMessage, to: Address) -> None:
        """Durable at the server when it returns; `Away`, `Undelivered`."""
        try:
            self._link = self._link or _opened(self.post)
            _send(self._link, message, self.post.sender, to)
        except Away as fault:
            self._rest_after(fault)
            raise
        self._rest = FIRST_REST

    def _rest_after(self, fault: Away) -> None:
        """Told once, however long it lasts."""
        if self._rest == FIRST_REST:
            LOGGER.error("the mail server takes nothing (%s): all mail waits until it does", fault)
        self._hang_up()
        self._away_until = self._now() + self._rest
        self._rest = min(2 * self._rest, LONGEST_REST)

    def _hang_up(self) -> None:
        if self._link is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._link.quit()
            self._link.close()
        self._link = None


def _opened(post: Post) -> smtplib.SMTP:
    """A session that may send."""
    server, context = post.server, ssl.create_default_context()
    with _in_codes():
        link = _connected(server, post.sender.domain, context)
        try:
            _enter(link, server, context)
        except BaseException:
            link.close()
            raise
    return link


def _connected(server: Server, name: str, context: ssl.SSLContext) -> smtplib.SMTP:
    """`name` is what we call ourselves."""
    if server.is_implicit:
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=SECONDS)


def _enter(link: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    """Nothing is said in clear that leaves this machine."""
    if not (server.is_implicit or _is_here(server.host)):
        link.starttls(context=context)
    if server.user:
        link.login(server.user, server.password)


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _send(link: smtplib.SMTP, message: EmailMessage, sender: Address, to: Address) -> None:
    with _in_codes():
        try:
            link.send_message(message, sender.addr_spec, [to.addr_spec])
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, words)] = refused.recipients.values()
            raise _refused(code, is_final=NOBODY.match(words) is not None) from None
        except smtplib.SMTPDataError as refused:
            raise _refused(refused.smtp_code, is_final=False) from None
        except smtplib.SMTPNotSupportedError:
            raise Undelivered("smtputf8_missing", is_final=True) from None


def _refused(code: int, *, is_final: bool) -> Away | Undelivered:
    return Away("closing") if code == CLOSING else Undelivered(f"status_{code}", is_final=is_final)


@contextmanager
def _in_codes() -> Iterator[None]:
    """What is wrong between the server and us."""
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise Away("login_refused") from None
    except smtplib.SMTPSenderRefused:
        raise Away("sender_refused") from None
    except smtplib.SMTPNotSupportedError:
        raise Away("starttls_missing") from None
    except smtplib.SMTPResponseException as refused:
        raise Away(f"status_{refused.smtp_code}") from None
    except ssl.SSLError:
        raise Away("tls_failed") from None
    except gaierror:
        raise Away("host_unknown") from None
    except OSError as fault:
        is_late = any(isinstance(each, TimeoutError) for each in (fault, fault.__context__))
        raise Away("timed_out" if is_late else "no_answer") from None
