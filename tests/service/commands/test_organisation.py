import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from domain.event import Id
from domain.instant import DAY
from service.__main__ import organisation
from service.settings import Settings
from service.views import work_alone
from store.page_links import link_by
from tests.service.running import Running

Run: TypeAlias = Callable[..., Result]
SITE = "https://status.example.org"


@pytest.fixture
def run(sqlite_settings: Settings) -> Run:
    env = {"GLASNO_DATA_DIR": str(sqlite_settings.data_dir), "GLASNO_PUBLIC_URL": f"{SITE}/"}

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(organisation, arguments, env=env)

    return invoke


@pytest.fixture
def acme(running: Running) -> Id:
    stream = running.desk.name("organisation", "acme")
    running.register_acme(stream)
    return stream


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


def opens(running: Running, address: str) -> Id | None:
    """Whose figures the address shows now."""
    text = address.removeprefix(f"{SITE}/client/").removesuffix("/")
    link = link_by(running.desk, text, running.clock.now)
    return link.organisation if link else None


def test_a_link_is_issued_and_its_address_told(run: Run, running: Running, acme: Id) -> None:
    issued = run("link", "acme", "--label", "For the board")
    assert opens(running, issued.stdout.strip()) == acme
    assert "give it to the client and to nobody else" in issued.stderr


def test_a_link_holds_for_as_many_days_as_it_was_issued_for(run: Run, running: Running, acme: Id) -> None:
    usual, short = told(run("link", "acme", "--json")), told(run("link", "acme", "--days", "1", "--json"))
    assert [each["expires_at"] - running.clock.now for each in (usual, short)] == [90 * DAY, DAY]
    running.clock.now += DAY
    assert [opens(running, each["address"]) for each in (usual, short)] == [acme, None]


@pytest.mark.usefixtures("acme")
def test_the_links_of_an_organisation_are_listed_with_how_they_stand(run: Run, running: Running) -> None:
    first, _ = told(run("link", "acme", "--label", "old", "--days", "1", "--json")), told(run("link", "acme", "--json"))
    running.clock.now += DAY
    last = told(run("link", "acme", "--json"))
    told(run("unlink", last["id"], "--json"))
    listed = run("links", "acme")
    assert "old): issued 2026-11-02T10:00:00Z, expired 2026-11-03T10:00:00Z" in listed.stdout
    assert "holds until 2027-01-31T10:00:00Z" in listed.stdout
    assert listed.stdout.splitlines()[0].startswith(f"{last['id']}: issued 2026-11-03T10:00:00Z, revoked 2026-11-03")
    assert listed.stdout.splitlines()[-1] == "3 links"
    links = told(run("links", "acme", "--json"))["links"]
    assert (links[-1]["address"] if links[-1]["id"] == first["id"] else links[1]["address"]) == first["address"]


@pytest.mark.usefixtures("acme")
def test_a_revoked_link_stops_at_once(run: Run, running: Running) -> None:
    issued = told(run("link", "acme", "--json"))
    assert run("unlink", issued["id"]).stdout == "the link shows nothing any more\n"
    assert opens(running, issued["address"]) is None


@pytest.mark.parametrize("link", ["0" * 32, "what"])
def test_a_link_that_is_not_there_cannot_be_revoked(run: Run, running: Running, link: str) -> None:
    head = running.desk.log.head()
    assert "`glasno organisation links KEY` lists them" in run("unlink", link).stderr
    assert running.desk.log.head() == head


@pytest.mark.usefixtures("running")
def test_there_is_no_link_for_an_organisation_that_nobody_knows(run: Run) -> None:
    for command in ("link", "links"):
        refused = run(command, "nobody")
        assert (refused.exit_code, "there is no organisation nobody" in refused.stderr) == (2, True)


@pytest.mark.usefixtures("acme")
def test_views_that_are_behind_are_told(run: Run, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.commands.organisation.UP_TO_DATE", 0.1)
    run("links", "acme")
    run("link", "acme")
    with work_alone(sqlite_settings):
        assert "the views are behind" in run("links", "acme").stderr
