"""What the demonstration shows: a believable desk, the same everywhere, and nothing that is not as it was stored."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from audit.check import check
from domain.clock import Outcome
from domain.component import ComponentStatus, StatusSet, WorksBegun, WorksPlanned
from domain.configuration.component import ComponentDefined
from domain.event import Address, Source
from domain.incident import IncidentStatus, IncidentUpdated
from domain.instant import DAY
from domain.organisation import OrganisationRegistered
from domain.person.absence import is_absent
from domain.policy import Action, Clock
from domain.ticket.assignment import Assigned, Because, HandedOver
from domain.ticket.classing import Reprioritised
from domain.ticket.feedback import Rated
from domain.ticket.joining import DuplicateJoined
from domain.ticket.outcome import Closed, Closing, Reopened, TicketRefused
from domain.ticket.promise import DeadlineTightened, Escalated, NextActDone, is_hanging
from domain.ticket.state import Stage, WaitFor
from domain.ticket.upkeep import has_work
from domain.ticket.waiting import Waited
from service.demo import DAYS
from service.demo.components import DOWN_NOW, HABITS
from service.demo.play import BAD_DAYS
from store.people import caller_with, person_of
from tests.service.demo.shown import NOW, Shown, shown

PUBLISHED = {"basic", "business"}


def share_met(verdicts: list[Any]) -> float:
    """Met among met and breached."""
    outcomes = Counter(each.outcome for each in verdicts)
    return outcomes[Outcome.MET] / (outcomes[Outcome.MET] + outcomes[Outcome.BREACHED])


def test_everything_but_the_founding_is_marked_as_simulated(show: Shown) -> None:
    sources = Counter((each.envelope.command, each.envelope.source) for one in show.streams.values() for each in one)
    assert sorted(source for _, source in sources) == [Source.LIVE, Source.SIMULATION]


def test_nothing_is_later_than_now_or_earlier_than_the_ninety_days(show: Shown) -> None:
    instants = [event.at for history in show.histories for event in history]
    assert min(instants) >= NOW - (DAYS + 1) * DAY
    assert max(instants) <= NOW


def test_each_ticket_goes_forward_in_time(show: Shown) -> None:
    assert all([each.at for each in history] == sorted(each.at for each in history) for history in show.histories)


def test_there_is_as_much_as_a_busy_desk_has(show: Shown) -> None:
    assert 700 <= len(show.tickets) <= 1_200
    assert len({ticket.reference for ticket in show.tickets}) == len(show.tickets)


def test_two_levels_are_published_and_the_third_one_is_opaque(show: Shown) -> None:
    assert {ticket.level for ticket in show.tickets} == {*PUBLISHED, "premium"}
    assert all(ticket.published == (ticket.level in PUBLISHED) for ticket in show.tickets)


def test_every_organisation_has_tickets_and_a_name_that_says_it_is_invented(show: Shown) -> None:
    registered = [one[0] for one in show.streams.values() if isinstance(one[0].event, OrganisationRegistered)]
    assert {each.stream for each in registered} == {ticket.organisation for ticket in show.tickets}
    assert all("(демо)" in str(show.desk.log.text(each.event.name)) for each in registered)


@pytest.mark.parametrize("clock", Clock)
def test_promises_are_mostly_kept(show: Shown, clock: Clock) -> None:
    verdicts = [each for each in show.verdicts if each.clock is clock]
    assert 0.93 <= share_met(verdicts) <= 0.995


def test_one_week_is_worse_than_the_others(show: Shown) -> None:
    start = NOW - DAYS * DAY
    bad = [each for each in show.verdicts if (each.due - start) // DAY in BAD_DAYS]
    rest = [each for each in show.verdicts if (each.due - start) // DAY not in BAD_DAYS]
    assert share_met(bad) < 0.96 < share_met(rest)


def test_tickets_end_in_every_way(show: Shown) -> None:
    assert {each.how for each in show.events(Closed)} == set(Closing)
    assert len({each.cause for each in show.events(TicketRefused)}) == 5
    assert len(show.events(DuplicateJoined)) > 10


def test_some_come_back_before_they_are_closed_and_some_after(show: Shown) -> None:
    after_closing = {
        any(isinstance(earlier, Closed) for earlier in history[:place])
        for history in show.histories
        for place, each in enumerate(history)
        if isinstance(each, Reopened)
    }
    assert after_closing == {True, False}


def test_tickets_wait_and_go_through_all_lines(show: Shown) -> None:
    assert {each.what for each in show.events(Waited)} == set(WaitFor)
    handed = show.events(HandedOver)
    assert {each.to_line for each in handed} == {"first", "second", "third"}
    assert {each.reason for each in handed} >= {"knowledge", "access", "defect", "mistaken", "returned", "escalation"}


def test_the_ladder_is_climbed(show: Shown) -> None:
    assert {each.action for each in show.events(Escalated)} == set(Action)
    assert show.events(Reprioritised)


def test_staff_promise_by_hand(show: Shown) -> None:
    assert show.events(DeadlineTightened)
    assert show.events(NextActDone)


def test_clients_rate_on_both_scales(show: Shown) -> None:
    rated = show.events(Rated)
    assert {each.csat for each in rated} == {1, 2, 3, 4, 5}
    assert sum(each.csat >= 4 for each in rated) / len(rated) > 0.75
    assert any(each.nps is not None for each in rated)
    assert any(each.text for each in rated)


def test_tickets_stand_open_in_every_stage(show: Shown) -> None:
    assert {ticket.stage for ticket in show.tickets} == set(Stage) - {Stage.NONE}
    waiting = {ticket.waits_for for ticket in show.tickets if ticket.stage is Stage.WAITING}
    assert waiting == set(WaitFor)


def test_few_tickets_hang_and_each_of_them_because_a_promise_is_late(show: Shown) -> None:
    hanging = [ticket for ticket in show.tickets if is_hanging(ticket, show.book, NOW)]
    assert 3 <= len(hanging) <= 20
    assert all(any(each.ended is None for each in ticket.clocks.verdicts) for ticket in hanging)


def test_somebody_who_is_there_is_responsible_for_every_ticket(show: Shown) -> None:
    people = {ticket.owner: person_of(show.desk, ticket.owner) for ticket in show.tickets if ticket.owner}
    assert all(ticket.team for ticket in show.tickets)
    at_work = [ticket for ticket in show.tickets if has_work(ticket) and ticket.taken]
    assert not any(is_absent(people[ticket.owner], NOW) for ticket in at_work if ticket.owner)
    assert all(ticket.owner for ticket in at_work)


def test_a_deputy_takes_over(show: Shown) -> None:
    assert any(each.because is Because.ABSENCE for each in show.events(Assigned))


def test_components_of_all_groups_fail_and_recover(show: Shown) -> None:
    defined = show.desk.configured.state().of(ComponentDefined)
    turns = [each.event for one in show.streams.values() for each in one if isinstance(each.event, StatusSet)]
    assert {each.component for each in turns} == set(defined)
    troubled = {each.component for each in turns if each.status is not ComponentStatus.OPERATIONAL}
    assert {defined[key].group for key in troubled} == {"servers", "carriers", "integrations", "sla"}
    assert {each.status for each in turns} == set(ComponentStatus) - {ComponentStatus.UNDER_MAINTENANCE}


def test_one_carrier_is_in_trouble_now_and_an_incident_says_so(show: Shown) -> None:
    stand = {key: show.desk.components.load(show.desk.name("component", key))[0] for key in HABITS}
    shown = {key: component.shown(NOW) for key, component in stand.items()}
    assert {key for key, state in shown.items() if state is not ComponentStatus.OPERATIONAL} == {DOWN_NOW}
    (incident,) = stand[DOWN_NOW].claims
    assert not show.desk.incidents.load(incident)[0].is_over


def test_incidents_are_told_from_beginning_to_end_in_both_languages(show: Shown) -> None:
    told = [each.event for one in show.streams.values() for each in one if isinstance(each.event, IncidentUpdated)]
    assert {each.status for each in told} == set(IncidentStatus) - {IncidentStatus.POSTMORTEM}
    texts = [show.desk.log.text(each.text) for each in told[:20] if isinstance(each.text, Address)]
    assert [set(text) for text in texts if isinstance(text, Mapping)] == [{"ru", "en"}] * 20


def test_works_were_announced_late_took_longer_and_are_still_to_come(show: Shown) -> None:
    begun = [each.event for one in show.streams.values() for each in one if isinstance(each.event, WorksBegun)]
    assert {each.excused_from is None for each in begun} == {True, False}
    planned = [each.event for one in show.streams.values() for each in one if isinstance(each.event, WorksPlanned)]
    assert max(each.start for each in planned) > NOW
    assert Counter(each.works for each in planned).most_common(1)[0][1] == 2


def test_nothing_is_wrong_with_the_log(show: Shown) -> None:
    assert check(show.desk).findings == []


def test_each_role_has_a_token_that_opens_and_that_nobody_else_can_read(show: Shown) -> None:
    file = show.folder / "demo-tokens.json"
    tokens = json.loads(file.read_text())
    assert list(tokens) == ["client", "agent", "lead", "auditor", "administrator"]
    assert all(caller_with(show.desk, text, lambda _: {}, NOW) for text in tokens.values())
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_is_the_same_on_every_desk(show: Shown, tmp_path: Path) -> None:
    with shown(tmp_path / "other") as other:
        assert _told(other) == _told(show)


def _told(shown: Shown) -> list[Any]:
    """Ticket by ticket what happened and when, with all that is drawn."""
    return [
        [(type(each), each.at, getattr(each, "by", ""), getattr(each, "message", "")) for each in history]
        for history in shown.histories
    ]
