"""An empty stream, a strange one, and one that knows more than the log: somebody has to decide first."""

import json
import shutil
from typing import Any

from nats.js import JetStreamContext

from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import Nats
from tests.service.relay.happening import happen
from tests.service.relay.wire import LIMIT, asked, await_equal, line, logged, relayed, relaying, until
from tests.service.test_serve import Environment
from tests.store.losing import lose_end

Environ = dict[str, str]


def refusal(environ: Environ, *arguments: str) -> str:
    """What a relay says that ends at once."""
    with relaying(environ, *arguments) as process:
        _, words = process.communicate(timeout=LIMIT)
        assert process.returncode == 1
        return words


def fill(environ: Environ, server: Nats, desk: Desk) -> None:
    happen(desk, 3)
    with relaying(environ):
        await_equal(server, desk)


def test_without_an_address_it_says_what_is_missing(
    sqlite_desk: Desk, sqlite_settings: Settings, environment: Environment
) -> None:
    del sqlite_desk
    assert "GLASNO_NATS_URL says where to" in refusal(environment(sqlite_settings))


def test_a_stream_that_is_deleted_is_not_made_again_unasked(
    sqlite_desk: Desk, sqlite_environ: Environ, server: Nats
) -> None:
    happen(sqlite_desk, 3)
    with relaying(sqlite_environ) as relay:
        await_equal(server, sqlite_desk)
        asked(server, lambda stream: stream.delete_stream("GLASNO"))
        happen(sqlite_desk)
        assert "glasno relay --from POSITION" in relay.communicate(timeout=LIMIT)[1]
        assert relay.returncode == 1
    assert relayed(server) == []


def test_a_server_that_lost_all_is_not_filled_unasked(sqlite_desk: Desk, sqlite_environ: Environ, server: Nats) -> None:
    fill(sqlite_environ, server, sqlite_desk)
    server.kill()
    server.forget()
    server.start()
    assert "how far is not known any more" in refusal(sqlite_environ)
    with relaying(sqlite_environ, "--from", "1"):
        await_equal(server, sqlite_desk)


def test_an_empty_stream_is_filled_from_a_position_on(desk: Desk, environ: Environ, server: Nats) -> None:
    happen(desk, 3)
    start = desk.log.head() - 10
    with relaying(environ, "--from", str(start)):
        until(lambda: relayed(server) == logged(desk, start - 1))
    assert f"is relayed up to position {desk.log.head()}: --from" in refusal(environ, "--from", "1")


def test_a_position_that_is_not_there_yet_is_refused(sqlite_desk: Desk, sqlite_environ: Environ) -> None:
    head = sqlite_desk.log.head()
    assert f"the log ends at position {head}" in refusal(sqlite_environ, "--from", str(head + 2))


def test_a_log_that_was_restored_is_noticed(
    sqlite_desk: Desk, sqlite_settings: Settings, sqlite_environ: Environ, server: Nats
) -> None:
    older = sqlite_settings.data_dir.with_name("older")
    shutil.copytree(sqlite_settings.data_dir, older)
    fill(sqlite_environ, server, sqlite_desk)
    restored = sqlite_environ | {"GLASNO_DATA_DIR": str(older)}
    assert "the log was restored" in refusal(restored)
    desk = build_desk(sqlite_settings.model_copy(update={"data_dir": older}))
    happen(desk, 10)
    desk.close()
    assert "went on another way" in refusal(restored)


def test_a_log_that_loses_its_end_beneath_a_running_relay_is_noticed(
    desk: Desk, settings: Settings, environ: Environ, server: Nats
) -> None:
    happen(desk, 3)
    before = desk.log.head()
    with relaying(environ) as relay:
        happen(desk, 3)
        await_equal(server, desk)
        lose_end(settings, after=before)
        happen(desk, 20)
        assert "does not have any more what was relayed" in line(relay, of_errors=True)
        assert "the log was restored" in relay.communicate(timeout=LIMIT)[1]
        assert relay.returncode == 1


def test_what_others_wrote_to_the_stream_is_not_gone_on_from(
    sqlite_desk: Desk, sqlite_environ: Environ, server: Nats
) -> None:
    fill(sqlite_environ, server, sqlite_desk)

    async def write(stream: JetStreamContext) -> Any:
        return await stream.publish("glasno.events.ticket.opened", json.dumps({"from": "elsewhere"}).encode())

    asked(server, write)
    assert "none that a relay of Glasno writes" in refusal(sqlite_environ)


def test_what_others_write_meanwhile_stops_it(sqlite_desk: Desk, sqlite_environ: Environ, server: Nats) -> None:
    with relaying(sqlite_environ) as relay:
        line(relay)
        line(relay)
        await_equal(server, sqlite_desk)
        asked(server, lambda stream: stream.publish("glasno.events.ticket.opened", b"{}"))
        happen(sqlite_desk)
        assert "none that a relay of Glasno writes" in relay.communicate(timeout=LIMIT)[1]
