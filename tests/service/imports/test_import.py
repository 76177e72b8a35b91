from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.check import check
from domain.configuration.contract import ContractSigned
from domain.configuration.team import TeamDefined
from domain.event import Source
from domain.instant import DAY
from domain.person import Right
from domain.refusal import Refused
from domain.reservation import reserve
from domain.ticket import Stage, Ticket
from domain.ticket.conversation import note
from domain.ticket.notices import ClientToBeTold
from domain.ticket.promise import Escalated
from domain.ticket.provenance import AttributesImported
from service.apply import carry_out, plan
from service.build import build_desk
from service.imports.bring_in import Wanted, import_log
from service.imports.names import Names
from service.imports.report import Report, in_words, lines_of, summary_of
from service.imports.servicenow import LogFile, survey
from service.settings import Settings
from store.desk import Desk
from store.intake import ticket_of
from store.log import Recorded
from store.people import person_of
from store.streams import Command
from tests.service.desk_files import default, written
from tests.service.imports.logs import lived, log_of, real_log, row

NINE = 1_456_822_800_000
"""2016-03-01 09:00 UTC."""
HOUR = 3_600_000


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    yield built
    built.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def imported(desk: Desk, file: LogFile, *, until: int | None = None, level: str = "standard") -> Report:
    heard: list[int] = []
    wanted = Wanted(file, survey(file), names(desk), level, until or desk.now())
    report = import_log(desk, wanted, heard.append)
    assert heard == sorted(heard)
    return report


def names(desk: Desk) -> Names:
    return Names(desk.name, "servicenow")


def ticket(desk: Desk, number: str = "INC1") -> Ticket:
    return desk.tickets.load(names(desk).ticket(number))[0]


def events(desk: Desk) -> Iterator[Recorded[Any]]:
    after = 0
    while found := desk.log.read_all(after=after):
        yield from found
        after = found[-1].position


def test_the_real_log_is_imported_whole_and_once(desk: Desk) -> None:
    report = imported(desk, real_log())
    assert (report.tickets, report.open, report.rejected, report.differences) == (890, 0, (), ())
    assert (report.reopened, report.reopenings) == (10, 11)
    assert sum(report.made_sla.values()) == sum(report.reassignments.values()) == 890
    assert sum(number for (theirs, ours), number in report.reassignments.items() if theirs == ours) == 887
    head = desk.log.head()
    counts = Counter(type(each.event) for each in events(desk))
    assert counts[AttributesImported] == 5998
    assert not counts[ClientToBeTold] + counts[Escalated]
    again = imported(desk, real_log())
    assert (again.tickets, again.events, again.unchanged, again.reopenings) == (0, 0, 890, 11)
    assert desk.log.head() == head
    assert check(desk).findings == []


def test_both_engines_take_an_import(settings: Settings, path: Path) -> None:
    built = build_desk(settings)
    report = imported(built, log_of(path, [*lived("INC1"), *lived("INC2")]))
    assert (report.tickets, ticket(built, "INC2").stage) == (2, Stage.CLOSED)
    built.close()


def test_events_have_their_own_times_and_say_that_they_are_imported(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived()))
    stored = desk.log.read(names(desk).ticket("INC1"))
    assert {each.envelope.source for each in stored} == {Source.IMPORT}
    assert (stored[0].event.at, stored[-1].event.at) == (NINE, NINE + 9 * HOUR)


def test_the_ticket_is_found_by_its_reference_and_tells_its_number(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived()))
    stream = ticket_of(desk, ticket(desk).reference)
    assert stream == names(desk).ticket("INC1")
    assert desk.log.text(desk.log.read(stream)[0].event.text) == {"subject": "INC1", "body": ""}


def test_a_reference_that_somebody_has_is_not_given_again(desk: Desk, path: Path) -> None:
    first, second, *_ = (reference for _, reference in zip(range(2), names(desk).references("INC1"), strict=False))
    reserved = desk.name("reference", first)
    desk.reservations.act(Command(desk.new_id()), reserved, reserve, holder=desk.new_id(), at=NINE)
    imported(desk, log_of(path, lived()))
    assert ticket(desk).reference == second


