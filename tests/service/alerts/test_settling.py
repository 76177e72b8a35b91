"""What is said to have ended is over when the monitoring has lived on after it, and not before."""

from domain.alert import AlertAction, AlertAnswered, AlertSettled
from domain.instant import HOUR, MINUTE, SECOND
from monitoring import heartbeats
from monitoring.metrics import ALERTS_PARKED_AGE
from service.alerts.settling import settling
from tests.service.alerts.watch import HEART, MARGIN, Watch


def test_without_a_beat_an_end_is_parked(watch: Watch) -> None:
    stream = watch.fire()
    watch.work()
    watch.end(stream)
    for _ in range(9):
        watch.after(MINUTE)
        watch.work()
    assert (watch.alert(stream).is_settled, watch.announced()) == (False, ["investigating"])
    assert ALERTS_PARKED_AGE._value.get() == 9 * 60


def test_a_beat_from_before_it_ended_proves_nothing(watch: Watch) -> None:
    stream = watch.fire()
    watch.beat()
    watch.end(stream)
    watch.after(MINUTE * 20)
    watch.work()
    assert not watch.alert(stream).is_settled


def test_a_monitoring_that_comes_back_has_to_look_anew_first(any_watch: Watch) -> None:
    def beat() -> None:
        heartbeats.beat(any_watch.running.views, HEART, any_watch.now, 3 * MINUTE)

    beat()
    stream = any_watch.fire()
    any_watch.work()
    any_watch.end(stream)
    for pause, is_over in ((HOUR, False), (MARGIN - 1, False), (1, True)):
        any_watch.after(pause)
        beat()
        any_watch.work()
        assert any_watch.alert(stream).is_settled is is_over


def test_the_heart_may_beat_on_for_a_while_after_the_monitoring_died(any_watch: Watch) -> None:
    stream = any_watch.fire()
    any_watch.end(stream)
    any_watch.after(MARGIN - 1)
    any_watch.beat()
    any_watch.work()
    assert not any_watch.alert(stream).is_settled
    any_watch.after(1)
    any_watch.beat()
    any_watch.work()
    [settled] = [each.event for each in any_watch.running.desk.log.read(stream)][-1:]
    assert settled == AlertSettled(at=any_watch.now, beat=any_watch.now)
    any_watch.work()
    assert ALERTS_PARKED_AGE._value.get() == 0


def test_an_alert_that_fires_after_all_stands_and_its_incident_with_it(watch: Watch) -> None:
    stream = watch.fire()
    watch.work()
    watch.end(stream)
    watch.work()
    watch.fire()
    watch.confirm()
    assert (watch.alert(stream).ended_at, watch.announced()) == (None, ["investigating"])
    assert len(watch.told(stream)) == 1


def test_where_no_heartbeat_is_said_to_prove_anything_what_is_said_is_believed(watch: Watch) -> None:
    watch.configure(heartbeat="")
    stream = watch.fire()
    watch.work()
    watch.end(stream)
    watch.work()
    assert watch.alert(stream).is_settled


def test_an_end_in_the_future_has_not_come_yet(watch: Watch) -> None:
    watch.configure(heartbeat="")
    stream = watch.fire(started_at=watch.now + SECOND)
    watch.end(stream)
    watch.work()
    assert not watch.alert(stream).is_settled
    watch.after(SECOND)
    watch.work()
    assert watch.alert(stream).is_settled


def test_what_was_over_before_anything_was_done_about_it_is_ignored(watch: Watch) -> None:
    stream = watch.fire()
    watch.end(stream)
    watch.work()
    assert watch.alert(stream).action is None
    watch.confirm()
    answered, settled = [each.event for each in watch.running.desk.log.read(stream)][-2:]
    assert answered == AlertAnswered(at=watch.now, rule="", action=AlertAction.IGNORE)
    assert isinstance(settled, AlertSettled)
    assert watch.announced() == []


def test_one_that_only_seemed_to_be_over_before_it_was_answered_is_answered(watch: Watch) -> None:
    stream = watch.fire()
    watch.end(stream)
    watch.work()
    watch.fire()
    watch.work()
    assert (watch.alert(stream).action, watch.announced()) == (AlertAction.INCIDENT, ["investigating"])


def test_settled_twice_it_is_settled_once(watch: Watch) -> None:
    stream = watch.fire()
    watch.work()
    watch.end(stream)
    watch.confirm()
    head = watch.running.desk.log.head()
    watch.start()
    settling(watch.duty).do(stream, watch.now)
    assert watch.running.desk.log.head() == head


def test_who_was_too_late_looks_again(watch: Watch) -> None:
    """Between the look and the act it fires after all."""
    stream = watch.fire()
    watch.work()
    watch.end(stream)
    watch.after(MARGIN)
    watch.beat()
    watch.running.projector.catch_up()
    job = settling(watch.duty)
    assert job.due(watch.now, 10) == [stream]
    watch.fire()
    job.do(stream, watch.now)
    assert not watch.alert(stream).is_settled


def test_an_incident_that_is_no_longer_in_the_rules_ends_all_the_same(watch: Watch) -> None:
    stream = watch.fire()
    watch.work()
    watch.configure()
    watch.end(stream)
    watch.confirm()
    assert watch.announced() == ["resolved"]
