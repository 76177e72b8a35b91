"""Planned works are silences in the real Alertmanager."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.code import code_of
from domain.instant import DAY, HOUR, MINUTE, Duration
from domain.maintenance import Update, WorksStatus, announce, post, reschedule
from monitoring.alertmanager.api import Alertmanager, Silence, SilenceState
from service.alerts.silencing import silencing
from service.jobs import Job
from store.streams import Command
from tests.servers.alertmanager import AlertmanagerServer, free_address, running_alertmanager
from tests.service.alerts.watch import Watch

TEXT = {"en": "New disks"}


@pytest.fixture
def there(watch: Watch, tmp_path: Path) -> Iterator[AlertmanagerServer]:
    """Its clock is the real one: so is the desk's."""
    watch.running.clock.now = int(time.time() * 1000)
    with running_alertmanager(tmp_path, free_address()) as started:
        watch.configure(alertmanager=started.address)
        yield started


def plan(watch: Watch, ahead: Duration, *components: str) -> str:
    desk, works = watch.running.desk, watch.running.desk.new_id()
    first = Update(desk.new_id(), WorksStatus.SCHEDULED, TEXT)
    start = watch.now + ahead
    facts: dict[str, Any] = {"known": frozenset(components), "components": frozenset(components), "at": watch.now}
    desk.maintenances.act(
        Command(desk.new_id()), works, announce,
        stream=works, title=TEXT, first=first, start=start, end=start + HOUR, **facts,
    )  # fmt: skip
    return works


def tell(watch: Watch) -> Job[Any]:
    """What a minute brings."""
    job = silencing(watch.duty)
    watch.running.work(job)
    return job


def silences(there: AlertmanagerServer) -> dict[str, Silence]:
    with Alertmanager(there.address) as manager:
        return {each.component: each for each in manager.silences() if each.state is not SilenceState.EXPIRED}


def test_works_that_are_ahead_silence_their_components(watch: Watch, there: AlertmanagerServer) -> None:
    works = plan(watch, DAY, "web", "mail")
    tell(watch)
    found = silences(there)
    assert found.keys() == {"web", "mail"}
    assert (found["web"].starts_at, found["web"].ends_at) == (watch.now + DAY, watch.now + DAY + HOUR)
    assert found["web"].comment == f"glasno works {code_of('incident', works)}"
    ids = {each.id for each in found.values()}
    tell(watch)
    assert {each.id for each in silences(there).values()} == ids


def test_works_that_are_moved_or_called_off_move_or_end_them(watch: Watch, there: AlertmanagerServer) -> None:
    works = plan(watch, DAY, "web")
    tell(watch)
    desk = watch.running.desk
    later = watch.now + 2 * DAY
    desk.maintenances.act(Command(desk.new_id()), works, reschedule, start=later, end=later + HOUR, at=watch.now)
    tell(watch)
    assert silences(there)["web"].starts_at == later
    update = Update(desk.new_id(), WorksStatus.CANCELLED, TEXT)
    desk.maintenances.act(Command(desk.new_id()), works, post, stream=works, update=update, at=watch.now)
    tell(watch)
    assert silences(there) == {}


def test_works_in_the_far_future_are_told_when_they_are_nearer(watch: Watch, there: AlertmanagerServer) -> None:
    plan(watch, 31 * DAY, "web")
    tell(watch)
    assert silences(there) == {}
    watch.after(DAY)
    tell(watch)
    assert silences(there).keys() == {"web"}


def test_nobody_is_told_where_nobody_says_where_it_is(watch: Watch) -> None:
    plan(watch, DAY, "web")
    assert tell(watch).due(watch.now + MINUTE, 9) == []
