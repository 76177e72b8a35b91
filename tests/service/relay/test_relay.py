"""`glasno relay` as a process: what a consumer gets is what the log has, in its order, each event once."""

import signal
from pathlib import Path
from time import sleep

from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import Nats, new_nats
from tests.servers.postgres import Postgres
from tests.service.relay.happening import happen, happening
from tests.service.relay.wire import LIMIT, await_equal, line, logged, relayed, relaying, with_nats
from tests.service.test_serve import Environment


def test_a_consumer_gets_what_the_log_has(desk: Desk, environ: dict[str, str], server: Nats) -> None:
    happen(desk, 200)
    with relaying(environ):
        await_equal(server, desk)
        for _ in range(20):
            happen(desk)
        await_equal(server, desk)
    assert len(relayed(server)) > 1_000


def test_a_relay_that_was_stopped_goes_on_where_it_was(desk: Desk, environ: dict[str, str], server: Nats) -> None:
    with relaying(environ) as first:
        await_equal(server, desk)
        first.send_signal(signal.SIGTERM)
        assert first.communicate(timeout=LIMIT)[1] == ""
        assert first.returncode == 0
    happen(desk, 5)
    with relaying(environ) as second:
        await_equal(server, desk)
        assert line(second).startswith("Glasno is about to relay")
        assert line(second).startswith("relaying to the stream GLASNO what comes after position ")


def test_a_relay_that_is_killed_again_and_again_loses_and_repeats_nothing(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    for seconds in (0.0, 0.02, 0.1):
        happen(desk, 300)
        with relaying(environ) as relay:
            line(relay)
            line(relay)
            sleep(seconds)
            relay.kill()
        assert (found := relayed(server)) == logged(desk)[: len(found)]
    with relaying(environ):
        await_equal(server, desk)


def test_a_server_that_is_killed_again_and_again_loses_and_repeats_nothing(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    with relaying(environ):
        with happening(desk):
            for _ in range(3):
                sleep(1)
                server.kill()
                sleep(0.5)
                server.start()
        await_equal(server, desk)


def test_a_database_that_restarts_is_waited_for(
    postgres_settings: Settings, postgres: Postgres, environment: Environment, server: Nats
) -> None:
    desk = build_desk(postgres_settings)
    with relaying(environment(with_nats(postgres_settings, server.url))) as relay:
        await_equal(server, desk)
        with postgres.away(postgres_settings.database_url):
            assert "nothing is relayed, it is tried again" in line(relay, of_errors=True)
        happen(desk, 5)
        await_equal(server, desk)
    desk.close()


def test_a_server_that_is_away_at_the_start_is_waited_for_and_told_of_once(
    sqlite_desk: Desk, sqlite_settings: Settings, environment: Environment, tmp_path: Path
) -> None:
    server = new_nats(tmp_path / "nats")
    with relaying(environment(with_nats(sqlite_settings, server.url))) as relay:
        assert "nothing is relayed, it is tried again: ConnectionRefusedError" in line(relay, of_errors=True)
        sleep(3)
        try:
            server.start()
            await_equal(server, sqlite_desk)
            relay.kill()
            assert relay.communicate(timeout=LIMIT)[1] == ""
        finally:
            server.kill()
