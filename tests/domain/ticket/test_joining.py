from collections.abc import Callable
from typing import Any

import pytest

from domain.instant import HOUR
from domain.ticket import Stage, Ticket, folded
from domain.ticket.joining import (
    DuplicateJoined,
    Linked,
    Merged,
    Unlinked,
    askers,
    join_duplicate,
    link,
    merge,
    unlink,
)
from domain.ticket.outcome import Closed, Closing, resolve
from domain.ticket.state import WaitFor
from domain.ticket.waiting import Waited
from tests.cast import ACME, ANN, AT, BORIS, CY, DORA, OPENED, accepted, given, opened, refused, wrote

MINE, OTHER = "11" * 16, "22" * 16
MERGED = Merged(at=AT, by=ANN, into=OTHER)
INTO: dict[str, Any] = {"ticket_id": MINE, "into": OTHER, "organisation": ACME, "by": ANN, "at": AT}
RELATED: dict[str, Any] = {"to": OTHER, "how": "causes", "by": ANN, "at": AT}
LINK: dict[str, Any] = RELATED | {"ticket_id": MINE}


def test_a_duplicate_is_merged() -> None:
    assert merge(given(OPENED), **INTO) == [MERGED]
    assert merge(given(OPENED, MERGED), **INTO) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [({"into": MINE}, "merge_into_itself"), ({"organisation": "ff" * 16}, "merge_across_organisations")],
)
def test_a_ticket_is_merged_into_another_one_of_its_organisation(change: dict[str, str], code: str) -> None:
    assert refused(merge, given(OPENED), **(INTO | change)) == code


def test_a_ticket_is_merged_once() -> None:
    assert refused(merge, given(OPENED, MERGED), **(INTO | {"into": "33" * 16})) == "ticket_merged"


def test_a_closed_ticket_is_not_merged() -> None:
    closed = given(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))
    assert refused(merge, closed, **INTO) == "ticket_closed"


def test_a_merged_ticket_has_no_clocks_and_nothing_to_come() -> None:
    waited = Waited(at=AT, what=WaitFor.CLIENT, until=AT + HOUR, by=ANN)
    ticket = given(OPENED, accepted(), waited, MERGED)
    assert (ticket.stage, ticket.merged_into, ticket.waits_until) == (Stage.MERGED, OTHER, None)
    assert given(OPENED, accepted(), waited, MERGED, wrote(HOUR)).clocks.runs == ()


def test_the_other_ticket_takes_the_duplicate_in() -> None:
    joined = DuplicateJoined(at=AT, by=ANN, duplicate=MINE)
    assert join_duplicate(given(OPENED), duplicate=MINE, by=ANN, at=AT) == [joined]
    assert join_duplicate(given(OPENED, joined), duplicate=MINE, by=ANN, at=AT) == []
    assert refused(join_duplicate, given(OPENED, MERGED), duplicate=MINE, by=ANN, at=AT) == "ticket_merged"


def test_only_a_ticket_on_which_work_goes_on_takes_a_duplicate_in() -> None:
    done = resolve(given(OPENED), message="end", by=ANN, body="Done.", at=AT)
    facts: dict[str, Any] = {"duplicate": MINE, "by": ANN, "at": AT + HOUR}
    assert refused(join_duplicate, given(OPENED, *done), **facts) == "ticket_not_open"
    joined = DuplicateJoined(at=AT, by=ANN, duplicate=MINE)
    assert join_duplicate(given(OPENED, joined, *done), **facts) == []


def joined(ticket: Ticket, duplicate: Ticket, which: str = MINE) -> Ticket:
    """The ticket with the duplicate taken in."""
    return folded(join_duplicate(ticket, duplicate=which, participants=askers(duplicate), by=ANN, at=AT), ticket)


def test_whoever_asked_in_a_duplicate_participates_in_the_other_ticket() -> None:
    ticket = joined(given(OPENED), given(opened(requester=DORA)))
    assert (set(ticket.participants), ticket.requester) == ({DORA}, CY)


def test_participants_go_along_when_the_ticket_is_a_duplicate_itself() -> None:
    second = joined(given(opened(requester=BORIS)), given(opened(requester=DORA)))
    assert joined(given(OPENED), second, OTHER).participants == {BORIS, DORA}


def test_whoever_asks_in_the_ticket_already_is_no_news() -> None:
    ticket = joined(given(OPENED), given(opened(requester=DORA)))
    twice = frozenset({CY, DORA, BORIS})
    (event,) = join_duplicate(ticket, duplicate=OTHER, participants=twice, by=ANN, at=AT)
    assert event == DuplicateJoined(at=AT, by=ANN, duplicate=OTHER, participants=(BORIS,))


def test_those_who_join_are_stored_in_one_order() -> None:
    (event,) = join_duplicate(given(OPENED), duplicate=MINE, participants=frozenset({DORA, BORIS}), by=ANN, at=AT)
    assert event == DuplicateJoined(at=AT, by=ANN, duplicate=MINE, participants=(BORIS, DORA))


def test_tickets_are_linked_and_unlinked() -> None:
    linked = Linked(**RELATED)
    assert link(given(OPENED), **LINK) == [linked]
    assert link(given(OPENED, linked), **LINK) == []
    assert unlink(given(OPENED, linked), **RELATED) == [Unlinked(**RELATED)]
    assert unlink(given(OPENED, linked, Unlinked(**RELATED)), **RELATED) == []


def test_a_ticket_is_not_linked_to_itself() -> None:
    assert refused(link, given(OPENED), **(LINK | {"to": MINE})) == "link_to_itself"


@pytest.mark.parametrize(("decide", "facts"), [(merge, INTO), (link, LINK), (unlink, RELATED)])
def test_a_ticket_that_is_not_there_is_not_joined(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    assert refused(decide, Ticket(), **facts) == "ticket_unknown"
