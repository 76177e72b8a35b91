"""A real mail server on the loopback: it keeps what it took, and refuses what it was told to refuse."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.servers.ports import free_port

GOOD = LoginPassword(b"desk", b"p@ss:word")


class Taken(NamedTuple):
    """A mail that was taken."""

    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, form: str) -> str:
        body = self.message.get_body((form,))
        assert body is not None
        return str(body.get_content())


@dataclass
class Mailbox:
    """What the server took."""

    port: int = 0
    got: list[Taken] = field(default_factory=list)
    sessions: set[Any] = field(default_factory=set)
    """Whence it was called."""
    refusing: dict[str, str] = field(default_factory=dict)
    """What it says to recipients."""
    answers: list[str] = field(default_factory=list)
    """What it says to messages, one after the other; that they are taken when there are no more."""
    before_answering: Callable[[], object] = lambda: None

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.sessions.add(session.peer)
        if self.answers:
            return self.answers.pop(0)
        self.got += [Taken(to, envelope.content) for to in envelope.rcpt_tos]
        self.before_answering()
        return "250 OK"

    def of(self, to: str) -> list[Taken]:
        return [each for each in self.got if each.to == to]


def authenticated(_: Any, __: Any, ___: Any, ____: Any, given: Any) -> AuthResult:
    return AuthResult(success=given == GOOD, handled=False)


@contextmanager
def receiving_mail(box: Mailbox | None = None, **options: Any) -> Iterator[Mailbox]:
    """Until the end; on the port that the box had, if it had one."""
    box = box or Mailbox()
    box.port = box.port or free_port()
    controller = Controller(box, "127.0.0.1", box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def tls(certificate: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
