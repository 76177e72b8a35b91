import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import click
import pytest
from click.testing import CliRunner, Result

from domain.event import Content
from domain.organisation import register as register_organisation
from domain.person import Grant, Right
from domain.person.absence import is_absent
from domain.refusal import Refused
from domain.token import TokenScope
from service.build import build_desk
from service.commands.people import WORDS, in_words, person, token
from service.settings import Settings
from store.desk import Desk
from store.people import caller_with, person_at, person_of
from store.streams import Command

ROOT = Path(__file__).parents[3]
DOMAIN = (*(ROOT / "domain/person").glob("*.py"), ROOT / "domain/token.py", ROOT / "domain/address.py")

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    yield built
    built.close()


@pytest.fixture
def run(sqlite_settings: Settings) -> Run:
    def invoke(group: click.Group, *arguments: str) -> Result:
        return CliRunner().invoke(group, arguments, env={"GLASNO_DATA_DIR": str(sqlite_settings.data_dir)})

    return invoke


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


def added(run: Run, *arguments: str) -> str:
    identity: str = told(run(person, "add", "--name", "Ann", *arguments, "--json"))["person"]
    return identity


def acme(desk: Desk) -> str:
    stream = desk.name("organisation", "acme")
    named = Content(stream, {"name": "Acme"})
    desk.organisations.act(Command(desk.new_id()), stream, register_organisation, name=named, at=1)
    return stream


def test_a_lead_is_added_with_role_team_and_address(desk: Desk, run: Run) -> None:
    lead = added(run, "--agent", "--lead", "--team", "engineers", "--mail", "ann@example.org")
    known = person_of(desk, lead)
    assert (known.roles, known.teams) == (frozenset({Right.AGENT, Right.LEAD}), frozenset({"engineers"}))
    assert person_at(desk, "mail", "Ann@example.org") == lead


def test_a_contact_is_added_with_a_right_to_see_the_firm(desk: Desk, run: Run) -> None:
    firm = acme(desk)
    known = person_of(desk, added(run, "--organisation", "acme", "--sees-organisation"))
    assert (known.organisations, known.grants) == (frozenset({firm}), frozenset({Grant(Right.SEES_ORGANISATION, firm)}))


