import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from audit.check import check
from domain.configuration.component import ComponentDefined
from domain.configuration.contract import ContractSigned
from domain.configuration.reason import ReasonDefined
from domain.event import Address
from domain.instant import DAY
from domain.refusal import Refused
from domain.ticket.opening import open_ticket
from service.__main__ import glasno
from service.apply import DEFAULT, carry_out, in_words, plan
from service.build import build_desk
from service.desk_yaml import BadDeskFile
from service.settings import Settings
from store.desk import Desk
from store.streams import Command
from tests.cast import OPENED
from tests.service.desk_files import apply, default, written

ACME = {"organisation": "acme", "name": "Acme plc", "level": "standard", "since": "2026-01-01", "consent": "given"}
WEB = {"group": "servers", "label": {"ru": "Веб", "en": "Web"}, "uptime_target": 99_900}
LADDER = (
    "reaction at 750 per mille: notify lead, resolution at 500 per mille: notify owner, "
    "resolution at 800 per mille: notify lead"
)


@pytest.fixture
def desk(sqlite_settings: Settings) -> Desk:
    return build_desk(sqlite_settings)


@pytest.fixture
def values() -> dict[str, Any]:
    return default()


def refusals(desk: Desk, values: dict[str, Any]) -> list[str]:
    with pytest.raises(BadDeskFile) as fault:
        apply(desk, values)
    return fault.value.mistakes


def test_a_desk_is_founded_with_the_built_in_configuration(desk: Desk) -> None:
    state, version = desk.configuration.load(desk.name("configuration"))
    assert list(state.levels.in_force) == ["standard"]
    assert len(state.of(ReasonDefined)) == 12
    assert desk.log.head() == version + 1
    assert check(desk).findings == []


def test_the_built_in_configuration_changes_nothing(desk: Desk, values: dict[str, Any]) -> None:
    assert apply(desk, values) == []


def test_a_changed_target_is_told_and_stored(desk: Desk, values: dict[str, Any]) -> None:
    values["levels"]["standard"]["targets"]["incident.critical"] = {"reaction": "30m"}
    assert apply(desk, values) == [
        "level standard: reaction for critical incidents 15m -> 30m",
        "level standard: version 2; open tickets stay with their version",
    ]
    assert apply(desk, values) == []


def test_a_calendar_and_a_grace_of_its_own_are_told_with_the_target(desk: Desk, values: dict[str, Any]) -> None:
    values["calendars"]["office"] = {"zone": "Europe/Moscow", "hours": {"mon-fri": "09:00-18:00"}}
    apply(desk, values)
    own = {"within": "15m", "grace": "10m", "calendar": "office"}
    values["levels"]["standard"]["targets"]["incident.critical"] = {"reaction": own}
    assert apply(desk, values) == [
        "level standard: reaction for critical incidents 15m -> 15m of office with grace 10m",
        "level standard: calendars always version 1 -> always version 1, office version 1",
        "level standard: version 2; open tickets stay with their version",
    ]


def test_the_whole_of_a_level_is_told(desk: Desk, values: dict[str, Any]) -> None:
    level = values["levels"]["standard"]
    values["moves_open_tickets"] = True
    level["label"]["en"] = "Basic"
    level["at_risk_per_mille"] = 800
    level["confirmation"] = {"after": "5d"}
    level["ladder"] = [{"clock": "resolution", "at_per_mille": 1000, "action": "raise_priority"}]
    assert apply(desk, values) == [
        "level standard: label en Standard -> Basic",
        "level standard: at risk 750 per mille -> 800 per mille",
        "level standard: confirmation 3d of always -> 5d of always",
        f"level standard: ladder {LADDER} -> resolution at 1000 per mille: raise priority",
        "level standard: version 2; open tickets move to it",
    ]


def test_new_levels_and_withdrawn_ones_are_told(desk: Desk, values: dict[str, Any]) -> None:
    values["levels"]["gold"] = values["levels"].pop("standard")
    values["routing"]["default"]["level"] = "gold"
    assert apply(desk, values) == [
        "level standard: withdrawn",
        "level gold: version 1 with 60 targets",
        "routing: level standard -> gold",
    ]


def test_hours_that_change_need_a_word_about_open_tickets(desk: Desk, values: dict[str, Any]) -> None:
    values["calendars"]["always"]["hours"] = {"mon-fri": "09:00-18:00"}
    [refusal] = refusals(desk, values)
    assert refusal.startswith("calendars always: ")
    assert "moves_open_tickets" in refusal


