from dataclasses import replace

import pytest

from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, Levels, OpenTickets
from domain.event import Content, Id
from domain.instant import HOUR, MINUTE, Instant
from domain.person import Absence, Person
from domain.ticket.assignment import Assigned, Because, OwnerLeft
from domain.ticket.classing import Move, TermsMoved
from domain.ticket.outcome import Closed, Closing, Resolved
from domain.ticket.state import DESK
from domain.ticket.upkeep import amend, amended, has_work, stand_in
from tests.cast import ANN, AROUND_THE_CLOCK, AT, BORIS, CY, DORA, LEVEL, OPENED, accepted, given, wrote

ANNS = Assigned(at=AT, by=ANN, team="front", owner=ANN)
CLOSED = Closed(at=AT, how=Closing.WITHDRAWN, by=CY)


def away(person: Id, deputy: Id, start: Instant = AT, end: Instant = AT + HOUR) -> Person:
    return Person(id=person, absences=frozenset({Absence("f" * 32, person, start, end, deputy)}))


def people(*known: Person) -> dict[Id, Person]:
    return {each: Person(id=each) for each in (ANN, BORIS, DORA)} | {each.id: each for each in known}


def owner_after(*known: Person, at: Instant = AT) -> Id | None:
    ticket = given(OPENED, ANNS)
    events = stand_in(ticket, people=people(*known).__getitem__, at=at)
    return given(OPENED, ANNS, *events).owner


def test_the_tickets_of_an_absent_owner_pass_to_the_deputy() -> None:
    passed = stand_in(given(OPENED, ANNS), people=people(away(ANN, DORA)).__getitem__, at=AT)
    assert passed == [Assigned(at=AT, by=DESK, team="front", owner=DORA, because=Because.ABSENCE)]


def test_before_and_after_an_absence_nothing_passes() -> None:
    assert owner_after(away(ANN, DORA), at=AT - 1) == ANN
    assert owner_after(away(ANN, DORA), at=AT + HOUR) == ANN


def test_a_deputy_who_is_away_has_a_deputy_too() -> None:
    assert owner_after(away(ANN, DORA), away(DORA, BORIS)) == BORIS


def gone(person: Person) -> Person:
    return replace(person, deactivated=True)


def test_the_tickets_of_an_owner_who_has_left_pass_to_the_deputy_if_there_is_one() -> None:
    assert owner_after(gone(away(ANN, DORA))) == DORA


@pytest.mark.parametrize(
    "known",
    [
        (gone(Person(id=ANN)),),
        (away(ANN, DORA), gone(Person(id=DORA))),
        (away(ANN, DORA), Person(DORA, merged_into=CY)),
    ],
)
def test_what_nobody_stands_in_for_goes_back_to_the_team(known: tuple[Person, ...]) -> None:
    ticket = given(OPENED, ANNS, accepted())
    left = stand_in(ticket, people=people(*known).__getitem__, at=AT)
    assert left == [OwnerLeft(at=AT, owner=ANN, team="front")]
    assert stand_in(given(OPENED, ANNS, accepted(), *left), people=people(*known).__getitem__, at=AT) == []


def test_what_nobody_owns_and_what_is_over_passes_to_nobody() -> None:
    for ticket in (given(OPENED), given(OPENED, ANNS, CLOSED)):
        assert stand_in(ticket, people=people(away(ANN, DORA)).__getitem__, at=AT) == []


def published(version: int, open_tickets: OpenTickets, level: str = LEVEL) -> LevelPublished:
    return LevelPublished(
        at=AT,
        level=level,
        version=version,
        label=Label(ru=level, en=level),
        targets=(),
        at_risk_per_mille=750,
        confirmation=HOUR,
        confirmation_calendar="always",
        confirmation_calendar_version=1,
        ladder=(),
        open_tickets=open_tickets,
    )


def levels(*decided: OpenTickets) -> Levels:
    versions = [published(version, each) for version, each in enumerate(decided, start=1)]
    return Levels({(each.level, each.version): each for each in versions}, {LEVEL: len(versions)})


STAY, MOVE = OpenTickets.STAY, OpenTickets.MOVE


def test_an_open_ticket_moves_to_a_version_that_moves_open_tickets() -> None:
    [moved] = amend(given(OPENED), levels=levels(STAY, MOVE), book=AROUND_THE_CLOCK, at=AT)
    assert moved == TermsMoved(at=AT, level=LEVEL, policy=2, reason=Move.AMENDMENT, by=DESK)
    assert amend(given(OPENED, moved), levels=levels(STAY, MOVE), book=AROUND_THE_CLOCK, at=AT) == []


def test_a_published_ticket_moves_although_its_level_is_no_longer_published() -> None:
    assert given(OPENED).published
    assert len(amend(given(OPENED), levels=levels(STAY, MOVE), book=AROUND_THE_CLOCK, at=AT)) == 1


def test_a_ticket_whose_work_is_done_keeps_its_terms() -> None:
    assert amend(given(OPENED, CLOSED), levels=levels(STAY, MOVE), book=AROUND_THE_CLOCK, at=AT) == []


def test_the_newest_version_that_moves_counts() -> None:
    assert amended(levels(MOVE, MOVE, MOVE, STAY), LEVEL, 1) == 3


def test_a_version_that_lets_tickets_stay_moves_none() -> None:
    assert amended(levels(STAY, STAY), LEVEL, 1) is None
    assert amended(levels(STAY, MOVE), LEVEL, 2) is None
    assert amended(levels(STAY, MOVE), "silver", 1) is None


def test_an_unanswered_client_is_work_even_when_all_is_done() -> None:
    resolved = Resolved(at=AT + MINUTE, message="solution", by=ANN, text=Content(CY, {"body": "Try again."}))
    assert has_work(given(OPENED, accepted()))
    assert not has_work(given(OPENED, accepted(), resolved))
    assert has_work(given(OPENED, accepted(), resolved, wrote(2 * MINUTE)))
    assert not has_work(given(OPENED, accepted(), resolved, wrote(2 * MINUTE), CLOSED))
