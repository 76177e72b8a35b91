"""Every change of a person tells when it happened and who made it."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from domain.event import Content
from domain.person import Absence, Event, Grant, Person, Right, evolve
from domain.person.absence import (
    AbsenceCancelled,
    AbsencePlanned,
    NamedDeputy,
    ReleasedAsDeputy,
    cancel_absence,
    name_deputy,
    plan_absence,
    release_deputy,
)
from domain.person.identity import (
    AddressAttached,
    AddressDetached,
    Deactivated,
    DuplicatesJoined,
    MergedInto,
    Registered,
    Renamed,
    attach_address,
    deactivate,
    detach_address,
    join_duplicates,
    merge,
    register,
    rename,
)
from domain.person.membership import (
    Granted,
    JoinedOrganisation,
    JoinedTeam,
    LeftOrganisation,
    LeftTeam,
    Revoked,
    grant,
    join_organisation,
    join_team,
    leave_organisation,
    leave_team,
    revoke,
)
from tests.domain.person.people import ACME, ANN, BEN, BOLT, CAT, registered

DONE: Final[dict[str, Any]] = {"at": 7, "by": CAT}
AGENT: Final = registered(ANN, Right.AGENT)
ADDRESS: Final = "ad" * 16
AWAY: Final = Absence("ab" * 16, ANN, 10, 20, BEN)
SERVES: Final = Grant(Right.SERVES_ORGANISATION, ACME)

DEEDS: Final[list[tuple[Callable[..., list[Any]], Person, dict[str, Any], Event]]] = [
    (register, Person(), {"identity": ANN, "name": " Ann "}, Registered(name=Content(ANN, {"name": "Ann"}), **DONE)),
    (rename, AGENT, {"name": "Anna"}, Renamed(name=Content(ANN, {"name": "Anna"}), **DONE)),
    (
        attach_address,
        AGENT,
        {"address": ADDRESS, "channel": "mail", "value": "ann@acme.example"},
        AddressAttached(address=ADDRESS, channel="mail", value=Content(ANN, {"value": "ann@acme.example"}), **DONE),
    ),
    (
        detach_address,
        Person(id=ANN, addresses=frozenset({ADDRESS})),
        {"address": ADDRESS},
        AddressDetached(address=ADDRESS, **DONE),
    ),
    (merge, AGENT, {"into": BEN}, MergedInto(into=BEN, **DONE)),
    (join_duplicates, AGENT, {"duplicates": frozenset({CAT, BEN})}, DuplicatesJoined(duplicates=(BEN, CAT), **DONE)),
    (deactivate, AGENT, {}, Deactivated(**DONE)),
    (join_organisation, AGENT, {"organisation": ACME}, JoinedOrganisation(organisation=ACME, **DONE)),
    (
        leave_organisation,
        Person(id=ANN, organisations=frozenset({ACME})),
        {"organisation": ACME},
        LeftOrganisation(organisation=ACME, **DONE),
    ),
    (join_team, AGENT, {"team": "network"}, JoinedTeam(team="network", **DONE)),
    (leave_team, Person(id=ANN, teams=frozenset({"network"})), {"team": "network"}, LeftTeam(team="network", **DONE)),
    (grant, AGENT, {"grant": SERVES}, Granted(right=SERVES.right, organisation=ACME, **DONE)),
    (
        revoke,
        Person(id=ANN, grants=frozenset({SERVES})),
        {"grant": SERVES},
        Revoked(right=SERVES.right, organisation=ACME, **DONE),
    ),
    (
        plan_absence,
        AGENT,
        {"absence": AWAY},
        AbsencePlanned(absence=AWAY.absence, start=10, end=20, deputy=BEN, **DONE),
    ),
    (
        cancel_absence,
        Person(id=ANN, absences=frozenset({AWAY})),
        {"absence": AWAY.absence},
        AbsenceCancelled(absence=AWAY.absence, **DONE),
    ),
    (
        name_deputy,
        registered(BEN, Right.AGENT),
        {"absence": AWAY},
        NamedDeputy(absence=AWAY.absence, person=ANN, start=10, end=20, **DONE),
    ),
    (
        release_deputy,
        Person(id=BEN, duties=frozenset({AWAY})),
        {"absence": AWAY.absence},
        ReleasedAsDeputy(absence=AWAY.absence, **DONE),
    ),
]


@pytest.mark.parametrize(("decide", "person", "facts", "event"), DEEDS)
def test_a_change_tells_what_when_and_by_whom(
    decide: Callable[..., list[Any]], person: Person, facts: dict[str, Any], event: Event
) -> None:
    assert decide(person, **facts, **DONE) == [event]


def test_an_absence_is_written_alike_on_both_people() -> None:
    ann, ben = registered(ANN, Right.AGENT), registered(BEN, Right.AGENT)
    [planned], [named] = plan_absence(ann, absence=AWAY, at=1), name_deputy(ben, absence=AWAY, at=1)
    assert evolve(ann, planned).absences == evolve(ben, named).duties == {AWAY}


def test_a_second_duty_leaves_the_first() -> None:
    later = Absence("cd" * 16, CAT, 30, 40, BEN)
    busy = Person(id=BEN, grants=frozenset({Grant(Right.AGENT)}), duties=frozenset({AWAY}))
    [named] = name_deputy(busy, absence=later, at=1)
    assert evolve(busy, named).duties == {AWAY, later}


@pytest.mark.parametrize(("start", "end"), [(20, 30), (1, 10)])
def test_absences_may_follow_one_another(start: int, end: int) -> None:
    assert not AWAY.overlaps(Absence("cd" * 16, ANN, start, end, BEN))


def test_a_revoked_right_is_gone_for_that_organisation_alone() -> None:
    serves_bolt = Grant(Right.SERVES_ORGANISATION, BOLT)
    both = Person(id=ANN, grants=frozenset({SERVES, serves_bolt}))
    [revoked] = revoke(both, grant=SERVES, at=1)
    assert evolve(both, revoked).grants == {serves_bolt}


def test_a_person_may_hold_several_working_roles() -> None:
    assert grant(AGENT, grant=Grant(Right.LEAD), at=1) == [Granted(at=1, right=Right.LEAD)]


def test_whoever_holds_no_role_may_become_an_auditor() -> None:
    assert grant(registered(ANN), grant=Grant(Right.AUDITOR), at=1) == [Granted(at=1, right=Right.AUDITOR)]