def test_the_people_of_the_log_are_known(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived(assigned_to="Resolver  7")))
    caller, agent = (person_of(desk, names(desk).person(said)) for said in ("Caller 1", "Resolver 7"))
    assert caller.organisations == {names(desk).organisation} == {ticket(desk).organisation}
    assert agent.roles == {Right.AGENT}
    assert ticket(desk).owner == agent.id
    name = desk.log.read(agent.id)[0].event.name
    assert desk.log.text(name) == {"name": "Resolver 7"}


def test_somebody_may_ask_and_work(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived(caller_id="Ann", sys_updated_by="Ann")))
    ann = person_of(desk, names(desk).person("Ann"))
    assert ann.organisations == {names(desk).organisation}
    assert ann.roles == {Right.AGENT}


def test_groups_are_teams_of_one_line(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, [*lived("INC1"), *lived("INC2", assignment_group="?")]))
    teams = desk.configured.state().of(TeamDefined)
    assert teams["group-1"].line == teams["no-group"].line == "imported"
    assert ticket(desk, "INC2").team == "no-group"
    assert "service-desk" in teams


def test_the_contract_lasts_as_long_as_the_log(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived()))
    (contract,) = desk.configured.state().of(ContractSigned).values()
    assert (contract.since, contract.until, contract.level) == (NINE, NINE + 1, "standard")
    imported(desk, log_of(path, lived("INC2", opened_at="01-03-2016 08:00")))
    (longer,) = desk.configured.state().of(ContractSigned).values()
    assert (longer.since, longer.until) == (NINE - HOUR, NINE + 1)


def test_opening_hours_reach_back_as_they_are(desk: Desk, path: Path) -> None:
    file = default()
    hours = {"zone": "Europe/Moscow", "hours": {"mon-fri": "09:00-18:00", "sat": "10:00-14:00"}}
    file["calendars"]["office"] = hours | {"holidays": {"country": "RU"}, "exceptions": {"2026-12-31": "09:00-12:00"}}
    file["levels"]["standard"]["calendar"] = "office"
    carry_out(desk, plan(desk, written(file), at=desk.now()), at=desk.now())
    imported(desk, log_of(path, lived()))
    before, after = (calendar for ref, calendar in desk.configured.state().calendars.items() if ref.key == "office")
    assert after.span.start < NINE < before.span.start
    assert [each for each in after.periods if each.start >= before.span.start] == list(before.periods)
    assert [after.is_open(NINE + days * DAY) for days in (0, 7)] == [True, False], "the eighth of March is a holiday"
    again = plan(desk, written(file), at=desk.now())
    assert not [change for change in again.changes if change.startswith(("calendar", "level"))]


def test_the_level_reaches_back_once(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived("INC1")))
    imported(desk, log_of(path, lived("INC2")))
    assert desk.configured.state().levels.in_force == {"standard": 2}


def test_an_unknown_level_is_refused(desk: Desk, path: Path) -> None:
    with pytest.raises(Refused, match="level_unknown"):
        imported(desk, log_of(path, lived()), level="platinum")


def test_what_had_not_happened_yet_stays_open(desk: Desk, path: Path) -> None:
    file = log_of(path, [*lived("INC1"), *lived("INC2", opened_at="01-03-2016 09:00"), row("17:00", number="INC3")])
    report = imported(desk, file, until=NINE + HOUR)
    assert (report.tickets, report.open, report.later) == (2, 2, 1)
    assert ticket(desk).stage is Stage.ACCEPTED


def test_a_fuller_log_adds_what_is_new(desk: Desk, path: Path) -> None:
    file = log_of(path, [*lived("INC1"), *lived("INC2")])
    first = imported(desk, file, until=NINE + HOUR)
    second = imported(desk, file)
    assert (second.tickets, second.continued, ticket(desk).stage) == (0, 2, Stage.CLOSED)
    stored = desk.log.read(names(desk).ticket("INC1"))
    assert len(stored) * 2 == first.events + second.events
    assert [each.event.at for each in stored] == sorted(each.event.at for each in stored)


def test_an_older_log_takes_nothing_back(desk: Desk, path: Path) -> None:
    file = log_of(path, lived())
    imported(desk, file)
    assert imported(desk, file, until=NINE + HOUR).unchanged == 1
    assert ticket(desk).stage is Stage.CLOSED


