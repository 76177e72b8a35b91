from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from sqlalchemy import Connection

from domain.alert import AlertAction
from domain.code import code_of
from domain.instant import MINUTE
from domain.refusal import Refused
from projections.alerts import (
    AlertState,
    Page,
    Standing,
    ended,
    of_incident,
    one,
    open_incidents,
    page,
    standing,
    unanswered,
)
from tests.cast import ANN
from tests.projections.alerting import FINGERPRINT, LABELS, answer, dismiss, end, fire, publish, settle
from tests.projections.story import Story

FIRST: Final = "a1" * 16
SECOND: Final = "a2" * 16
INCIDENT: Final = "b1" * 16
TICKET: Final = "c1" * 16


def seen(story: Story, query: Callable[..., Any], *args: Any) -> Any:
    with story.seen() as connection:
        return query(connection, *args)


def streams(alerts: Sequence[Standing]) -> list[str]:
    return [each.stream for each in alerts]


def in_state(story: Story, state: AlertState) -> list[str]:
    def found(connection: Connection) -> Page:
        return page(connection, state, cursor=None, limit=10)

    return streams(seen(story, found).alerts)


def test_an_alert_that_fires_stands_with_its_labels_and_waits_for_an_answer(story: Story) -> None:
    fire(story, FIRST, ago=MINUTE)
    (found,) = seen(story, unanswered, 10)
    assert (found.fingerprint, found.labels, found.by) == (FINGERPRINT, LABELS, ANN)
    assert (found.started_at, found.ended_at, found.settled) == (story.clock.now - MINUTE, None, False)
    assert (found.action, found.state, found.code) == (None, AlertState.STANDING, code_of("alert", FIRST))
    assert story.desk.log.text(found.text) == {"summary": "The web is down"}


def test_an_answered_alert_waits_for_no_answer_and_goes_on_to_stand(story: Story) -> None:
    fire(story, FIRST)
    answer(story, FIRST, AlertAction.NOTE, tickets=(TICKET,))
    assert seen(story, unanswered, 10) == []
    (found,) = seen(story, standing)
    assert (found.action, found.rule, found.component, found.tickets) == (AlertAction.NOTE, "down", "web", (TICKET,))


def test_of_several_the_first_are_answered_first(story: Story) -> None:
    fire(story, SECOND)
    fire(story, FIRST)
    assert streams(seen(story, unanswered, 1)) == [SECOND]
    assert streams(seen(story, unanswered, 2)) == [SECOND, FIRST]


def test_one_that_is_said_to_be_over_is_parked_until_that_is_confirmed(story: Story) -> None:
    fire(story, FIRST)
    story.after(MINUTE)
    end(story, FIRST)
    assert seen(story, unanswered, 10) == []
    assert streams(seen(story, ended, 10)) == streams(seen(story, standing)) == [FIRST]
    assert in_state(story, AlertState.PARKED) == [FIRST]
    settle(story, FIRST)
    assert seen(story, ended, 10) == seen(story, standing) == []
    assert in_state(story, AlertState.OVER) == [FIRST]


def test_those_that_ended_first_are_settled_first(story: Story) -> None:
    fire(story, FIRST)
    fire(story, SECOND)
    end(story, SECOND)
    story.after(MINUTE)
    end(story, FIRST)
    assert streams(seen(story, ended, 10)) == [SECOND, FIRST]
    assert streams(seen(story, ended, 1)) == [SECOND]


def test_one_that_fires_after_all_keeps_its_answer(story: Story) -> None:
    fire(story, FIRST)
    answer(story, FIRST, AlertAction.INCIDENT, incident=INCIDENT)
    end(story, FIRST)
    fire(story, FIRST)
    (found,) = seen(story, standing)
    assert (found.ended_at, found.action, found.incident) == (None, AlertAction.INCIDENT, INCIDENT)


def test_one_that_fires_again_when_it_was_over_is_answered_anew(story: Story) -> None:
    fire(story, FIRST)
    answer(story, FIRST, AlertAction.INCIDENT, incident=INCIDENT, tickets=(TICKET,))
    end(story, FIRST)
    settle(story, FIRST)
    fire(story, FIRST)
    (found,) = seen(story, unanswered, 10)
    assert (found.settled, found.ended_at, found.incident, found.tickets) == (False, None, None, ())


def test_an_incident_is_open_while_an_alert_that_opened_it_stands(story: Story) -> None:
    for stream in (FIRST, SECOND):
        fire(story, stream)
        answer(story, stream, AlertAction.INCIDENT, incident=INCIDENT)
        end(story, stream)
    settle(story, FIRST)
    assert seen(story, of_incident, INCIDENT) == [SECOND, FIRST]
    assert seen(story, open_incidents, "web") == [INCIDENT]
    assert seen(story, open_incidents, "mail") == []
    settle(story, SECOND)
    assert seen(story, open_incidents, "web") == []
    assert seen(story, of_incident, INCIDENT) == [FIRST, SECOND]


def test_a_draft_waits_for_a_person_who_publishes_it(story: Story) -> None:
    fire(story, FIRST)
    answer(story, FIRST, AlertAction.DRAFT)
    assert in_state(story, AlertState.DRAFT) == in_state(story, AlertState.STANDING) == [FIRST]
    publish(story, FIRST, INCIDENT)
    assert in_state(story, AlertState.DRAFT) == []
    assert seen(story, open_incidents, "web") == [INCIDENT]


@pytest.mark.parametrize("decided", [dismiss, lambda story, stream: end(story, stream) + settle(story, stream)])
def test_what_was_dismissed_or_is_over_is_no_draft(story: Story, decided: Callable[..., int]) -> None:
    fire(story, FIRST)
    answer(story, FIRST, AlertAction.DRAFT)
    assert seen(story, one, code_of("alert", FIRST)).is_draft
    decided(story, FIRST)
    assert not seen(story, one, code_of("alert", FIRST)).is_draft
    assert in_state(story, AlertState.DRAFT) == []


def test_pages_begin_with_those_that_came_last_and_repeat_none(story: Story) -> None:
    came = [f"{number:032x}" for number in range(1, 6)]
    for stream in came:
        fire(story, stream)
    shown: list[str] = []
    cursor = None
    while len(shown) < len(came):
        found = seen(story, lambda connection, at=cursor: page(connection, None, cursor=at, limit=2))
        shown, cursor = [*shown, *streams(found.alerts)], found.cursor
        fire(story, f"{len(shown):032x}".replace("0", "d"))  # what comes meanwhile is on no later page
    assert shown == came[::-1]
    assert cursor is None


def test_a_page_has_no_cursor_that_nobody_gave_out(story: Story) -> None:
    with story.seen() as connection, pytest.raises(Refused, match="cursor_invalid"):
        page(connection, None, cursor="x", limit=2)


def test_there_is_none_of_a_code_that_no_alert_has(story: Story) -> None:
    assert seen(story, one, "000000000000") is None
