"""The real Alertmanager: what it sends, what it answers, and what it does with our silences."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from domain.instant import HOUR, MINUTE, SECOND, Instant
from monitoring.alertmanager.api import Alertmanager, Silence, SilenceState, Standing, Unavailable
from monitoring.alertmanager.payload import FiredAlert, is_watchdog_resolved, read_webhook
from monitoring.alertmanager.silencing import Expire, Wish, steps
from tests.servers.alertmanager import AlertmanagerServer, free_address, running_alertmanager

PATIENCE = 60
COMMENT = "glasno works abc123"
MAIL = {"alertname": "MailDown", "component": "mail", "severity": "critical", "site": "lab"}
SLOW = {"alertname": "MailSlow", "component": "mail", "severity": "info", "site": "lab"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AlertmanagerServer]:
    with running_alertmanager(tmp_path, free_address()) as started:
        yield started


@pytest.fixture
def manager(server: AlertmanagerServer) -> Iterator[Alertmanager]:
    with Alertmanager(server.address) as opened:
        yield opened


def now() -> Instant:
    return int(time.time() * SECOND)


def written(at: Instant) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).isoformat()


def eventually(asked: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not asked():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def by_name(manager: Alertmanager) -> dict[str, Standing]:
    return {each.alert.labels["alertname"]: each for each in manager.standing()}


def carry_out(manager: Alertmanager, wishes: list[Wish]) -> int:
    """How many steps it took."""
    todo = steps(wishes, manager.silences(), now=now())
    for step in todo:
        if isinstance(step, Expire):
            manager.expire(step.id)
        else:
            manager.silence(component=step.component, starts_at=step.starts_at, ends_at=step.ends_at,
                            comment=step.comment, known=step.known)  # fmt: skip
    return len(todo)


def standing(manager: Alertmanager) -> list[Silence]:
    return [each for each in manager.silences() if each.state is not SilenceState.EXPIRED]


def test_what_fires_stands(server: AlertmanagerServer, manager: Alertmanager) -> None:
    assert manager.standing() == []
    since = now() - HOUR
    server.fire(MAIL, startsAt=written(since), annotations={"summary": "Почта"}, generatorURL="http://prometheus/graph")
    (found,) = manager.standing()
    assert (found.alert.started_at, found.alert.ended_at, found.alert.labels) == (since, None, MAIL)
    assert (found.alert.annotations, found.alert.generator) == ({"summary": "Почта"}, "http://prometheus/graph")
    assert (found.receivers, found.suppressed) == (frozenset({"glasno"}), False)
    server.fire(MAIL, startsAt=written(since), endsAt=written(now() - SECOND))
    eventually(lambda: manager.standing() == [])


def test_what_is_inhibited_or_silenced_is_suppressed(server: AlertmanagerServer, manager: Alertmanager) -> None:
    server.fire(SLOW)
    eventually(lambda: not by_name(manager)["MailSlow"].suppressed)
    server.fire(MAIL)
    eventually(lambda: by_name(manager)["MailSlow"].suppressed)
    assert not by_name(manager)["MailDown"].suppressed
    manager.silence(component="mail", starts_at=now(), ends_at=now() + HOUR, comment=COMMENT)
    eventually(lambda: by_name(manager)["MailDown"].suppressed)


def test_only_our_silences_are_ours(server: AlertmanagerServer, manager: Alertmanager) -> None:
    starts_at, ends_at = now() + MINUTE, now() + HOUR
    made = manager.silence(component="mail", starts_at=starts_at, ends_at=ends_at, comment=COMMENT)
    assert manager.silences() == [Silence(made, "mail", starts_at, ends_at, COMMENT, SilenceState.PENDING)]
    assert [each["createdBy"] for each in server.silences()] == ["Glasno"]


def test_a_silence_is_moved_or_made_anew(manager: Alertmanager) -> None:
    starts_at, ends_at = now() + HOUR, now() + 2 * HOUR
    made = manager.silence(component="mail", starts_at=starts_at, ends_at=ends_at, comment=COMMENT)
    moved = manager.silence(component="mail", starts_at=starts_at + 1, ends_at=ends_at, comment=COMMENT, known=made)
    assert moved == made
    begun = manager.silence(component="mail", starts_at=now() - HOUR, ends_at=ends_at, comment=COMMENT, known=made)
    assert begun != made
    assert [(each.id, each.state) for each in standing(manager)] == [(begun, SilenceState.ACTIVE)]


def test_a_silence_that_alertmanager_forgot_is_made_anew(manager: Alertmanager) -> None:
    forgotten = "6f3b0c1e-0000-4000-8000-000000000000"
    made = manager.silence(component="mail", starts_at=0, ends_at=now() + HOUR, comment=COMMENT, known=forgotten)
    assert [each.id for each in standing(manager)] == [made]
    manager.expire(forgotten)


def test_a_silence_is_ended_once_and_again(manager: Alertmanager) -> None:
    made = manager.silence(component="mail", starts_at=0, ends_at=now() + HOUR, comment=COMMENT)
    manager.expire(made)
    manager.expire(made)
    assert [each.state for each in manager.silences()] == [SilenceState.EXPIRED]


def test_a_silence_in_the_past_is_refused_in_words(manager: Alertmanager) -> None:
    with pytest.raises(Unavailable, match=r"400 .*end time"):
        manager.silence(component="mail", starts_at=0, ends_at=now() - HOUR, comment=COMMENT)


def test_works_are_silenced_put_off_and_called_off(manager: Alertmanager) -> None:
    wish = Wish("abc123", "mail", now() - MINUTE, now() + HOUR)
    other = Wish("abc123", "web", now() + HOUR, now() + 2 * HOUR)
    assert [carry_out(manager, [wish, other]) for _ in range(2)] == [2, 0]
    longer = Wish("abc123", "mail", wish.starts_at, wish.ends_at + HOUR)
    before = {each.id for each in standing(manager)}
    assert [carry_out(manager, [longer, other]) for _ in range(2)] == [1, 0]
    assert {each.id for each in standing(manager)} == before
    later = Wish("abc123", "mail", now() + HOUR, now() + 3 * HOUR)
    assert [carry_out(manager, [later, other]) for _ in range(2)] == [1, 0]
    assert [each.starts_at for each in standing(manager) if each.component == "mail"] == [later.starts_at]
    assert [carry_out(manager, []) for _ in range(2)] == [2, 0]
    assert standing(manager) == []


def test_silences_outlive_a_restart(tmp_path: Path) -> None:
    address, wish = free_address(), Wish("abc123", "mail", 0, now() + HOUR)
    with running_alertmanager(tmp_path, address), Alertmanager(address) as manager:
        carry_out(manager, [wish])
        before = manager.silences()
    with Alertmanager(address) as manager, pytest.raises(Unavailable):
        manager.silences()
    with running_alertmanager(tmp_path, address), Alertmanager(address) as manager:
        assert manager.silences() == before
        assert carry_out(manager, [wish]) == 0


def test_an_alertmanager_that_stops_is_unavailable(tmp_path: Path) -> None:
    address = free_address()
    with Alertmanager(address) as manager:
        with running_alertmanager(tmp_path, address):
            assert manager.standing() == []
        for asked in (manager.standing, manager.silences, lambda: manager.expire("s1")):
            with pytest.raises(Unavailable, match="no answer"):
                asked()


@contextmanager
def receiving(posted: list[bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as receiver:
        Thread(target=receiver.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{receiver.server_port}/"
        receiver.shutdown()


def test_a_webhook_tells_of_each_alert_what_the_api_tells(tmp_path: Path) -> None:
    posted: list[bytes] = []
    since, other = now() - HOUR, MAIL | {"component": "web"}
    with receiving(posted) as hook, running_alertmanager(tmp_path, free_address(), hook) as server:
        for labels in (MAIL, other):
            server.fire(labels, startsAt=written(since), annotations={"summary": "Почта"})
        eventually(lambda: len(_ended(posted)) == 2)
        assert not any(map(is_watchdog_resolved, posted))
        with Alertmanager(server.address) as manager:
            assert {each.alert.fingerprint: each.alert for each in manager.standing()} == _told(posted)
        server.fire(MAIL, startsAt=written(since), endsAt=written(since + MINUTE))
        eventually(lambda: set(_ended(posted)) == {None, since + MINUTE})
        assert json.loads(posted[-1])["status"] == "firing"
        server.fire(other, startsAt=written(since), endsAt=written(since + MINUTE))
        eventually(lambda: is_watchdog_resolved(posted[-1]))
    assert all(read_webhook(each).rejected == () for each in posted)


def _told(posted: list[bytes]) -> dict[str, FiredAlert]:
    """The last word on each alert."""
    return {alert.fingerprint: alert for each in posted for alert in read_webhook(each).alerts}


def _ended(posted: list[bytes]) -> list[Instant | None]:
    return [each.ended_at for each in _told(posted).values()]
