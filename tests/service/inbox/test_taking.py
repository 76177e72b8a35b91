"""`glasno work` takes in what is sent over NATS: each message once, whoever is killed, and nothing is lost."""

import signal
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import Nats, new_nats
from tests.servers.postgres import Postgres
from tests.service.inbox.sending import alert, buried, ended, fired, payload, receipts, send, waiting, working
from tests.service.relay.wire import LIMIT, line, until, with_nats
from tests.service.test_serve import Environment

NOT_TAKEN = "nothing is taken in from NATS, it is tried again"


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    """On each of the two engines."""
    found = build_desk(settings)
    yield found
    found.close()


@pytest.fixture
def environ(settings: Settings, environment: Environment, server: Nats) -> dict[str, str]:
    return environment(with_nats(settings, server.url))


def await_taken(server: Nats) -> None:
    until(lambda: waiting(server) == 0)


def opened(server: Nats) -> None:
    """The stream is there."""
    until(lambda: waiting(server) is not None)


def test_what_is_sent_is_taken_while_the_desk_is_there_and_when_it_is_back(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    with working(environ) as first:
        opened(server)
        send(server, payload(alert(1)))
        await_taken(server)
        assert len(fired(desk)) == 1
        first.send_signal(signal.SIGTERM)
        assert first.communicate(timeout=LIMIT)[1] == ""
        assert first.returncode == 0
    for number in range(2, 50):
        send(server, payload(alert(number)))
    with working(environ):
        await_taken(server)
    assert sorted(fired(desk)) == [f"{number:016x}" for number in range(1, 50)]


def test_a_worker_that_dies_between_its_commit_and_its_word_does_it_once(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    with working(environ, dying=True) as dying:
        opened(server)
        send(server, payload(alert(1)), message_id="one")
        assert dying.wait(LIMIT) == -signal.SIGKILL
    assert (fired(desk), receipts(desk), waiting(server)) == ([f"{1:016x}"], 1, 1)
    send(server, payload(alert(1, ended="2026-10-05T10:30:00Z")), message_id="two")
    with working(environ):
        until(lambda: ended(desk) == 1)  # which makes what is delivered again look like news
        await_taken(server)
    assert (len(fired(desk)), ended(desk), receipts(desk)) == (1, 1, 2)


def test_a_message_that_can_never_be_taken_is_set_aside_and_holds_up_no_other(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    with working(environ) as worker:
        opened(server)
        send(server, b"so\nwhat")
        send(server, payload(alert(1)))
        send(server, b"{}", subject="glasno.inbox.probes.fra", message_id="who\xe4")
        await_taken(server)
        assert len(fired(desk)) == 1
        headers, body = buried(server)
        assert waiting(server, "GLASNO_INBOX_DEAD") == 2
        assert (headers["Glasno-Subject"], body) == ("glasno.inbox.probes.fra", b"{}")
        assert headers["Glasno-Reason"].startswith("no result of a prober: Object missing required field")
        assert "it lies in glasno.inbox.dead: no payload of Alertmanager" in line(worker, of_errors=True)


def test_a_server_that_is_killed_again_and_again_loses_and_repeats_nothing(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    with working(environ):
        opened(server)
        for number in range(60):
            if number % 20 == 10:
                server.kill()
                server.start()
            send(server, payload(alert(number)), message_id=str(number))
        await_taken(server)
    assert sorted(fired(desk)) == [f"{number:016x}" for number in range(60)]
    assert receipts(desk) == 60


def test_what_a_killed_server_has_again_though_it_was_acknowledged_is_taken_away(
    desk: Desk, environ: dict[str, str], server: Nats
) -> None:
    stored = server.folder / "store/jetstream/$G/streams/GLASNO_INBOX/msgs"
    with working(environ):
        opened(server)
    for number in range(3):
        send(server, payload(alert(number)))
    server.stop()
    before = copytree(stored, server.folder / "before")
    server.start()
    with working(environ):
        await_taken(server)
    server.stop()
    copytree(before, stored, dirs_exist_ok=True)
    server.start()
    assert waiting(server) == 3
    with working(environ):
        send(server, payload(alert(3)))
        await_taken(server)
    assert sorted(fired(desk)) == [f"{number:016x}" for number in range(4)]
    assert receipts(desk) == 4


def test_of_two_workers_one_takes_and_when_it_is_killed_the_other(
    postgres_settings: Settings, environment: Environment, server: Nats, tmp_path: Path
) -> None:
    desk = build_desk(postgres_settings)
    shared = {"master_key_file": postgres_settings.master_key, "log_key_file": postgres_settings.log_key}
    told = with_nats(postgres_settings.model_copy(update=shared), server.url)
    first, second = (environment(told.model_copy(update={"data_dir": tmp_path / name})) for name in ("one", "two"))
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with working(first) as worker, working(second) as other:
        opened(server)
        for number in range(40):
            if number == 20:
                worker.kill()
            send(server, payload(alert(number)))
        await_taken(server)
        with working(first):
            other.kill()
            send(server, payload(alert(40)))
            await_taken(server)
    assert sorted(fired(desk)) == [f"{number:016x}" for number in range(41)]
    assert receipts(desk) == 41
    desk.close()


def test_while_the_database_is_away_nothing_is_set_aside(
    postgres_settings: Settings, postgres: Postgres, environment: Environment, server: Nats
) -> None:
    desk = build_desk(postgres_settings)
    with working(environment(with_nats(postgres_settings, server.url))):
        opened(server)
        with postgres.away(postgres_settings.database_url):
            for number in range(5):
                send(server, payload(alert(number)))
        await_taken(server)
    assert (len(fired(desk)), waiting(server, "GLASNO_INBOX_DEAD")) == (5, 0)
    desk.close()


def test_a_server_that_is_away_is_told_of_once(
    sqlite_settings: Settings, environment: Environment, tmp_path: Path
) -> None:
    build_desk(sqlite_settings).close()
    server = new_nats(tmp_path / "nats")
    with working(environment(with_nats(sqlite_settings, server.url))) as worker:
        assert f"{NOT_TAKEN}: ConnectionRefusedError" in line(worker, of_errors=True)
        try:
            server.start()
            opened(server)
            send(server, payload(alert(1)))
            await_taken(server)
            worker.send_signal(signal.SIGTERM)
            assert worker.communicate(timeout=LIMIT)[1] == ""
        finally:
            server.kill()
