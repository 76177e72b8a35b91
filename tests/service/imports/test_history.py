from typing import Any

import pytest

from domain.classification import Impact, Priority
from domain.clock import Outcome
from domain.event import Id
from domain.instant import HOUR, MINUTE, Instant
from domain.policy import Clock
from domain.ticket import Stage
from domain.ticket.assignment import Accepted, Assigned, HandedOver
from domain.ticket.classing import Reprioritised
from domain.ticket.conversation import Answered
from domain.ticket.notices import ClientToBeTold
from domain.ticket.outcome import Closed, Reopened, Resolved
from domain.ticket.promise import ClockDecided, Escalated
from domain.ticket.provenance import AttributesImported
from domain.ticket.state import DESK
from domain.ticket.waiting import Waited, WaitEnded
from service.imports.history import WAIT, History
from service.imports.names import team_of
from tests.cast import AT, OPENED
from tests.service.imports.histories import NAMES, step, told


def person(label: str) -> Id:
    return NAMES.person(label)


def of(kind: type[Any], found: History) -> list[Any]:
    return [each for each in (*found.events, *found.since) if isinstance(each, kind)]


def verdicts(found: History) -> dict[tuple[Clock, int], tuple[Outcome, Instant]]:
    return {(each.clock, each.instance): (each.outcome, each.at - AT) for each in of(ClockDecided, found)}


def test_a_simple_incident_is_accepted_resolved_and_closed() -> None:
    found = told(step(0, "New"), step(10, "Active"), step(60, "Resolved"), step(600, "Closed"))
    kinds = [type(each) for each in found.events if not isinstance(each, AttributesImported | ClockDecided)]
    assert kinds == [type(OPENED), Accepted, Resolved, Closed]
    assert found.ticket.stage is Stage.CLOSED
    assert found.since == ()


def test_the_verdicts_are_ours_and_fall_when_the_clocks_ended() -> None:
    found = told(step(0, "New"), step(10, "Active"), step(60, "Resolved"), step(600, "Closed"))
    assert verdicts(found) == {
        (Clock.REACTION, 1): (Outcome.MET, 10 * MINUTE),
        (Clock.FIRST_RESPONSE, 1): (Outcome.BREACHED, 40 * MINUTE + 1),
        (Clock.RESOLUTION, 1): (Outcome.MET, 600 * MINUTE),
    }


def test_a_history_fires_nothing() -> None:
    found = told(step(0, "New"), step(900, "Active"), step(9000, "Resolved"), step(19000, "Closed"))
    assert of(Escalated, found) == of(ClientToBeTold, found) == []


def test_a_person_who_moves_it_out_of_new_has_taken_it() -> None:
    found = told(step(0, "New"), step(5, "Active", sys_updated_by="Updated by 7"))
    assert [each.by for each in of(Accepted, found)] == [person("Updated by 7")]


def test_whoever_is_assigned_has_taken_it_rather_than_who_wrote_so() -> None:
    found = told(step(0, "New"), step(5, "Active", assigned_to="Resolver 3"))
    assert [each.by for each in of(Accepted, found)] == [person("Resolver 3")]


def test_a_new_incident_is_assigned_but_not_taken() -> None:
    found = told(step(0, "New", assigned_to="Resolver 3"), until=5)
    assert [each.owner for each in of(Assigned, found)] == [person("Resolver 3")]
    assert found.ticket.awaits_acceptance


def test_who_was_assigned_before_it_was_taken_takes_it() -> None:
    found = told(step(0, "New", assigned_to="Resolver 3"), step(5, "Active"))
    assert [each.by for each in of(Accepted, found)] == [person("Resolver 3")]


def test_another_group_is_a_hand_over_that_waits_for_somebody_there() -> None:
    found = told(step(0, "New"), step(5, "Active"), step(9, "Active", assignment_group="Group 2"))
    (moved,) = of(HandedOver, found)
    assert (moved.from_team, moved.to_team, moved.reason) == ("group-1", "group-2", "imported")
    assert found.ticket.awaits_acceptance
    assert found.ticket.owner == person("Updated by 1")


def test_somebody_there_takes_it_when_assigned() -> None:
    moved = {"assignment_group": "Group 2"}
    there = moved | {"assigned_to": "Resolver 3"}
    found = told(step(0, "New"), step(5, "Active"), (9, "Active", moved), (12, "Active", there))
    assert [each.team for each in of(Accepted, found)] == ["group-1", "group-2"]
    assert of(Assigned, found) == []


def test_another_person_of_the_same_group_is_assigned() -> None:
    found = told(step(0, "Active", assigned_to="Resolver 3"), step(5, "Active", assigned_to="Resolver 4"))
    assert [each.owner for each in of(Assigned, found)] == [person("Resolver 4")]


def test_an_owner_stays_responsible_when_the_log_names_nobody() -> None:
    found = told(step(0, "Active", assigned_to="Resolver 3"), step(5, "Active"))
    assert found.ticket.owner == person("Resolver 3")


def test_asking_the_user_is_an_answer_and_pauses() -> None:
    found = told(step(0, "New"), step(30, "Awaiting User Info"), step(1000, "Resolved"))
    assert [each.at - AT for each in of(Answered, found)] == [30 * MINUTE]
    assert [each.until - each.at for each in of(Waited, found)] == [WAIT]
    assert verdicts(found)[Clock.FIRST_RESPONSE, 1] == (Outcome.MET, 30 * MINUTE)
    assert (Clock.RESOLUTION, 1) not in verdicts(found)


def test_nothing_else_is_claimed_to_be_an_answer() -> None:
    found = told(step(0, "New"), step(5, "Active"), step(10, "Active"), step(30, "Awaiting Vendor"))
    assert of(Answered, found) == []


