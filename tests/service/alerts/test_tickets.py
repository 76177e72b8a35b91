"""Alerts open tickets, and are noted on the tickets that they are about."""

from typing import Any

import pytest

from domain.alert import AlertAction
from domain.classification import Kind, Priority
from domain.configuration.alert_rules import AlertRule
from domain.instant import HOUR, MINUTE, SECOND
from domain.person.identity import deactivate
from domain.refusal import Refused
from domain.ticket.assignment import accept
from domain.ticket.conversation import Noted
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closing, close
from domain.ticket.retention import expire
from service.alerts.answering import answering
from store.streams import Command
from tests.cast import AT
from tests.service.alerts.watch import Watch

PIPELINE = AlertRule("pipeline", {"alertname": ("Stalled",)}, AlertAction.TICKET, organisation="own")
IMMINENT = AlertRule("imminent", {"alertname": ("Imminent",)}, AlertAction.NOTE)
CLASS: dict[str, Any] = {"clock": "reaction", "level": "standard", "kind": "incident", "priority": "normal"}
DUE = AT + HOUR
"""What the built-in level promises of a reaction."""


@pytest.fixture
def robot(watch: Watch) -> str:
    """Whose token hands alerts over."""
    watch.configure(PIPELINE, IMMINENT)
    return watch.contact()


def events(watch: Watch, stream: str, kind: type[Any]) -> list[Any]:
    return [each.event for each in watch.running.desk.log.read(stream) if isinstance(each.event, kind)]


def notes(watch: Watch, ticket: str) -> list[str]:
    found = [watch.running.desk.log.text(each.text) for each in events(watch, ticket, Noted)]
    return [text["body"] for text in found if isinstance(text, dict)]


def test_an_alert_opens_a_ticket_for_the_organisation_of_the_rule(watch: Watch, robot: str) -> None:
    stream = watch.fire("Stalled", by=robot, projection="queue_v1")
    watch.work()
    [ticket] = watch.alert(stream).tickets
    [opened] = events(watch, ticket, TicketOpened)
    assert (opened.requester, opened.channel, opened.kind) == (robot, "alert", Kind.INCIDENT)
    assert opened.organisation == watch.running.desk.name("organisation", "own")
    assert opened.priority is Priority.NORMAL
    text = watch.running.desk.log.text(opened.text)
    assert text == {
        "subject": "Stalled fires",
        "body": "Stalled fires\n\nalertname: Stalled\nprojection: queue_v1\nrunbook_url: https://runbooks.example/1",
    }


def test_a_critical_one_has_a_higher_priority(watch: Watch, robot: str) -> None:
    stream = watch.fire("Stalled", by=robot, severity="critical")
    watch.work()
    assert watch.running.ticket(watch.alert(stream).tickets[0]).priority in (Priority.HIGH, Priority.CRITICAL)


def test_the_ticket_is_told_when_it_is_over(watch: Watch, robot: str) -> None:
    stream = watch.fire("Stalled", by=robot)
    watch.work()
    watch.end(stream)
    watch.confirm()
    [ticket] = watch.alert(stream).tickets
    assert notes(watch, ticket) == ["Мониторинг больше не сообщает: Stalled fires"]
    assert watch.running.ticket(ticket).is_open


def test_a_ticket_whose_texts_were_deleted_is_told_nothing_more(watch: Watch, robot: str) -> None:
    stream = watch.fire("Stalled", by=robot)
    watch.work()
    [ticket], book = watch.alert(stream).tickets, watch.running.desk.configured.state().book()
    watch.running.act(ticket, close, how=Closing.WITHDRAWN, by=robot, book=book)
    watch.running.act(ticket, expire, erasure=watch.running.desk.new_id(), until=watch.now)
    watch.end(stream)
    watch.confirm()
    assert watch.alert(stream).is_settled


def test_a_ticket_is_opened_once(watch: Watch, robot: str) -> None:
    stream = watch.fire("Stalled", by=robot)
    watch.running.projector.catch_up()
    answering(watch.duty).do(stream, watch.now)
    head = watch.running.desk.log.head()
    watch.start()
    answering(watch.duty).do(stream, watch.now)
    assert watch.running.desk.log.head() == head


