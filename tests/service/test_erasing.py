"""Erasures that were requested are carried out by the work loop: the rest of the desk goes on."""

from typing import Any

import pytest

from domain.erasure import ErasureStep, Ground
from domain.event import Id
from domain.person import Right
from domain.refusal import Refused
from domain.ticket.conversation import Answered, answer
from domain.token import TokenScope
from projections import erasures, upkeep
from projections.engine import Projector
from service.erasing import carry_out, erasing, passing_on
from service.timers import standing_in
from store.erasing import Demand, erasure_at, request, whole_person
from store.people import caller_with, issue_token
from store.sealing import Erased
from store.streams import Command
from tests.cast import ACME
from tests.service.running import Running
from tests.store.lives import WORDS, person, ticket


@pytest.fixture
def desk(any_running: Running) -> Running:
    """With the views that erasing needs; on each of the two engines."""
    projector = any_running.projector
    views = Projector(any_running.desk.log, projector.configuration, projector.engine, (erasures, upkeep))
    return Running(any_running.desk, views, any_running.clock)


def ask(running: Running, whom: Id) -> Id:
    command = Command(running.desk.new_id())
    request(running.desk, command, whole_person(running.desk, whom), Demand(Ground.RETENTION, running.clock.now))
    return command.id


def erase(running: Running, whom: Id) -> Id:
    stream = ask(running, whom)
    running.work(erasing(running.desk, running.views))
    return stream


def say(running: Running, stream: Id, message: str = "m") -> Any:
    agent = running.desk.new_id()
    facts = {"message": message, "by": agent, "channel": "mail", "body": WORDS}
    running.act(stream, answer, **facts)
    return [each.event.text for each in running.desk.log.read(stream) if isinstance(each.event, Answered)][-1]


def test_what_was_requested_is_carried_out(desk: Running) -> None:
    cy = person(desk.desk)
    stream = erase(desk, cy)
    assert erasure_at(desk.desk, stream).step is ErasureStep.COMPLETED
    with desk.views.connect() as connection:
        assert erasures.unfinished(connection, limit=1) == []


def test_a_token_of_whoever_is_erased_is_revoked(desk: Running) -> None:
    cy, secret, command = person(desk.desk), "x" * 43, Command(desk.desk.new_id())
    scopes = frozenset({TokenScope.TICKETS_READ})
    text = issue_token(
        desk.desk, command, bearer=cy, secret=secret, scopes=scopes, label="", expires_at=None, at=desk.clock.now
    )
    assert caller_with(desk.desk, text, lambda _: {}, desk.clock.now)
    erase(desk, cy)
    assert caller_with(desk.desk, text, lambda _: {}, desk.clock.now) is None
    assert desk.desk.tokens.load(command.id)[0].revoked


def test_a_live_ticket_is_still_answered_and_the_answer_is_the_organisations(desk: Running) -> None:
    cy = person(desk.desk)
    live = ticket(desk.desk, cy)
    before = say(desk, live, "before")
    erase(desk, cy)
    after = say(desk, live, "after")
    assert (before.owner, after.owner) == (cy, ACME)
    assert desk.desk.log.text(before) == Erased()
    assert desk.desk.log.text(after) == {"body": WORDS}


def test_a_ticket_that_was_opened_meanwhile_is_passed_on_afterwards(desk: Running) -> None:
    cy = person(desk.desk)
    stream = ask(desk, cy)
    desk.projector.catch_up()
    late = ticket(desk.desk, cy)
    carry_out(desk.desk, desk.views, stream)
    with pytest.raises(Refused, match="person_erased"):
        say(desk, late)
    desk.work(passing_on(desk.desk, desk.views))
    assert say(desk, late).owner == ACME


def test_the_tickets_of_an_agent_who_is_erased_pass_to_the_team(desk: Running) -> None:
    ann = person(desk.desk, Right.AGENT)
    owned = desk.open()
    desk.assign(owned, ann)
    erase(desk, ann)
    desk.work(standing_in(desk.desk, desk.views))
    assert (desk.ticket(owned).owner, desk.ticket(owned).awaits_acceptance) == (None, True)


@pytest.mark.parametrize("step", ["_pass_on", "destroy_keys", "delete_sections"])
def test_what_fails_in_between_is_tried_again(desk: Running, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    cy = person(desk.desk)
    live = ticket(desk.desk, cy)

    def failing(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(f"service.erasing.{step}", failing)
        stream = erase(desk, cy)
        assert erasure_at(desk.desk, stream).step is not ErasureStep.COMPLETED
    desk.work(erasing(desk.desk, desk.views))
    assert erasure_at(desk.desk, stream).step is ErasureStep.COMPLETED
    assert desk.ticket(live).heir == ACME


def test_carried_out_again_it_is_nothing_new(desk: Running) -> None:
    stream = erase(desk, person(desk.desk))
    head = desk.desk.log.head()
    carry_out(desk.desk, desk.views, stream)
    assert desk.desk.log.head() == head