@pytest.mark.parametrize("state", ["Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"])
def test_to_wait_for_anybody_else_pauses_nothing(state: str) -> None:
    found = told(step(0, "Active"), step(5, state), until=600)
    assert found.ticket.stage is Stage.WAITING
    assert verdicts(found)[Clock.RESOLUTION, 1] == (Outcome.BREACHED, 4 * HOUR + 1)


def test_an_update_of_a_waiting_incident_is_no_other_wait() -> None:
    found = told(step(0, "Active"), step(5, "Awaiting User Info"), step(9, "Awaiting User Info"))
    assert len(of(Waited, found)) == len(of(Answered, found)) == 1


def test_a_wait_ends_when_work_goes_on() -> None:
    found = told(step(0, "Active"), step(5, "Awaiting User Info"), step(65, "Active"), until=600)
    assert [each.at - AT for each in of(WaitEnded, found)] == [65 * MINUTE]
    assert verdicts(found)[Clock.RESOLUTION, 1] == (Outcome.BREACHED, 5 * HOUR + 1)


def test_a_wait_is_not_believed_for_more_than_a_year() -> None:
    year = WAIT // MINUTE
    rows = step(0, "Active"), step(5, "Awaiting User Info"), step(year + 100, "Awaiting User Info")
    found = told(*rows)
    assert [(each.by, each.at - AT) for each in of(WaitEnded, found)] == [(DESK, WAIT + 5 * MINUTE)]
    assert len(of(Waited, found)) == 2
    assert len(of(Answered, found)) == 1


def test_a_reopened_incident_goes_on() -> None:
    rows = step(0, "Active"), step(60, "Resolved"), step(90, "Active", reopen_count="1"), step(120, "Resolved")
    found = told(*rows, step(600, "Closed"))
    assert [each.at - AT for each in of(Reopened, found)] == [90 * MINUTE]
    assert verdicts(found)[Clock.RESOLUTION, 1] == (Outcome.MET, 600 * MINUTE)


def test_a_closed_incident_that_is_resolved_again_was_reopened() -> None:
    found = told(step(0, "Active"), step(60, "Resolved"), step(90, "Closed"), step(95, "Resolved"), step(99, "Closed"))
    assert len(of(Reopened, found)) == 1
    assert len(of(Resolved, found)) == len(of(Closed, found)) == 2


def test_an_update_of_what_is_over_changes_nothing() -> None:
    found = told(step(0, "Resolved"), step(60, "Resolved"), step(90, "Closed"), step(95, "Closed"))
    assert len(of(Resolved, found)) == len(of(Closed, found)) == 1


def test_what_is_closed_at_once_was_resolved() -> None:
    found = told(step(0, "New"), step(60, "Closed"))
    assert [each.at - AT for each in (*of(Accepted, found), *of(Resolved, found))] == [60 * MINUTE] * 2


def test_a_state_without_a_name_changes_nothing() -> None:
    found = told(step(0, "New"), step(5, "Active"), step(60, "-100"))
    assert found.ticket.stage is Stage.ACCEPTED
    assert found.differences == ()


def test_a_state_that_cannot_be_gone_back_to_is_a_difference() -> None:
    found = told(step(0, "Active"), step(60, "New"))
    assert [each.line for each in found.differences] == [3]


def test_the_priority_of_the_log_wins() -> None:
    found = told(step(0, "Active"), step(30, "Active", impact="1 - High", priority="1 - Critical"))
    (changed,) = of(Reprioritised, found)
    assert (changed.priority, changed.impact) == (Priority.CRITICAL, Impact.HIGH)


def test_each_row_leaves_what_it_changed() -> None:
    found = told(step(0, "New", location="Location 1"), step(5, "New", location="?", made_sla="FALSE"))
    first, second = of(AttributesImported, found)
    assert first.attributes["location"] == "Location 1"
    assert second.attributes == {"location": "?", "made_sla": "FALSE", "sys_mod_count": "3"}


def test_no_attribute_is_about_a_person() -> None:
    found = told(step(0, "Active", assigned_to="Resolver 3", resolved_by="Resolved by 4"))
    assert "caller_id" not in of(AttributesImported, found)[0].attributes
    assert not any("Resolve" in value for each in of(AttributesImported, found) for value in each.attributes.values())


def test_what_was_known_only_later_is_not_told_earlier() -> None:
    end = {"closed_code": "code 6", "resolved_at": "01-03-2016 11:00", "closed_at": "01-03-2016 18:00"}
    resolved, closed = {"sys_updated_at": "01-03-2016 11:00"}, {"sys_updated_at": "01-03-2016 18:00"}
    found = told((0, "New", end), (60, "Resolved", end | resolved), (90, "Closed", end | closed))
    known = [end.keys() & each.attributes.keys() for each in of(AttributesImported, found)]
    assert known == [set(), {"closed_code", "resolved_at"}, {"closed_at"}]


def test_a_clock_that_ran_out_since_the_last_row_is_breached_by_then() -> None:
    found = told(step(0, "New"), until=30)
    assert [(each.clock, each.at - AT) for each in found.since if isinstance(each, ClockDecided)] == [
        (Clock.REACTION, 20 * MINUTE + 1)
    ]


def test_groups_are_teams() -> None:
    assert [team_of(each) for each in ("Group 56", "Network / EMEA", None)] == ["group-56", "network-emea", "no-group"]


def test_groups_that_no_key_can_spell_are_told_apart() -> None:
    keys = {team_of(each) for each in ("Сеть", "Связь", "no group", "-", "long " * 20)}
    assert len(keys) == 5
    assert all(len(each) == len("group-") + 16 for each in keys)