def test_of_one_that_was_only_found_speaks_whoever_handed_over_the_newest(watch: Watch, robot: str) -> None:
    watch.fire("Other", by=robot)
    stream = watch.fire("Stalled")
    watch.work()
    [ticket] = watch.alert(stream).tickets
    assert watch.running.ticket(ticket).requester == robot


def test_for_whoever_is_gone_speaks_whoever_handed_over_the_newest(watch: Watch, robot: str) -> None:
    desk, heir = watch.running.desk, watch.contact()
    stream = watch.fire("Stalled", by=robot)
    desk.people.act(Command(desk.new_id()), robot, deactivate, at=watch.now)
    watch.fire("Other", by=heir)
    watch.work()
    watch.work()
    [ticket] = watch.alert(stream).tickets
    assert watch.running.ticket(ticket).requester == heir


def test_until_somebody_can_speak_nothing_is_done(watch: Watch) -> None:
    watch.configure(PIPELINE)
    stream = watch.fire("Stalled")
    watch.work()
    with pytest.raises(LookupError):
        answering(watch.duty).do(stream, watch.now)
    assert watch.alert(stream).action is None


def test_whoever_hands_alerts_over_is_to_be_a_contact_of_the_organisation(watch: Watch) -> None:
    watch.configure(PIPELINE)
    stream = watch.fire("Stalled", by=watch.contact("acme"))
    watch.running.projector.catch_up()
    with pytest.raises(Refused, match="person_is_no_contact_of_organisation"):
        answering(watch.duty).do(stream, watch.now)
    assert watch.alert(stream).action is None


def test_an_alert_before_a_breach_is_noted_on_the_ticket_that_is_due_next(watch: Watch, robot: str) -> None:
    first = watch.running.open()
    watch.after(20 * MINUTE)
    later = watch.running.open("234567891")
    watch.after(35 * MINUTE)
    stream = watch.fire("Imminent", by=robot, started_at=watch.now, **CLASS)
    watch.work()
    assert (watch.alert(stream).action, watch.alert(stream).tickets) == (AlertAction.NOTE, (first,))
    warned, due, guided = notes(watch, first)[0].splitlines()
    assert warned == "Предупреждение мониторинга: Imminent fires"
    assert due == "Срок: 2026-11-02 11:00:00 (Etc/UTC)"
    assert guided == "Что делать: https://runbooks.example/1"
    assert notes(watch, later) == []
    watch.work()
    assert len(notes(watch, first)) == 1


def test_without_anything_due_soon_it_is_noted_on_the_first(watch: Watch, robot: str) -> None:
    tickets = [watch.running.open(f"{number:09}") for number in range(3)]
    stream = watch.fire("Imminent", by=robot, clock="reaction")
    watch.work()
    assert set(watch.alert(stream).tickets) < set(tickets)
    assert len(watch.alert(stream).tickets) == 1


def test_of_many_that_are_due_soon_five_are_told(watch: Watch, robot: str) -> None:
    for number in range(7):
        watch.running.open(f"{number:09}")
    watch.after(55 * MINUTE)
    stream = watch.fire("Imminent", by=robot, started_at=watch.now, **CLASS)
    watch.work()
    assert len(watch.alert(stream).tickets) == 5


def test_what_became_due_before_the_desk_looked_is_told_too(watch: Watch, robot: str) -> None:
    ticket = watch.running.open()
    stream = watch.fire("Imminent", by=robot, started_at=DUE - SECOND, **CLASS)
    watch.running.clock.now = DUE + SECOND
    watch.work()
    assert watch.alert(stream).tickets == (ticket,)


@pytest.mark.parametrize("labels", [{**CLASS, "priority": "low"}, {"level": "standard"}])
def test_where_nothing_is_due_it_is_ignored(watch: Watch, robot: str, labels: dict[str, Any]) -> None:
    watch.running.open()
    stream = watch.fire("Imminent", by=robot, **labels)
    watch.work()
    assert watch.alert(stream).action is AlertAction.IGNORE


def test_a_clock_that_was_stopped_is_not_due(watch: Watch, robot: str) -> None:
    ticket, ann = watch.running.open(), watch.running.agent()
    watch.running.act(ticket, accept, by=ann, teams=frozenset({"service-desk"}))
    stream = watch.fire("Imminent", by=robot, **CLASS)
    watch.work()
    assert watch.alert(stream).action is AlertAction.IGNORE
