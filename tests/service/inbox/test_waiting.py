"""What is left in the stream though it was acknowledged: whoever sees the same for a while is right."""

from datetime import datetime
from shutil import copytree

import pytest
from nats.js import JetStreamContext

from service.inbox import streams
from service.inbox.streams import CONSUMER, Waiting, inbox_of
from tests.servers.nats import Nats
from tests.service.inbox.sending import ALERTS, send, waiting
from tests.service.relay.wire import asked

INBOX = "GLASNO_INBOX"
MESSAGES = 3


async def take_all(stream: JetStreamContext) -> None:
    for each in await (await inbox_of(stream)).fetch(MESSAGES, timeout=30):
        await each.ack_sync()


def leave_behind(server: Nats) -> None:
    """Messages that were acknowledged, as a server has them that was killed."""
    stored = server.folder / f"store/jetstream/$G/streams/{INBOX}/msgs"
    asked(server, inbox_of)
    for _ in range(MESSAGES):
        send(server, b"taken", subject=ALERTS)
    server.stop()
    before = copytree(stored, server.folder / "before")
    server.start()
    asked(server, take_all)
    server.stop()
    copytree(before, stored, dirs_exist_ok=True)
    server.start()
    assert waiting(server) == MESSAGES


@pytest.mark.parametrize(("moment", "is_made_anew"), [(0.0, True), (600.0, False)])
def test_a_consumer_is_made_anew_when_looks_find_the_same_message_left_for_more_than_a_moment(
    server: Nats, moment: float, is_made_anew: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one each time is none that is left: in a cluster one server may be behind the other for a moment."""
    monkeypatch.setattr(streams, "MOMENT", moment)

    async def made_at(stream: JetStreamContext) -> datetime | None:
        created: datetime | None = (await stream.consumer_info(INBOX, CONSUMER)).created
        return created

    async def look(stream: JetStreamContext) -> list[datetime | None]:
        look, made = Waiting(stream), [await made_at(stream)]
        for number in range(1, MESSAGES + 1):
            assert await look.count() == MESSAGES - min(number - 1, 1)
            made.append(await made_at(stream))
            if number == 1:
                await stream.delete_msg(INBOX, number)
        return made

    leave_behind(server)
    first, *others, last = asked(server, look)
    assert ({*others}, last != first) == ({first}, is_made_anew)
