"""Alerts open incidents on the public page, join them, and resolve them."""

from typing import Any

import pytest

from domain.alert import AlertAction
from domain.component import ComponentStatus, Through
from domain.configuration.alert_rules import AlertRule
from domain.configuration.component import AlertIncidents
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE, SECOND
from domain.maintenance import Update, WorksStatus, announce
from monitoring.alertmanager.wording import NOTICED, RECOVERED, WORSE
from monitoring.metrics import ALERTS_UNANSWERABLE
from service.alerts.answering import answering
from service.alerts.settling import settling
from service.timers import maintaining
from store.streams import Command
from tests.cast import AT
from tests.service.alerts.watch import MARGIN, Watch

MAJOR, DEGRADED = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED
INVESTIGATING, RESOLVED = IncidentStatus.INVESTIGATING, IncidentStatus.RESOLVED


def words(watch: Watch, stream: str) -> list[Any]:
    """What its incident says: the title, then each update."""
    recorded = watch.running.desk.log.read(watch.alert(stream).incident or "")
    texts = [getattr(each.event, "title", None) or getattr(each.event, "text", None) for each in recorded]
    return [watch.running.desk.log.text(each) for each in texts if each is not None]


def test_an_alert_opens_an_incident(any_watch: Watch) -> None:
    any_watch.after(MINUTE)
    stream = any_watch.fire()
    any_watch.work()
    alert, (told,) = any_watch.alert(stream), any_watch.told(stream)
    assert (alert.action, alert.component) == (AlertAction.INCIDENT, "web")
    assert (told.at, told.status, told.through) == (AT, INVESTIGATING, Through.ALERT)
    assert (any_watch.shown(), any_watch.announced()) == (MAJOR, ["investigating"])
    assert words(any_watch, stream) == [{"ru": "Сайт: не работает", "en": "The web site does not work"}, NOTICED]


def test_its_recovery_resolves_the_incident_once_the_monitoring_lived_on(any_watch: Watch) -> None:
    stream = any_watch.fire()
    any_watch.work()
    any_watch.end(stream)
    any_watch.work()
    assert any_watch.announced() == ["investigating"]
    any_watch.confirm()
    told = any_watch.told(stream)[-1]
    assert (told.at, told.status, told.through) == (AT + MARGIN, RESOLVED, Through.ALERT)
    assert any_watch.shown() in (None, ComponentStatus.OPERATIONAL)
    assert (any_watch.announced(), words(any_watch, stream)[-1]) == (["resolved"], RECOVERED)


def test_a_component_that_says_nothing_else_gets_a_draft_and_the_page_says_nothing(watch: Watch) -> None:
    watch.component("web", AlertIncidents.DRAFT)
    stream = watch.fire()
    watch.work()
    assert (watch.alert(stream).is_draft, watch.alert(stream).component) == (True, "web")
    assert watch.announced() == []


def test_a_draft_that_a_person_published_ends_with_its_alert(watch: Watch) -> None:
    watch.component("web", AlertIncidents.DRAFT)
    stream = watch.fire()
    watch.work()
    watch.publish(stream)
    watch.end(stream)
    watch.confirm()
    assert watch.announced() == ["resolved"]


def test_one_that_a_person_then_told_more_of_is_the_persons(watch: Watch) -> None:
    watch.component("web", AlertIncidents.DRAFT)
    stream = watch.fire()
    watch.work()
    watch.publish(stream)
    watch.say(stream, IncidentStatus.IDENTIFIED)
    watch.end(stream)
    watch.confirm()
    assert (watch.alert(stream).is_settled, watch.announced()) == (True, ["identified"])


def test_several_alerts_on_a_component_have_one_incident_which_ends_with_the_last(any_watch: Watch) -> None:
    first, second = any_watch.fire(), any_watch.fire(component="web", instance="b")
    any_watch.work()
    third = any_watch.fire(component="web", instance="c")
    any_watch.work()
    assert len({any_watch.alert(each).incident for each in (first, second, third)}) == 1
    for stream in (first, third):
        any_watch.end(stream)
        any_watch.confirm()
    assert any_watch.announced() == ["investigating"]
    any_watch.end(second)
    any_watch.confirm()
    assert any_watch.announced() == ["resolved"]
    assert len(any_watch.told(first)) == 2


def test_an_alert_that_joins_while_another_one_settles_keeps_the_incident_open(watch: Watch) -> None:
    first = watch.fire()
    watch.work()
    watch.end(first)
    watch.after(MARGIN)
    watch.beat()
    watch.fire("WebSlow")
    watch.work()  # the view learns of the second answer only after the round
    assert not watch.alert(first).is_settled
    watch.work()
    assert (watch.alert(first).is_settled, watch.announced()) == (True, ["investigating"])


def test_what_is_worse_is_told_and_what_is_not_is_not(watch: Watch) -> None:
    slow = watch.fire("WebSlow")
    watch.work()
    assert watch.shown() is DEGRADED
    watch.fire()
    watch.work()
    assert watch.shown() is MAJOR
    watch.fire("WebSlow", component="web", instance="b")
    watch.work()
    assert len(watch.told(slow)) == 2
    assert words(watch, slow)[-1] == {
        "ru": f"Сайт: не работает. {WORSE['ru']}",
        "en": f"The web site does not work. {WORSE['en']}",
    }