def noted(desk: Desk) -> None:
    by = desk.new_id()
    stream = names(desk).ticket("INC1")
    desk.tickets.act(Command(desk.new_id()), stream, note, message=by, by=by, body="Hm.", at=desk.now())


def test_an_incident_that_has_gone_on_here_is_left_alone(desk: Desk, path: Path) -> None:
    file = log_of(path, lived())
    imported(desk, file, until=NINE + HOUR)
    noted(desk)
    (rejected,) = imported(desk, file).rejected
    assert (rejected.number, rejected.reason) == ("INC1", "it has gone on at this desk since it was imported")
    assert ticket(desk).stage is Stage.ACCEPTED


def test_an_incident_that_has_gone_on_here_may_be_told_again(desk: Desk, path: Path) -> None:
    file = log_of(path, lived())
    imported(desk, file)
    noted(desk)
    assert (imported(desk, file).unchanged, imported(desk, file).rejected) == (1, ())


def test_a_log_that_now_tells_it_otherwise_changes_nothing(desk: Desk, path: Path) -> None:
    imported(desk, log_of(path, lived()))
    (rejected,) = imported(desk, log_of(path, lived(priority="1 - Critical"))).rejected
    assert rejected.reason == "the log tells it otherwise than when it was imported"


def test_nothing_is_added_about_whoever_was_erased(desk: Desk, path: Path) -> None:
    file = log_of(path, [*lived("INC1"), *lived("INC2", caller_id="Caller 2")])
    imported(desk, file, until=NINE + HOUR)
    desk.keys.destroy(names(desk).person("Caller 1"), desk.now())
    report = imported(desk, file)
    assert [(each.number, each.reason) for each in report.rejected] == [("INC1", "its caller was erased at this desk")]
    assert report.continued == 1


def test_nothing_of_a_bad_incident_is_imported(desk: Desk, path: Path) -> None:
    bad = lived("INC2")
    bad[3]["closed_at"] = "yesterday"
    report = imported(desk, log_of(path, [*lived("INC1"), *bad, *lived("INC3")]))
    assert [(each.line, each.number) for each in report.rejected] == [(9, "INC2")]
    assert [ticket(desk, each).stage for each in ("INC1", "INC2", "INC3")] == [Stage.CLOSED, Stage.NONE, Stage.CLOSED]


def test_an_incident_told_twice_over_is_left_out(desk: Desk, path: Path) -> None:
    rows = lived()
    report = imported(desk, log_of(path, [*rows, rows[1]]))
    assert [each.reason for each in report.rejected] == ["the same as line 3"]


def test_a_log_without_a_sound_row_changes_nothing(desk: Desk, path: Path) -> None:
    head = desk.log.head()
    assert imported(desk, log_of(path, lived(caller_id="?"))).rejected
    assert imported(desk, log_of(path, [])) == Report()
    assert desk.log.head() == head


def test_a_count_that_the_states_do_not_bear_out_is_told(desk: Desk, path: Path) -> None:
    report = imported(desk, log_of(path, lived(reopen_count="2")))
    assert [each.reason for each in report.differences] == ["reopen_count is 2, the states tell of 0"]
    assert "line 5: INC1 differs: reopen_count is 2, the states tell of 0" in lines_of(report)


def test_a_state_that_does_not_follow_is_told(desk: Desk, path: Path) -> None:
    report = imported(desk, log_of(path, [*lived()[:2], row("10:00")]))
    assert [(each.line, each.reason) for each in report.differences] == [
        (4, "the state is New, but that is not what the events lead to")
    ]


def test_the_verdict_of_the_log_stands_beside_ours(desk: Desk, path: Path) -> None:
    report = imported(desk, log_of(path, [*lived("INC1"), *lived("INC2", made_sla="FALSE")]))
    assert summary_of(report)["made_sla"] == {"FALSE": {"met": 1}, "TRUE": {"met": 1}}
    assert "made_sla FALSE: our resolution met (1)" in lines_of(report)
    assert in_words(report).startswith("2 tickets imported, 0 continued, 0 were here already, 0 left out; ")
