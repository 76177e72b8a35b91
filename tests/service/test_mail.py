"""Against real mail servers: how they are reached, and what they say."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from domain.instant import SECOND
from service import mail
from service.mail import Away, Post, Postman, Server, Undelivered, sender_of, server_of
from tests.service.certificates import certified
from tests.service.mailbox import GOOD, Mailbox, authenticated, receiving_mail, tls
from tests.service.running import SetClock

SENDER = Address("Acme", "status", "acme.example")
READER = Address(username="ann", domain="acme.example")
HOST = "localhost.example"
"""Not known to be this machine."""


def postman(box: Mailbox, *, host: str = "127.0.0.1", **changes: Any) -> Postman:
    server = Server(host, box.port, is_implicit=False, user="", password="")
    return Postman(Post(server._replace(**changes), SENDER), lambda: 0)


def send(sender: Postman, to: Address = READER) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, to, "News"
    message.set_content("It works.")
    with sender.session():
        sender.send(message, to)


def why_away(sender: Postman) -> str:
    with pytest.raises(Away) as away:
        send(sender)
    return str(away.value)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a host that leads to this machine."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: str, *args: Any, **kwargs: Any) -> Any:
        return resolve("127.0.0.1" if host == HOST else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return certified(tmp_path, HOST)


def trust(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_mail_is_given_to_the_server() -> None:
    with receiving_mail() as box:
        send(postman(box))
    [taken] = box.got
    assert (taken.to, taken.message["Subject"], taken.message.get_content()) == (
        "ann@acme.example",
        "News",
        "It works.\r\n",
    )


def test_what_leaves_the_machine_is_encrypted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, certificate)
    with receiving_mail(tls_context=tls(certificate), require_starttls=True) as box:
        send(postman(box, host=HOST))
    assert len(box.got) == 1


def test_a_server_that_cannot_encrypt_gets_nothing(certificate: Path) -> None:
    assert certificate.exists()
    with receiving_mail() as box:
        assert why_away(postman(box, host=HOST)) == "starttls_missing"
    assert box.got == []


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    with receiving_mail(tls_context=tls(certificate), require_starttls=True) as box:
        assert why_away(postman(box, host=HOST)) == "tls_failed"
    assert box.got == []


def test_a_certificate_of_another_name_is_refused(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, certified(certificate.parent, "another.example"))
    with receiving_mail(tls_context=tls(certificate), require_starttls=True) as box:
        assert why_away(postman(box, host=HOST)) == "tls_failed"


def test_a_user_logs_in(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, certificate)
    options: dict[str, Any] = {"tls_context": tls(certificate), "authenticator": authenticated, "auth_required": True}
    with receiving_mail(**options) as box:
        user, password = GOOD.login.decode(), GOOD.password.decode()
        send(postman(box, host=HOST, user=user, password=password))
        assert why_away(postman(box, host=HOST, user=user, password=password[1:])) == "login_refused"
        assert why_away(postman(box, host=HOST)) == "sender_refused"
    assert len(box.got) == 1


def test_tls_from_the_first_byte_on(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, certificate)
    with receiving_mail(ssl_context=tls(certificate)) as box:
        send(postman(box, host=HOST, is_implicit=True))
    assert len(box.got) == 1


@pytest.mark.parametrize(
    ("said", "is_final"),
    [
        ("550 5.1.1 No such user", True),
        ("556 5.1.10 Null MX", True),
        ("550 5.2.1 Disabled", True),
        ("550 5.1.8 Your own address is none", False),
        ("552 5.2.2 Mailbox full", False),
        ("550 relay not permitted", False),
        ("554 5.7.1 Relay access denied", False),
        ("450 4.2.1 Greylisted", False),
    ],
)
def test_what_is_said_of_a_recipient_is_final_or_passes(said: str, is_final: bool) -> None:
    with receiving_mail() as box:
        box.refusing = {"ann@acme.example": said}
        with pytest.raises(Undelivered) as refused:
            send(postman(box))
    assert (str(refused.value), refused.value.is_final) == (f"status_{said[:3]}", is_final)


def test_what_is_said_of_a_message_passes() -> None:
    with receiving_mail() as box:
        box.answers = ["554 5.6.0 Looks like spam"]
        with pytest.raises(Undelivered) as refused:
            send(postman(box))
    assert (str(refused.value), refused.value.is_final) == ("status_554", False)


@pytest.mark.parametrize("field", ["refusing", "answers"])
def test_a_server_that_closes_is_away(field: str) -> None:
    with receiving_mail() as box:
        closing = "421 4.3.2 Shutting down"
        setattr(box, field, {"ann@acme.example": closing} if field == "refusing" else [closing])
        assert why_away(postman(box)) == "closing"


def test_an_address_beyond_ascii_needs_a_server_that_knows_such() -> None:
    reader = Address(username="аня", domain="acme.example")
    with receiving_mail(enable_SMTPUTF8=False) as box:
        with pytest.raises(Undelivered) as refused:
            send(postman(box), reader)
        assert (str(refused.value), refused.value.is_final) == ("smtputf8_missing", True)
    with receiving_mail() as box:
        send(postman(box), reader)
    assert box.got[0].to == "аня@acme.example"


def test_after_a_recipient_was_refused_the_session_goes_on() -> None:
    with receiving_mail() as box:
        box.refusing = {"ann@acme.example": "550 No such user"}
        sender = postman(box)
        with sender.session():
            for name in ("ann", "bob", "eve"):
                to, message = Address(username=name, domain="acme.example"), EmailMessage()
                message["To"] = to
                try:
                    sender.send(message, to)
                except Undelivered:
                    assert name == "ann"
    assert ([taken.to for taken in box.got], len(box.sessions)) == (["bob@acme.example", "eve@acme.example"], 1)


@contextmanager
def talking(talk: Callable[[socket.socket], object]) -> Iterator[Mailbox]:
    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=answer)
        thread.start()
        yield Mailbox(listener.getsockname()[1])
        thread.join()


def test_why_the_server_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving_mail() as box:
        pass
    assert why_away(postman(box)) == "no_answer"
    assert why_away(postman(box, host="nobody.invalid")) == "host_unknown"
    with talking(lambda link: link.sendall(b"554 No mail here\r\n")) as box:
        assert why_away(postman(box)) == "status_554"
    monkeypatch.setattr(mail, "SECONDS", 0.1)
    with talking(lambda link: link.recv(1)) as box:
        assert why_away(postman(box)) == "timed_out"


def test_a_server_that_is_away_is_tried_again_after_a_growing_rest() -> None:
    clock = SetClock()
    with receiving_mail() as box:
        pass
    sender, rests = Postman(postman(box).post, clock), []
    for _ in range(7):
        why_away(sender)
        since = clock.now
        while not sender.is_ready():
            clock.now += SECOND
        rests.append((clock.now - since) // SECOND)
    assert rests == [2, 4, 8, 16, 32, 60, 60]
    with receiving_mail(box):
        send(sender)
    assert sender.is_ready()


def test_servers_are_read_from_their_addresses() -> None:
    assert server_of("smtp://mx.example") == Server("mx.example", 25, is_implicit=False, user="", password="")
    assert tuple(server_of("smtps://u:p%40@mx.example/")) == ("mx.example", 465, True, "u", "p@")
    assert server_of("smtp://[::1]:2525").host == "::1"


@pytest.mark.parametrize(
    "url",
    ["mx.example", "http://mx.example", "smtp://", "smtp://u@mx", "smtp://mx:99999", "smtp://mx/path", "smtp://mx?a"],
)
def test_what_is_no_address_of_a_server_is_told_without_what_was_written(url: str) -> None:
    with pytest.raises(ValueError, match="expected smtp://") as fault:
        server_of(url)
    assert url not in str(fault.value).replace("smtp://USER", "")


def test_senders_are_read_from_their_addresses() -> None:
    assert sender_of("Статус <status@почта.рф>") == Address("Статус", "status", "xn--80a1acny.xn--p1ai")
    assert sender_of("status@acme.example") == Address("", "status", "acme.example")
    for wrong in ("status", "Acme <>", "a b@acme.example", "@acme.example", "ann@[", "анна@acme.example"):
        with pytest.raises(ValueError, match="expected an address"):
            sender_of(wrong)
