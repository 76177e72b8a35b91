"""Leases: one process holds each, and what is stored in the name of a former holder is refused."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from eventsourcing.persistence import InternalError

from projections.database import for_writing, in_role, postgres_views
from projections.notices import STAFF
from service.build import build_desk, desk_in_role
from service.settings import Settings
from service.webhooks import set_address
from store import lease as leases
from store.desk import Desk
from store.lease import LASTS, Lease, Leases, Superseded, holding, steady
from store.postgres_recorder import APPEND_LOCK, PostgresRecorder

ROLES = ("views", "log")


@pytest.fixture
def url(postgres_settings: Settings) -> str:
    return postgres_settings.database_url


@pytest.fixture
def ours(url: str) -> Iterator[Leases]:
    with closing(Leases(url, "us:1", ROLES)) as found:
        yield found


@pytest.fixture
def theirs(url: str) -> Iterator[Leases]:
    with closing(Leases(url, "them:2", ROLES)) as found:
        yield found


def add(desk: Desk) -> None:
    set_address(desk, STAFF, f"https://{desk.new_id()}.example.org/")


def end(url: str, by: str = "0 s") -> None:
    """By the clock of the server every lease runs out, or seems to last so long."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE leases SET until = clock_timestamp() + %s::interval", (by,))


def taken(table: Leases, role: str = "log") -> Lease:
    lease, asked = Lease(role), steady()
    lease.begin(table.take([role], 1)[role], asked)
    return lease


def test_a_lease_is_taken_by_one(ours: Leases, theirs: Leases) -> None:
    assert ours.take(ROLES, 1).keys() == {"views"}, "in the order in which they are asked for"
    assert theirs.take(ROLES, 9).keys() == {"log"}
    assert (ours.take(ROLES, 9), ours.holders(), theirs.holders()) == ({}, ["them:2"], ["us:1"])


@pytest.mark.parametrize("by", ["-1 s", "1 hour"])
def test_it_is_free_when_it_runs_out_or_the_clock_was_set_back(ours: Leases, theirs: Leases, url: str, by: str) -> None:
    mine = ours.take(ROLES, 2)
    assert ours.renew(mine) == {"views", "log"}
    end(url, by)
    others = theirs.take(ROLES, 2)
    assert all(others[role] > epoch for role, epoch in mine.items())
    assert ours.renew(mine) == set()
    ours.give_back(mine)
    assert theirs.renew(others) == {"views", "log"}, "what is given back late is nobody's loss"


def test_what_is_given_back_is_free_at_once(ours: Leases, theirs: Leases) -> None:
    ours.give_back(ours.take(ROLES, 2))
    assert theirs.take(ROLES, 2).keys() == {"views", "log"}


def test_the_epochs_of_a_new_database_are_not_those_of_an_older_one(ours: Leases) -> None:
    assert ours.take(["log"], 1)["log"] > 1_700_000_000_000


def test_a_connection_that_broke_is_made_anew(ours: Leases, url: str) -> None:
    held = ours.take(ROLES, 2)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid<>pg_backend_pid()")
    with pytest.raises(psycopg.OperationalError):
        ours.renew(held)
    assert ours.renew(held) == {"views", "log"}


def test_a_process_knows_by_its_own_clock_that_it_holds_it_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    lease, now = Lease("log"), 100.0
    monkeypatch.setattr(leases, "steady", lambda: now)
    assert (lease.is_set(), lease.wait(0)) == (True, True)
    lease.begin(7, now)
    now += LASTS - 0.1
    assert (lease.is_set(), lease.wait(0)) == (False, False)
    lease.extend(now)
    now += LASTS
    assert (lease.is_held, lease.is_set(), lease.wait(0)) == (False, True, True)
    lease.extend(now)
    assert lease.is_set(), "whoever has seen that it was over works no longer: the others must not go on alone"


def test_what_is_appended_in_a_role_is_refused_once_another_has_it(
    postgres_settings: Settings, ours: Leases, theirs: Leases, url: str
) -> None:
    build_desk(postgres_settings).close()
    lease = taken(ours)
    with closing(desk_in_role(postgres_settings, lease)) as desk:
        add(desk)
        head = desk.log.head()
        end(url)
        add(desk)
        assert desk.log.head() > head, "nobody has it"
        head = desk.log.head()
        assert theirs.take(["log"], 1)
        with pytest.raises(Superseded):
            add(desk)
        assert (desk.log.head(), lease.is_set()) == (head, True)


def test_what_is_written_to_the_views_in_a_role_is_refused_once_another_has_it(
    ours: Leases, theirs: Leases, url: str
) -> None:
    lease, views = taken(ours), postgres_views(url)
    with for_writing(views).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE seen (number int)")
    own = for_writing(in_role(views, lease))
    with own.begin() as connection:
        connection.exec_driver_sql("INSERT INTO seen VALUES (1)")
    end(url)
    theirs.take(["log"], 1)
    with pytest.raises(Superseded), own.begin() as connection:
        connection.exec_driver_sql("INSERT INTO seen VALUES (2)")
    with in_role(views, lease).connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM seen").all() == [(1,)], "whoever reads is not asked"
    views.dispose()


def test_nobody_takes_it_in_the_middle_of_a_transaction_and_it_can_be_renewed(
    ours: Leases, theirs: Leases, url: str
) -> None:
    lease = taken(ours)
    with holding(url, lease):
        assert ours.renew({"log": lease.epoch}) == {"log"}
        end(url)
        assert theirs.take(["log"], 1) == {}
    assert theirs.take(["log"], 1)
    with pytest.raises(Superseded), holding(url, lease):
        pass


def test_a_process_that_is_stopped_while_it_connects_holds_up_nobody_for_long(
    theirs: Leases, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LASTS", 0.3)
    taken = list[str]()

    class Stopped(tuple[str, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[str]:
            """Asked for while the table is made, which only one process does at a time."""
            taken.extend(theirs.take(ROLES, 2))
            return super().__iter__()

    with pytest.raises(psycopg.Error), closing(Leases(url, "us:1", Stopped())) as ours:
        ours.take(ROLES, 2)
    assert set(taken) == set(ROLES)


def test_a_process_that_is_stopped_in_the_middle_of_an_append_holds_up_nobody_for_long(
    postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.postgres_recorder.LASTS", 0.3)
    stopped = PostgresRecorder(postgres_settings.database_url)

    def append(desk: Desk) -> None:
        with stopped.datastore.transaction(commit=True) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
            add(desk)  # another process, which waits for the lock

    with closing(build_desk(postgres_settings)) as desk, closing(stopped):
        head = desk.log.head()
        with pytest.raises(InternalError):
            append(desk)
        assert desk.log.head() > head
