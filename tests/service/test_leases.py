"""Several `glasno work` over one PostgreSQL: each role has one leader, whatever happens to the one before."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from audit.check import check
from audit.views import check_views
from domain.event import Id
from domain.instant import HOUR
from domain.policy import Clock
from service.build import now
from service.settings import Settings
from service.views import views_of
from tests.servers.postgres import Postgres
from tests.service.leaders import Leaders, leaders_of
from tests.service.running import LIMIT, Running, wait_until

STOPPED = 15.0
"""Seconds for which a leader is stopped: three times as long as a lease lasts."""


@pytest.fixture
def settings(postgres_settings: Settings) -> Settings:
    return postgres_settings


@pytest.fixture
def leaders(settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Iterator[Leaders]:
    with leaders_of(settings, environment) as found:
        yield found


def late(running: Running, count: int) -> list[Id]:
    """Tickets that nobody has taken into work in time."""
    running.clock.now = now() - 2 * HOUR
    return [running.open(f"{number:09}") for number in range(count)]


def breached(running: Running, tickets: list[Id]) -> list[int]:
    return [running.breaches(each, Clock.REACTION) for each in tickets]


def demand_whole(leaders: Leaders, running: Running) -> None:
    """Nothing stored twice, no view that is wrong."""
    running.desk.log.head()
    assert check(running.desk).findings == []
    views = views_of(leaders.settings, running.desk)
    try:
        assert views.wait_for(running.desk.log.head(), LIMIT)
        assert check_views(views) == []
    finally:
        views.engine.dispose()


def signed(folder: Path) -> int:
    """Entries under the checkpoint that a worker remembers; 0 if it never signed."""
    path = folder / "log.signed"
    return int(json.loads(path.read_bytes())["note"].split("\n")[1]) if path.exists() else 0


def test_each_role_has_one_leader_and_another_one_after_its_death(any_running: Running, leaders: Leaders) -> None:
    first = leaders.start()
    leaders.await_being(first)
    second, epochs = leaders.start(), leaders.epochs()
    assert leaders.are(first), "the second one waits"
    first.kill()
    leaders.await_being(second)
    assert all(leaders.epochs()[role] > epoch for role, epoch in epochs.items())
    tickets = late(any_running, 3)
    wait_until(lambda: breached(any_running, tickets) == [1, 1, 1])
    wait_until(lambda: signed(leaders.folder(1)) > 0)
    demand_whole(leaders, any_running)


def test_one_that_is_told_to_stop_hands_over(any_running: Running, leaders: Leaders) -> None:
    del any_running
    first, second = leaders.start(), leaders.start()
    wait_until(lambda: len(leaders.of()) == 4)
    stopped, other = (first, second) if first.pid in leaders.of().values() else (second, first)
    stopped.send_signal(signal.SIGTERM)
    _, errors = stopped.communicate(timeout=LIMIT)
    assert (stopped.returncode, errors) == (0, "")
    assert stopped.pid not in leaders.of().values(), "nobody waits for its leases to run out"
    leaders.await_being(other)


def test_a_leader_that_was_stopped_for_a_while_changes_nothing_any_more(any_running: Running, leaders: Leaders) -> None:
    first = leaders.start()
    leaders.await_being(first)
    before = late(any_running, 30)
    wait_until(lambda: sum(breached(any_running, before)) > 0 and signed(leaders.folder(0)) > 0)
    second = leaders.start()
    first.send_signal(signal.SIGSTOP)
    until, epochs, sizes = monotonic() + STOPPED, leaders.epochs(), list[int]()
    leaders.await_being(second)
    after = late(any_running, 30)
    while monotonic() < until:
        sizes.append(signed(leaders.folder(1)))
        sleep(0.5)
    wait_until(lambda: breached(any_running, before + after) == [1] * 60)
    remembered = signed(leaders.folder(0))
    first.send_signal(signal.SIGCONT)
    more = late(any_running, 30)
    wait_until(lambda: breached(any_running, before + after + more) == [1] * 90)
    wait_until(lambda: signed(leaders.folder(1)) > max(sizes))
    assert leaders.are(second)
    assert all(leaders.epochs()[role] > epoch for role, epoch in epochs.items())
    assert (signed(leaders.folder(0)), sizes) == (remembered, sorted(sizes))
    demand_whole(leaders, any_running)
    first.send_signal(signal.SIGTERM)
    assert first.wait(LIMIT) == 0


def test_a_server_that_was_restarted_finds_one_leader_again(
    any_running: Running, leaders: Leaders, postgres: Postgres, settings: Settings
) -> None:
    leaders.start()
    leaders.start()
    wait_until(lambda: len(leaders.of()) == 4)
    with postgres.away(settings.database_url, settings.keys_url):
        sleep(7)
    wait_until(lambda: len(leaders.of()) == 4)
    tickets = late(any_running, 3)
    wait_until(lambda: breached(any_running, tickets) == [1, 1, 1])
    assert [worker.poll() for worker in leaders.started] == [None, None]
    demand_whole(leaders, any_running)


@pytest.mark.parametrize("jump", ["1 hour", "-1 hour"])
def test_a_clock_of_the_server_that_jumps_changes_the_leader_at_the_most(
    any_running: Running, leaders: Leaders, settings: Settings, jump: str
) -> None:
    """Seen from the server the lease ends an hour too early or too late."""
    worker = leaders.start()
    leaders.await_being(worker)
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE leases SET until = until - %s::interval", (jump,))
    leaders.await_being(worker)
    tickets = late(any_running, 3)
    wait_until(lambda: breached(any_running, tickets) == [1, 1, 1])
    worker.kill()
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE leases SET until = until - %s::interval", (jump,))
    leaders.await_being(leaders.start())
    demand_whole(leaders, any_running)
