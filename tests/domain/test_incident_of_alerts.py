"""What alerts tell of an incident that they opened, and that a person's words win."""

from functools import reduce
from typing import Any

import pytest

from domain.component import ComponentStatus, Through
from domain.event import Content
from domain.incident import (
    Affected,
    Event,
    Incident,
    IncidentStatus,
    IncidentUpdated,
    Update,
    evolve,
    open_incident,
    post,
)
from domain.incident_of_alerts import is_theirs, recover, worsen

AT = 1_000
STREAM = "1" * 32
KNOWN = frozenset({"web", "mail"})
TEXT = {"en": "It does not work."}
PARTIAL, MAJOR = ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE
UP, DEGRADED = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED
INVESTIGATING, RESOLVED = IncidentStatus.INVESTIGATING, IncidentStatus.RESOLVED


def opened(through: Through = Through.ALERT) -> Incident:
    first = Update("first", INVESTIGATING, TEXT, {"web": PARTIAL})
    events = open_incident(
        Incident(), stream=STREAM, title={"en": "Web"}, first=first, known=KNOWN, through=through, at=AT
    )
    return reduce(evolve, events, Incident())


def told(incident: Incident, through: Through, status: IncidentStatus = INVESTIGATING) -> Incident:
    update = Update("second", status, TEXT)
    return reduce(
        evolve, post(incident, stream=STREAM, update=update, known=KNOWN, through=through, at=AT + 1), incident
    )


def worse(incident: Incident, at: int = AT + 5, **said: ComponentStatus) -> list[Event]:
    update = Update("third", INVESTIGATING, TEXT, said)
    return worsen(incident, stream=STREAM, update=update, known=KNOWN, at=at)


def over(incident: Incident, at: int = AT + 5) -> list[Event]:
    return recover(incident, stream=STREAM, update=Update("last", RESOLVED, TEXT), at=at)


def updated(**facts: Any) -> IncidentUpdated:
    text = Content(STREAM, TEXT)
    return IncidentUpdated(**{"at": AT + 5, "text": text, "through": Through.ALERT, **facts})


def test_what_is_worse_is_told() -> None:
    told = updated(update="third", status=INVESTIGATING, affected=(Affected("web", PARTIAL, MAJOR),))
    assert worse(opened(), web=MAJOR) == [told]
    assert worse(opened(), mail=DEGRADED)


@pytest.mark.parametrize("said", [PARTIAL, DEGRADED, UP])
def test_what_is_no_worse_is_not(said: ComponentStatus) -> None:
    assert worse(opened(), web=said) == []


def test_that_it_is_over_is_told_and_takes_back_what_it_said() -> None:
    assert over(opened()) == [updated(update="last", status=RESOLVED, affected=(Affected("web", PARTIAL, UP),))]


def test_a_clock_that_went_back_tells_of_no_time_before_the_last_update() -> None:
    assert [each.at for each in over(opened(), at=AT - 9)] == [AT]
    assert [each.at for each in worse(opened(), at=AT - 9, web=MAJOR)] == [AT]


@pytest.mark.parametrize(
    "incident",
    [
        pytest.param(opened(Through.PERSON), id="of a person"),
        pytest.param(told(opened(), Through.PERSON), id="a person told more of it"),
        pytest.param(told(opened(Through.PERSON), Through.ALERT), id="a person opened it"),
        pytest.param(told(opened(), Through.ALERT, RESOLVED), id="it is over"),
        pytest.param(Incident(), id="it never was"),
    ],
)
def test_alerts_tell_nothing_of_others(incident: Incident) -> None:
    assert not is_theirs(incident)
    assert (worse(incident, web=MAJOR, mail=MAJOR), over(incident)) == ([], [])