def test_a_contractor_is_added_with_the_organisations_it_serves(desk: Desk, run: Run) -> None:
    firm = acme(desk)
    known = person_of(desk, added(run, "--contractor", "--serves", "acme"))
    assert known.organisations_by(Right.SERVES_ORGANISATION) == {firm}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--team", "engineers"), "works on tickets"),
        (("--agent", "--team", "typo"), "there is no team typo; there are: developers, engineers, service-desk"),
        (("--organisation", "typo"), "there is no organisation typo"),
        (("--sees-organisation",), "--organisation KEY"),
        (("--auditor", "--agent"), "an auditor changes nothing"),
        (("--mail", "typo"), "no address for mail"),
        (("--mail", "half\ud800@example.org"), "half of a character"),
        (("--name", ""), "a person has a name"),
        (("--name", " "), "nothing but white space"),
        (("--name", "Ann\nOwner"), "expected one line"),
        (("--name", "half \ud800"), "half of a character"),
        (("--name", "n" * 201), "too long: at most 200"),
    ],
)
def test_what_cannot_be_added_is_told_in_words_and_leaves_nothing(
    desk: Desk, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    head = desk.log.head()
    result = run(person, "add", "--name", "Ann", *arguments)
    assert result.exit_code
    assert words in " ".join(result.output.split())
    assert desk.log.head() == head


def test_an_absence_is_planned_in_the_desks_zone_and_ended(desk: Desk, run: Run) -> None:
    ann, ben = added(run, "--agent"), added(run, "--agent")
    absence = told(
        run(person, "absent", ann, "--from", "2100-01-01", "--until", "2100-01-02", "--deputy", ben, "--json")
    )
    assert (absence["start"], absence["end"]) == (4_102_444_800_000, 4_102_617_600_000)
    assert is_absent(person_of(desk, ann), absence["start"])
    told(run(person, "back", ann, absence["absence"], "--json"))
    assert not is_absent(person_of(desk, ann), absence["start"])


@pytest.mark.parametrize("start", ["2100-01-01T03:00+03:00", "2100-01-01T00:00"])
def test_an_absence_may_start_at_any_time_of_any_zone(run: Run, start: str) -> None:
    ann, ben = added(run, "--agent"), added(run, "--agent")
    absence = told(run(person, "absent", ann, "--from", start, "--until", "2100-01-01", "--deputy", ben, "--json"))
    assert (absence["start"], absence["end"]) == (4_102_444_800_000, 4_102_531_200_000)


@pytest.mark.parametrize("start", ["tomorrow", "0001-01-01", "1969-12-31", "9999-12-31"])
def test_a_time_is_written_as_iso_8601_and_in_years_that_can_be_told(run: Run, start: str) -> None:
    ann = added(run, "--agent")
    result = run(person, "absent", ann, "--from", start, "--until", "2100-01-01", "--deputy", ann)
    assert "write 2026-12-24 or" in " ".join(result.output.split())


def test_a_token_is_shown_once_and_opens_until_it_is_revoked(desk: Desk, run: Run) -> None:
    ann = added(run, "--agent")
    issued = told(run(token, "issue", ann, "--scope", "tickets:read", "--expires", "1d", "--label", "CI", "--json"))
    caller = caller_with(desk, issued["token"], lambda _: {}, desk.now())
    assert caller is not None
    assert (caller.person, caller.scopes) == (ann, frozenset({TokenScope.TICKETS_READ}))
    assert caller_with(desk, issued["token"], lambda _: {}, issued["expires_at"]) is None
    told(run(token, "revoke", issued["id"], "--json"))
    assert caller_with(desk, issued["token"], lambda _: {}, desk.now()) is None


def test_a_token_may_hold_until_it_is_revoked(run: Run) -> None:
    issued = told(run(token, "issue", added(run), "--scope", "tickets:read", "--expires", "never", "--json"))
    assert issued["expires_at"] is None


def test_a_deactivated_person_has_no_access(desk: Desk, run: Run) -> None:
    ann = added(run, "--agent")
    told(run(person, "deactivate", ann, "--json"))
    assert not person_of(desk, ann).is_active
    assert "deactivated" in run(token, "issue", ann, "--scope", "tickets:read").output


@pytest.mark.parametrize(
    ("group", "arguments", "words"),
    [
        (token, ("issue", "typo", "--scope", "tickets:read"), "an id has 32 hexadecimal digits"),
        (token, ("issue", "0" * 32, "--scope", "tickets:read"), "there is no person with this id"),
        (token, ("issue", "0" * 32, "--scope", "tickets:read", "--expires", "soon"), "no duration"),
        (token, ("issue", "0" * 32, "--scope", "tickets:read", "--expires", "9" * 20 + "d"), "say never"),
        (token, ("issue", "0" * 32, "--scope", "tickets:read", "--label", "two\nlines"), "expected one line"),
        (token, ("revoke", "0" * 32), "there is no token with this id"),
        (person, ("deactivate", "0" * 32), "there is no person with this id"),
    ],
)
def test_mistakes_are_told_in_words(run: Run, group: click.Group, arguments: tuple[str, ...], words: str) -> None:
    result = run(group, *arguments)
    assert result.exit_code
    assert words in " ".join(result.output.split())


def test_every_refusal_has_words() -> None:
    codes = {code for file in DOMAIN for code in re.findall(r'Refused\("(\w+)"', file.read_text(encoding="utf-8"))}
    assert codes
    assert codes <= WORDS.keys()


def test_a_refusal_without_words_is_told_by_its_code() -> None:
    with pytest.raises(click.ClickException, match="changed_meanwhile"), in_words():
        raise Refused("changed_meanwhile")


def test_the_command_line_has_both_commands(
    sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]
) -> None:
    command = [sys.executable, "-m", "service", "person", "add", "--name", "Ann", "--auditor"]
    done = subprocess.run(
        command, env=environment(sqlite_settings), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.fullmatch("[0-9a-f]{32}\n", done.stdout)