def test_an_amended_calendar_is_told_with_its_first_change(desk: Desk, values: dict[str, Any]) -> None:
    values["moves_open_tickets"] = False
    values["calendars"]["always"]["exceptions"] = {"2026-12-31": "00:00-15:00"}
    changes = apply(desk, values)
    assert changes[0].startswith("calendar always: version 2, from ")
    assert changes[0].endswith("first change on 2026-12-31 15:00 UTC")
    assert changes[1:] == [
        "level standard: calendars always version 1 -> always version 2",
        "level standard: version 2; open tickets stay with their version",
    ]


def test_a_calendar_is_extended_when_it_is_applied_in_a_later_year(desk: Desk, values: dict[str, Any]) -> None:
    [change] = apply(desk, values, later=366 * DAY)
    assert change.startswith("calendar always: extended from ")
    assert apply(desk, values, later=366 * DAY) == []


def test_the_end_of_a_stored_calendar_is_a_warning_ninety_days_before(desk: Desk, values: dict[str, Any]) -> None:
    state, _ = desk.configuration.load(desk.name("configuration"))
    [always] = state.calendars.values()
    moments = (always.span.end - 90 * DAY, always.span.end - 89 * DAY)
    warnings = [plan(desk, written(values), at=at).warnings for at in moments]
    last = datetime.fromtimestamp(always.span.end // 1000, UTC)
    assert warnings == [[], [f"calendar always as stored ends on {last:%Y-%m-%d}"]]


def test_contracts_and_rules_are_told_by_the_keys_of_the_file(desk: Desk, values: dict[str, Any]) -> None:
    rule = {"key": "network", "when": {"category": "network", "organisation": ["acme"]}, "team": "engineers"}
    values["routing"]["rules"] = [rule]
    values["contracts"] = {"acme-1": ACME}
    assert apply(desk, values) == [
        "organisation acme: registered",
        "routing: rules network conditions category none -> network",
        "routing: rules network conditions organisation none -> acme",
        "routing: rules network line none -> second",
        "routing: rules network team none -> engineers",
        "routing: rules order none -> network",
        "contract acme-1: new",
    ]


def test_a_rule_may_be_for_a_known_organisation_without_a_contract(desk: Desk, values: dict[str, Any]) -> None:
    values["contracts"] = {"acme-1": ACME}
    apply(desk, values)
    values["contracts"] = {}
    values["routing"]["rules"] = [{"key": "vip", "when": {"organisation": "acme"}, "team": "engineers"}]
    assert "routing: rules vip conditions organisation none -> acme" in apply(desk, values)


def test_a_changed_contract_is_told(desk: Desk, values: dict[str, Any]) -> None:
    values["contracts"] = {"acme-1": ACME}
    apply(desk, values)
    values["contracts"] = {"acme-1": {**ACME, "until": "2027-01-01", "consent": "not_given"}}
    assert apply(desk, values) == [
        "contract acme-1: consent given -> not_given",
        "contract acme-1: until none -> 2027-01-01 00:00 UTC",
    ]


def test_an_ended_contract_is_told_by_whose_it_was(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values | {"contracts": {"acme-1": ACME}})
    assert apply(desk, values) == ["contract Acme plc: withdrawn"]


def test_an_organisation_is_renamed_under_its_own_key(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values | {"contracts": {"acme-1": ACME}})
    renamed = values | {"contracts": {"acme-1": {**ACME, "name": "Acme AG"}}}
    assert apply(desk, renamed) == ["organisation acme: renamed"]
    assert apply(desk, renamed) == []
    name = desk.organisations.load(desk.name("organisation", "acme"))[0].name
    assert isinstance(name, Address)
    assert (name.owner, desk.log.text(name)) == (desk.name("organisation", "acme"), {"name": "Acme AG"})


def test_an_erased_organisation_is_left_alone(desk: Desk, values: dict[str, Any]) -> None:
    values["contracts"] = {"acme-1": ACME}
    apply(desk, values)
    desk.keys.destroy(desk.name("organisation", "acme"), desk.now())
    assert apply(desk, values) == []


def test_components_keep_the_order_of_the_file(desk: Desk, values: dict[str, Any]) -> None:
    values["components"] = {"web": WEB, "api": WEB}
    assert apply(desk, values) == ["component web: new", "component api: new"]
    values["components"] = {"api": WEB, "web": WEB}
    assert apply(desk, values) == ["component web: place 1 -> 2", "component api: place 2 -> 1"]
    state, _ = desk.configuration.load(desk.name("configuration"))
    assert state.of(ComponentDefined)["web"].uptime_target == 99_900


def test_a_contract_begins_at_midnight_of_the_desk(desk: Desk, values: dict[str, Any]) -> None:
    values["desk"]["zone"] = "Europe/Moscow"
    values["contracts"] = {"acme-1": ACME}
    apply(desk, values)
    state, _ = desk.configuration.load(desk.name("configuration"))
    [contract] = state.of(ContractSigned).values()
    assert datetime.fromtimestamp(contract.since // 1000, UTC) == datetime(2025, 12, 31, 21, tzinfo=UTC)


def test_the_zone_of_the_desk_is_fixed_once_there_are_tickets(desk: Desk, values: dict[str, Any]) -> None:
    values["desk"]["zone"] = "Europe/Moscow"
    assert apply(desk, values) == ["desk: zone Etc/UTC -> Europe/Moscow"]
    desk.tickets.act(Command(desk.new_id()), desk.new_id(), open_ticket, replace(OPENED, level="standard"))
    values["desk"]["zone"] = "Asia/Tomsk"
    assert refusals(desk, values) == [
        "zone Europe/Moscow: the desk has tickets, whose months would move: leave desk.zone as it is"
    ]


def test_everything_that_is_named_but_missing_is_told_at_once(desk: Desk, values: dict[str, Any]) -> None:
    values["teams"]["engineers"]["line"] = "fourth"
    values["routing"]["default"]["team"] = "nobody"
    values["components"] = {"web": {**WEB, "group": "clouds"}}
    values["contracts"] = {"acme-1": {**ACME, "level": "golden"}}
    values["routing"]["rules"] = [{"key": "vip", "when": {"organisation": ["acme", "acne"]}, "team": "developers"}]
    assert refusals(desk, values) == [
        "team engineers: there is no line fourth",
        "component web: there is no component group clouds",
        "routing: there is no team nobody",
        "contract acme-1: there is no level golden",
        "routing: there is no organisation acne: it has no contract",
    ]


def test_a_plan_for_an_older_configuration_is_refused(desk: Desk, values: dict[str, Any]) -> None:
    del values["categories"]["other"]
    late = plan(desk, written(values), at=desk.now())
    carry_out(desk, late, at=desk.now())
    with pytest.raises(Refused) as refused:
        carry_out(desk, late, at=desk.now())
    assert in_words(refused.value).endswith("look at the difference again")


def run(*arguments: str | Path, data_dir: Path) -> Result:
    return CliRunner().invoke(glasno, [str(each) for each in arguments], env={"GLASNO_DATA_DIR": str(data_dir)})


def test_the_command_stores_once_and_says_so(tmp_path: Path, values: dict[str, Any]) -> None:
    del values["categories"]["other"]
    file = tmp_path / "desk.yaml"
    file.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    told = [run("apply", file, *more, data_dir=tmp_path / "var").stdout for more in (["--dry-run"], [], [])]
    assert told == [
        "category other: withdrawn\n1 change, nothing stored: this was a dry run\n",
        "category other: withdrawn\n1 change stored\n",
        "nothing to change\n",
    ]


def test_the_command_leaves_the_zone_of_a_desk_that_has_tickets(
    desk: Desk, sqlite_settings: Settings, tmp_path: Path, values: dict[str, Any]
) -> None:
    file = tmp_path / "desk.yaml"
    values["desk"]["zone"] = "Europe/Moscow"
    file.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    assert "zone Etc/UTC -> Europe/Moscow" in run("apply", file, "--dry-run", data_dir=sqlite_settings.data_dir).stdout
    desk.tickets.act(Command(desk.new_id()), desk.new_id(), open_ticket, replace(OPENED, level="standard"))
    told = run("apply", file, data_dir=sqlite_settings.data_dir)
    assert (told.exit_code, "leave desk.zone as it is" in told.stderr) == (1, True)
    assert desk.founding.load(desk.stream)[0].zone == "Etc/UTC"


def test_the_command_sums_up_in_json(tmp_path: Path) -> None:
    told = run("apply", DEFAULT, "--json", data_dir=tmp_path / "var")
    assert json.loads(told.stdout.splitlines()[-1]) == {"changes": [], "warnings": [], "stored": False}


def test_the_command_tells_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text("desk: {zome: x}\n")
    told = run("apply", file, data_dir=tmp_path / "var")
    assert told.exit_code == 1
    assert "desk.zome: there is no such key: did you mean 'zone'?" in told.stderr
    assert "levels: it is required" in told.stderr
