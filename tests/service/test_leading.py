"""A process takes the leases that it can get, works in those roles, and stops in time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

import psycopg
import pytest
from prometheus_client import REGISTRY

from service import leading, process
from service.leading import INBOX, ROLES, Held, Leading, Role, kind_of, leading_alone
from service.process import Worker, working
from service.settings import Settings
from service.views import WorkHeld, work_alone
from store.lease import Lease
from tests.servers.postgres import Postgres
from tests.service.running import wait_until


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((leading, "LOOK"), (leading, "RENEWAL"), (process, "PAUSE")):
        monkeypatch.setattr(module, name, 0.01)


@pytest.fixture
def url(postgres_settings: Settings) -> str:
    return postgres_settings.database_url


@dataclass
class Desk:
    """Two roles, and what happened in them."""

    going: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def role(self, name: str) -> Role:
        def worker(stopping: Event) -> None:
            self.going.add(name)
            while not stopping.is_set():
                stopping.wait(0.01)
            self.after()
            self.going.remove(name)

        @contextmanager
        def begun(_: Lease) -> Iterator[Sequence[Worker]]:
            self.before()
            self.said.append(f"{name} begins")
            yield [worker]
            self.said.append(f"{name} ends")

        return begun

    def at(self, url: str) -> Leading:
        return Leading(url, {role: self.role(kind_of(role)) for role in ROLES[:2]})


def take(url: str) -> None:
    """Another process gets both."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE leases SET holder='them:2', epoch=epoch+1, until=clock_timestamp()+'3 s'")


def held(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM leases WHERE until > clock_timestamp()").fetchone()
    return found[0] if found else 0


def both(desk: Desk) -> Callable[[], bool]:
    return lambda: desk.going == {"views", "log"}


def test_whoever_leads_works_and_gives_back_when_it_stops(url: str) -> None:
    desk = Desk()
    with working([desk.at(url).run]):
        wait_until(both(desk))
        assert {REGISTRY.get_sample_value("glasno_lease_held", {"role": each}) for each in desk.going} == {1}
        with pytest.raises(Held, match="works over this database"), leading_alone(url):
            pass
    assert (desk.going, held(url), sorted(desk.said[2:])) == (set(), 0, ["log ends", "views ends"])
    assert REGISTRY.get_sample_value("glasno_lease_held", {"role": "log"}) == 0


def test_of_two_only_one_works_in_each_role(url: str) -> None:
    first, second = Desk(), Desk()
    with working([first.at(url).run]):
        wait_until(both(first))
        with working([second.at(url).run]):
            assert not second.said
            first_ends = Event()
            first.after = first_ends.set
            assert not first_ends.wait(0.2)
    assert not second.said


def test_versions_side_by_side_keep_views_of_their_own_and_share_the_rest(url: str) -> None:
    old, new = Desk(), Desk()
    with working([old.at(url).run]):
        wait_until(both(old))
        with working([Leading(url, {"views:other": new.role("views"), "log": new.role("log")}).run]):
            wait_until(lambda: new.going == {"views"})
            assert old.going == {"views", "log"}


def test_a_role_that_another_took_is_taken_again_when_it_is_free(url: str, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    with working([desk.at(url).run]):
        wait_until(both(desk))
        take(url)
        wait_until(lambda: not desk.going)
        wait_until(both(desk))
    assert len(desk.said) == 8
    assert "another process has taken over: log" in caplog.messages


def test_a_term_does_not_begin_before_all_that_worked_in_the_last_one_has_ended(url: str) -> None:
    slow, asked = Event(), Event()

    def end() -> None:
        asked.set()
        slow.wait(30)

    desk = Desk(after=end)
    with working([desk.at(url).run]):
        wait_until(both(desk))
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE leases SET epoch=epoch+1, until='-infinity'")
        assert asked.wait(30)
        assert not slow.wait(0.3)
        assert sorted(desk.said) == ["log begins", "views begins"]
        slow.set()
        wait_until(lambda: len(desk.said) >= 6)


def test_a_server_that_is_away_for_a_moment_changes_nothing(
    url: str, postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    with working([desk.at(url).run]):
        wait_until(both(desk))
        with postgres.away(url):
            wait_until(lambda: bool(caplog.messages))
        wait_until(lambda: held(url) == 2)
        assert len(desk.said) == 2
    assert [each.partition(":")[0] for each in caplog.messages] == ["the leases cannot be renewed"]


def test_a_server_that_is_away_for_longer_ends_the_term(url: str, postgres: Postgres) -> None:
    desk = Desk()
    with working([desk.at(url).run]):
        wait_until(both(desk))
        with postgres.away(url):
            wait_until(lambda: not desk.going)
        wait_until(both(desk))
    assert len(desk.said) == 8


def test_a_role_that_cannot_begin_is_tried_again(url: str) -> None:
    tries = [0]

    def failing() -> None:
        tries[0] += 1
        if tries[0] < 4:
            raise OSError("not yet")

    desk = Desk(before=failing)
    with working([desk.at(url).run]):
        wait_until(both(desk))
    assert tries[0] == 5


def test_a_command_that_works_alone_keeps_the_others_away(url: str, postgres_settings: Settings) -> None:
    desk = Desk()
    with work_alone(postgres_settings), working([desk.at(url).run]):
        with pytest.raises(WorkHeld, match="works over this database"), work_alone(postgres_settings):
            pass
        assert held(url) == len((*ROLES, INBOX))
        assert not desk.said
    assert held(url) == 0