@pytest.mark.parametrize("labels", [{"component": "elsewhere"}, {"job": "web"}])
def test_an_alert_that_names_no_component_is_counted_and_ignored(watch: Watch, labels: dict[str, Any]) -> None:
    before = ALERTS_UNANSWERABLE._value.get()
    stream = watch.fire(**labels)
    watch.work()
    assert (watch.alert(stream).action, watch.announced()) == (AlertAction.IGNORE, [])
    assert ALERTS_UNANSWERABLE._value.get() == before + 1


def test_a_rule_may_name_the_component_and_a_template(watch: Watch) -> None:
    label = Label("Связь", "Network")
    template = IncidentTemplateDefined(
        at=AT, key="net", title=label, text=label, status=IncidentStatus.IDENTIFIED, components={}
    )
    watch.define(template)
    watch.configure(AlertRule("net", {}, AlertAction.INCIDENT, component="web", says=DEGRADED, template="net"))
    stream = watch.fire(job="router")
    watch.work()
    assert (watch.shown(), watch.announced()) == (DEGRADED, ["identified"])
    assert words(watch, stream) == [{"ru": "Связь", "en": "Network"}] * 2


def test_during_works_that_were_announced_in_time_a_person_decides(watch: Watch) -> None:
    desk, works = watch.running.desk, watch.running.desk.new_id()
    start, end = AT + 2 * DAY, AT + 3 * DAY
    first = Update(desk.new_id(), WorksStatus.SCHEDULED, {"en": "New disks"})
    facts: dict[str, Any] = {"known": frozenset({"web"}), "components": frozenset({"web"}), "start": start, "end": end}
    desk.maintenances.act(
        Command(desk.new_id()), works, announce, stream=works, title={"en": "Disks"}, first=first, at=AT, **facts
    )
    watch.running.clock.now = start
    watch.running.work(maintaining(desk, watch.running.views))
    stream = watch.fire(started_at=start)
    watch.work()
    assert watch.alert(stream).is_draft


def test_an_alert_of_long_ago_is_told_from_now_on(watch: Watch) -> None:
    watch.after(2 * HOUR)
    stream = watch.fire()
    watch.work()
    assert watch.told(stream)[0].at == AT + 2 * HOUR


def test_a_clock_that_is_ahead_opens_no_incident_in_the_future(watch: Watch) -> None:
    stream = watch.fire(started_at=AT + MINUTE)
    watch.work()
    assert watch.told(stream)[0].at == AT


@pytest.mark.parametrize("status", [IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING])
def test_what_a_person_told_stands(watch: Watch, status: IncidentStatus) -> None:
    stream = watch.fire("WebSlow")
    watch.work()
    watch.say(stream, status)
    worse = watch.fire()
    watch.work()
    assert (watch.alert(worse).incident, watch.shown()) == (watch.alert(stream).incident, DEGRADED)
    for each in (stream, worse):
        watch.end(each)
    watch.confirm()
    assert watch.alert(stream).is_settled
    assert watch.announced() == [status.value]


def test_an_incident_that_a_person_ended_is_over_and_the_next_alert_opens_another(watch: Watch) -> None:
    first = watch.fire()
    watch.work()
    watch.say(first, RESOLVED)
    watch.after(MINUTE)
    second = watch.fire(component="web", instance="b", started_at=watch.now)
    watch.work()
    assert watch.announced() == ["investigating", "resolved"]
    watch.end(first)
    watch.confirm()
    assert watch.incident(second).status is INVESTIGATING


def test_an_alert_that_fires_again_after_it_was_over_opens_another_incident_from_then_on(watch: Watch) -> None:
    stream = watch.fire()
    watch.work()
    watch.end(stream)
    watch.confirm()
    first = watch.alert(stream).incident
    watch.after(MINUTE)
    watch.fire()
    watch.work()
    assert watch.alert(stream).incident != first
    assert watch.told(stream)[0].at == watch.now
    assert watch.announced() == ["investigating", "resolved"]


def test_one_that_fires_again_is_answered_before_the_incident_ends_without_it(watch: Watch) -> None:
    first, second = watch.fire(), watch.fire(component="web", instance="b")
    watch.work()
    watch.end(second)
    watch.confirm()
    watch.end(first)
    watch.running.projector.catch_up()
    watch.after(MARGIN)
    watch.beat()
    watch.fire(component="web", instance="b")  # the view does not know of it
    settling(watch.duty).do(first, watch.now)
    assert not watch.alert(first).is_settled
    watch.work()
    watch.work()
    assert (watch.announced(), watch.alert(second).incident) == (["investigating"], watch.alert(first).incident)


def test_done_twice_it_is_done_once(watch: Watch) -> None:
    stream = watch.fire()
    watch.running.projector.catch_up()
    for _ in range(2):
        watch.start()  # a process that begins anew remembers nothing
        answering(watch.duty).do(stream, watch.now)
    head = watch.running.desk.log.head()
    watch.after(SECOND)
    answering(watch.duty).do(stream, watch.now)
    assert (watch.running.desk.log.head(), watch.announced()) == (head, ["investigating"])
