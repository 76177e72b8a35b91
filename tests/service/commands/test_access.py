"""`glasno access`, as an auditor uses it: who could see a ticket, then and now."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from domain.event import Content, Id
from domain.instant import HOUR
from domain.person import Right
from domain.person.identity import Deactivated, Registered, Renamed
from domain.person.membership import Granted, JoinedOrganisation, JoinedTeam, LeftTeam
from domain.reservation import reserve
from domain.ticket.assignment import accept
from service.__main__ import glasno
from service.settings import Settings
from service.views import work_alone
from store.streams import Command
from tests.cast import ACME, ANN, BORIS, CY, DORA
from tests.service.running import Running

REFERENCE = "123456788"
EVE = "e5" * 16
Access: TypeAlias = Callable[..., Result]


@pytest.fixture
def access(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Access:
    return lambda *words: CliRunner().invoke(glasno, ["access", *words], env=environment(sqlite_settings))


def person(running: Running, who: Id, name: str, *events: Any) -> None:
    known = Registered(at=running.clock.now, name=Content(who, {"name": name}))
    tell(running, who, known, *events)


def tell(running: Running, who: Id, *events: Any) -> None:
    running.desk.people.act(Command(running.desk.new_id()), who, lambda _: list(events))


@pytest.fixture(autouse=True)
def desk(running: Running) -> Running:
    """At ten Ann is in the team and Cy asks; at eleven Ann takes it; at twelve she leaves the team, and Boris comes."""
    at: dict[str, Any] = {"at": running.clock.now}
    running.register_acme()
    person(running, ANN, "Ann Lee", Granted(right=Right.AGENT, **at), JoinedTeam(team="service-desk", **at))
    person(running, CY, "Cy Young", JoinedOrganisation(organisation=ACME, **at))
    person(running, DORA, "Dora", Granted(right=Right.AUDITOR, **at))
    person(running, EVE, "Eve", Granted(right=Right.ADMINISTRATOR, **at))
    stream = running.open(REFERENCE)
    command, name = Command(running.desk.new_id()), running.desk.name("reference", REFERENCE)
    running.desk.reservations.act(command, name, reserve, holder=stream, at=running.clock.now)
    running.clock.now += HOUR
    running.act(stream, accept, by=ANN, teams=frozenset(["service-desk"]))
    running.clock.now += HOUR
    tell(running, ANN, LeftTeam(at=running.clock.now, team="service-desk"))
    person(running, BORIS, "Boris", Granted(right=Right.LEAD, **at), JoinedTeam(team="service-desk", **at))
    running.clock.now += HOUR
    return running


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def grounds(result: Result) -> dict[str, list[str]]:
    return {each["name"]: each["grounds"] for each in told(result)["seers"]}


def test_everybody_who_could_see_it_is_listed_with_the_reason(access: Access) -> None:
    assert grounds(access(REFERENCE, "--json")) == {
        "Ann Lee": ["owner"],
        "Boris": ["team", "line"],
        "Cy Young": ["requester"],
        "Dora": ["auditor"],
    }


def test_who_could_see_it_then_is_another_question(access: Access) -> None:
    then = access(REFERENCE, "--at", "2026-11-02 10:30", "--json")
    assert grounds(then) == {"Ann Lee": ["team", "line"], "Cy Young": ["requester"], "Dora": ["auditor"]}
    assert told(then)["people"] == 4
    assert grounds(access(REFERENCE, "--at", "2026-11-02 11:30", "--json"))["Ann Lee"] == ["owner", "team", "line"]


def test_what_they_could_do_is_told_too(access: Access) -> None:
    seers = {each["name"]: each for each in told(access(REFERENCE, "--json"))["seers"]}
    assert seers["Dora"]["may"] == ["read_trail"]
    assert "exclude" in seers["Boris"]["may"]
    assert (seers["Cy Young"]["internal"], seers["Ann Lee"]["internal"]) == (False, True)


def test_the_terminal_says_it_in_words(access: Access) -> None:
    lines = access(REFERENCE).stdout.splitlines()
    assert lines[0] == "Ticket 123 456 788: who could see it"
    assert "4 of the 5 people known then could see it." in lines
    assert any("reading leaves no entry in the log" in line for line in lines)
    assert f"  Ann Lee (agent, {ANN}): owner" in lines
    assert f"  Cy Young (contact, {CY}): asked for it" in lines
    assert f"  Boris (lead, {BORIS}): team: Service desk; line: First line" in lines


def test_the_terminal_speaks_russian(access: Access) -> None:
    shown = access(REFERENCE, "--language", "ru").stdout
    assert "Заявка 123 456 788: кто мог её видеть" in shown
    assert f"Dora (аудитор, {DORA}): аудитор видит все заявки" in shown


def test_people_are_called_what_they_were_called_then(access: Access, desk: Running) -> None:
    tell(desk, CY, Renamed(at=desk.clock.now, name=Content(CY, {"name": "Cy \x1b[2JOld"})))
    assert "Cy Young" in access(REFERENCE, "--at", "2026-11-02 10:30").stdout
    assert "Cy \\u001b[2JOld" in access(REFERENCE).stdout


def test_whoever_was_erased_is_listed_by_the_id(access: Access, desk: Running) -> None:
    desk.desk.keys.destroy(CY, at=desk.clock.now)
    assert f"  erased name {CY[:8]} (contact, {CY}): asked for it" in access(REFERENCE).stdout


def test_whoever_left_could_see_it_until_then(access: Access, desk: Running) -> None:
    tell(desk, BORIS, Deactivated(at=desk.clock.now))
    desk.clock.now += HOUR
    assert "Boris" not in grounds(access(REFERENCE, "--json"))
    assert "Boris" in grounds(access(REFERENCE, "--at", "2026-11-02 12:30", "--json"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["123456789"], "did you mistype it?"),
        ([REFERENCE, "--at", "2026-11-02 09:00"], "the ticket was not there yet"),
        ([REFERENCE, "--at", "2027-01-01"], "is in the future"),
    ],
)
def test_what_cannot_be_answered_is_told_why(access: Access, words: list[str], why: str) -> None:
    refused = access(*words)
    assert (refused.exit_code > 0, why in " ".join(refused.output.split())) == (True, True), refused.output


def test_it_waits_for_the_process_that_keeps_the_views(
    access: Access, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.reading.UP_TO_DATE", 0.1)
    with work_alone(sqlite_settings):
        assert "the views are behind the log" in access(REFERENCE).output
