"""What stands in the real Alertmanager stands here, and nothing else, whatever message was lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.alert import AlertAction
from domain.configuration.alert_rules import AlertRule
from domain.instant import MINUTE, SECOND
from monitoring.alertmanager.api import Alertmanager
from monitoring.alertmanager.times import text_of
from monitoring.metrics import WORK_FAILURES
from projections.alerts import standing
from service.alerts.reconciling import reconciling
from service.jobs import Job
from tests.servers.alertmanager import AlertmanagerServer, free_address, running_alertmanager
from tests.service.alerts.watch import DOWN, Watch
from tests.service.running import wait_until

FAILURES = WORK_FAILURES.labels("alertmanager")._value
WEB = {"alertname": "WebDown", "component": "web"}


@pytest.fixture
def there(watch: Watch, tmp_path: Path) -> Iterator[AlertmanagerServer]:
    """The Alertmanager that the desk asks."""
    with running_alertmanager(tmp_path, free_address()) as started:
        watch.configure(DOWN, alertmanager=started.address, receivers=("glasno",))
        yield started


@pytest.fixture
def job(watch: Watch) -> Job[Any]:
    return reconciling(watch.duty)


def fire(there: AlertmanagerServer, watch: Watch, labels: dict[str, str] = WEB) -> None:
    """As Prometheus does; it is to last for as long as Alertmanager keeps what is not told again."""
    there.fire(labels, startsAt=text_of(watch.now), annotations={"summary": "The web is down"})


def ask(watch: Watch, job: Job[Any]) -> None:
    """A minute later."""
    watch.after(MINUTE)
    watch.running.work(job)


def here(watch: Watch) -> list[str]:
    with watch.running.views.connect() as connection:
        return [each.labels["alertname"] for each in standing(connection) if each.ended_at is None]


def test_an_alert_whose_message_was_lost_is_found_and_answered(
    watch: Watch, there: AlertmanagerServer, job: Job[Any]
) -> None:
    fire(there, watch)
    ask(watch, job)
    assert here(watch) == ["WebDown"]
    watch.work()
    assert watch.announced() == ["investigating"]
    head = watch.running.desk.log.head()
    ask(watch, job)
    assert watch.running.desk.log.head() == head


@pytest.mark.usefixtures("there")
def test_what_does_not_stand_there_twice_in_a_row_has_ended(watch: Watch, job: Job[Any]) -> None:
    stream = watch.fire()
    watch.work()
    ask(watch, job)
    assert here(watch) == ["WebDown"]
    ask(watch, job)
    assert (watch.alert(stream).ended_at, watch.announced()) == (watch.now, ["investigating"])
    watch.confirm()
    assert watch.announced() == ["resolved"]


def test_what_was_missing_once_may_not_have_been_told_again_yet(
    watch: Watch, there: AlertmanagerServer, job: Job[Any]
) -> None:
    since = text_of(watch.now)
    fire(there, watch)
    ask(watch, job)
    [stream] = _streams(watch)
    for _ in range(2):
        there.fire(WEB, startsAt=since, endsAt=text_of(watch.now))
        ask(watch, job)
        assert watch.alert(stream).ended_at is None
        there.fire(WEB, startsAt=since)
        ask(watch, job)
    assert _streams(watch) == [stream]


def test_what_is_silenced_there_does_not_begin_here_and_does_not_end_here(
    watch: Watch, there: AlertmanagerServer, job: Job[Any]
) -> None:
    fire(there, watch, {**WEB, "severity": "critical", "site": "lab"})
    fire(there, watch, {"alertname": "WebSlow", "component": "web", "severity": "info", "site": "lab"})
    wait_until(lambda: _suppressed(there))
    ask(watch, job)
    assert here(watch) == ["WebDown"]


def test_what_another_receiver_gets_is_not_ours(watch: Watch, there: AlertmanagerServer, job: Job[Any]) -> None:
    watch.configure(DOWN, alertmanager=there.address, receivers=("night-shift",))
    fire(there, watch)
    ask(watch, job)
    assert here(watch) == []


def test_while_alertmanager_is_away_nothing_changes_and_that_is_told_once(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    watch.configure(DOWN, alertmanager=free_address())
    job, before = reconciling(watch.duty), FAILURES.get()
    stream = watch.fire()
    for _ in range(3):
        ask(watch, job)
    assert watch.alert(stream).ended_at is None
    assert FAILURES.get() == before + 3
    assert len([each for each in caplog.records if "Alertmanager" in each.message]) == 1


def test_it_is_asked_once_a_minute_and_not_at_all_if_nobody_says_where_it_is(watch: Watch) -> None:
    job = reconciling(watch.duty)
    assert job.due(watch.now, 9) == []
    watch.configure(DOWN, alertmanager=free_address())
    assert len(job.due(watch.now, 9)) == 1
    ask(watch, job)
    watch.after(MINUTE - SECOND)
    assert job.due(watch.now, 9) == []
    watch.after(SECOND)
    assert len(job.due(watch.now, 9)) == 1


def test_what_ends_while_it_is_asked_was_told_by_who_knows_better(watch: Watch, there: AlertmanagerServer) -> None:
    """It stands in the answer, and ended here after we had looked."""
    fire(there, watch)
    ask(watch, reconciling(watch.duty))
    [stream] = _streams(watch)
    watch.end(stream)
    watch.after(MINUTE)
    job = reconciling(watch.duty)
    [unit] = job.due(watch.now, 9)
    job.do(unit, watch.now)  # the view has not heard of the end
    assert watch.alert(stream).ended_at is not None


def test_what_stands_there_and_was_said_to_be_over_here_fires_after_all(
    watch: Watch, there: AlertmanagerServer, job: Job[Any]
) -> None:
    watch.configure(AlertRule("down", {}, AlertAction.IGNORE), alertmanager=there.address)
    fire(there, watch)
    ask(watch, job)
    [stream] = _streams(watch)
    watch.end(stream)
    ask(watch, job)
    assert watch.alert(stream).ended_at is None


def _streams(watch: Watch) -> list[str]:
    with watch.running.views.connect() as connection:
        return [each.stream for each in standing(connection)]


def _suppressed(there: AlertmanagerServer) -> bool:
    with Alertmanager(there.address) as manager:
        return any(each.suppressed for each in manager.standing())
