"""A message that fails is tried again later and at last set aside, and holds up no other."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import psycopg
import pytest
from nats.js import JetStreamContext
from prometheus_client import REGISTRY

from service.inbox import streams, taking
from service.inbox.arrived import Arrived, Unusable
from service.inbox.channels import Channel
from service.inbox.streams import GIVING, inbox_of
from service.process import begun
from service.relay.access import Server
from store.codec import UnknownEvent
from store.lease import Superseded
from store.outage import OUTAGES
from tests.servers.nats import Nats
from tests.service.inbox.sending import ALERTS, buried, send, send_raw, waiting
from tests.service.relay.wire import asked, until
from tests.service.running import Running


@contextmanager
def taken(running: Running, server: Nats) -> Iterator[None]:
    """Messages are, by a worker that begins again when it ends."""
    stopping, work = Event(), taking.taking(running.desk, running.views, Server((server.url,)))
    [thread] = begun([work], stopping)
    try:
        until(lambda: waiting(server) is not None)
        yield
    finally:
        stopping.set()
        thread.join()


def put_off() -> float:
    """How often anything was, so far."""
    told = {"channel": "alertmanager", "outcome": "put_off"}
    return REGISTRY.get_sample_value("glasno_inbox_messages_total", told) or 0


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Callable[[Channel], None]:
    """What a channel does is said by the test."""

    def does(take: Channel) -> None:
        monkeypatch.setattr(taking, "channels", lambda *_: {"alertmanager": take, "probes": take})

    monkeypatch.setattr(taking, "TRIES", 3)
    monkeypatch.setattr(taking, "FIRST_REST", 0.05)
    return does


def test_what_fails_is_tried_again_and_what_always_does_is_set_aside(
    running: Running, server: Nats, channel: Callable[[Channel], None], caplog: pytest.LogCaptureFixture
) -> None:
    seen: Counter[bytes] = Counter()

    def take(message: Arrived) -> None:
        seen[message.body] += 1
        if message.body == b"always" or (message.body == b"once" and seen[message.body] == 1):
            raise LookupError(f"not\n{message.body!r}")

    channel(take)
    with taken(running, server):
        for body in (b"always", b"once", b"never"):
            send(server, body, message_id=body.decode())
        until(lambda: waiting(server) == 0)
    headers, body = buried(server)
    assert seen == {b"always": 3, b"once": 2, b"never": 1}
    assert (headers["Glasno-Reason"], headers["Glasno-Id"], body) == (
        "LookupError: not b'always'", "id always", b"always",
    )  # fmt: skip
    assert sum("failed, try" in each.getMessage() for each in caplog.records) == 4


@pytest.mark.parametrize("outage", [psycopg.OperationalError, OUTAGES[0], OSError])
def test_an_outage_of_the_desk_is_no_failure_of_a_message(
    running: Running,
    server: Nats,
    channel: Callable[[Channel], None],
    monkeypatch: pytest.MonkeyPatch,
    outage: type[Exception],
) -> None:
    """However often it was delivered meanwhile."""
    faults = iter([*[outage("away")] * 2 * taking.TRIES, LookupError("once")])

    def take(_: Arrived) -> None:
        for fault in faults:
            raise fault

    channel(take)
    monkeypatch.setattr(streams, "GIVING", replace(GIVING, ack_wait=0.1))
    with taken(running, server):
        send(server, b"patient")
        until(lambda: waiting(server) == 0)
    assert (waiting(server, "GLASNO_INBOX_DEAD"), [*faults]) == (0, [])


def test_what_fails_for_a_day_is_tried_again_all_the_same() -> None:
    assert [taking.rest_after(failures) for failures in (1, 2, 9, 2_000)] == [1, 2, 60, 60]


@pytest.mark.parametrize("most", [256, None], ids=["as an older version had it", "new"])
def test_however_many_are_put_off_others_are_taken(
    running: Running,
    server: Nats,
    channel: Callable[[Channel], None],
    monkeypatch: pytest.MonkeyPatch,
    most: int | None,
) -> None:
    seen: list[bytes] = []

    def take(message: Arrived) -> None:
        if message.body == b"later":
            raise LookupError
        seen.append(message.body)

    async def publish(stream: JetStreamContext) -> None:
        await inbox_of(stream)
        if most:
            await stream.add_consumer("GLASNO_INBOX", replace(GIVING, max_ack_pending=most))
        for _ in range(300):
            await stream.publish(ALERTS, b"later")

    channel(take)
    monkeypatch.setattr(taking, "FIRST_REST", taking.LONGEST_REST)
    asked(server, publish)
    with taken(running, server):
        send(server, b"now")
        until(lambda: seen)
    assert (seen, waiting(server)) == ([b"now"], 300)


def test_a_message_without_an_id_is_known_by_its_number(
    running: Running, server: Nats, channel: Callable[[Channel], None]
) -> None:
    seen: list[str] = []
    channel(lambda message: seen.append(message.id))
    with taken(running, server):
        send(server, b"same")
        send(server, b"same")
        until(lambda: waiting(server) == 0)
    assert len(set(seen)) == 2


@pytest.mark.parametrize("is_known", [True, False])
def test_what_only_a_newer_version_can_take_is_left_for_it(
    running: Running, server: Nats, channel: Callable[[Channel], None], monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    """It has a channel that this one has not, or met an event that this one cannot read."""

    def take(_: Arrived) -> None:
        raise UnknownEvent("ticket.imagined", 1)

    channel(take)
    if not is_known:
        monkeypatch.setattr(taking, "channels", lambda *_: {})
    before = put_off()
    with taken(running, server):
        send(server, b"new")
        until(lambda: put_off() > before + taking.TRIES)
    assert (waiting(server), waiting(server, "GLASNO_INBOX_DEAD")) == (1, 0)


def test_of_the_largest_message_that_nats_takes_almost_all_is_set_aside(
    running: Running, server: Nats, channel: Callable[[Channel], None]
) -> None:
    def refuse(_: Arrived) -> None:
        raise Unusable("it is no use")

    channel(refuse)
    with taken(running, server):
        send(server, b"x" * 2**20)
        until(lambda: waiting(server) == 0)
    headers, body = buried(server)
    assert (headers["Glasno-Reason"], len(body)) == ("it is no use", 2**20 - taking.HEADERS)


@pytest.mark.parametrize(
    "headers",
    [
        *(b"NATS/1.0\r\nStatus: %b\r\n\r\n" % status for status in (b"100", b"404", b"503")),
        *(b"NATS/1.0 %b\r\n\r\n" % status for status in (b"100 FlowControl Request", b"408", b"\xff\xff\xff")),
        *(b"NATS/1.0 404 \xff\r\n\r\n", b"NATS/1.0", b"\xff" * 40),
    ],
)
def test_whatever_headers_a_sender_writes_it_is_a_message_like_any_other(
    running: Running, server: Nats, channel: Callable[[Channel], None], headers: bytes
) -> None:
    """The library would take some of them for a word of the server's, and break on others."""
    seen: list[bytes] = []
    channel(lambda message: seen.append(message.body))
    with taken(running, server):
        send_raw(server, headers, b"odd")
        send(server, b"other")
        until(lambda: waiting(server) == 0)
    assert seen == [b"odd", b"other"]


def test_a_subject_that_is_no_text_is_set_aside(
    running: Running, server: Nats, channel: Callable[[Channel], None]
) -> None:
    def refuse(message: Arrived) -> None:
        raise Unusable(message.sender)

    channel(refuse)
    with taken(running, server):
        send_raw(server, b"NATS/1.0\r\n\r\n", b"odd", subject=b"glasno.inbox.probes.\xff")
        until(lambda: waiting(server) == 0)
    assert buried(server)[1] == b"odd"


def test_whoever_was_taken_over_stops_and_leaves_the_message_to_the_next(
    running: Running, server: Nats, channel: Callable[[Channel], None], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[bytes] = []

    def take(message: Arrived) -> None:
        seen.append(message.body)
        if len(seen) == 1:
            raise Superseded("another process has taken over")

    channel(take)
    with taken(running, server):
        send(server, b"one")
        until(lambda: waiting(server) == 0)
    assert seen == [b"one", b"one"]
    assert [each.getMessage() for each in caplog.records] == ["another process has taken over"]
