"""`glasno audit bundle`, as whoever hands it to a client uses it, and as the client does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from audit.evidence import Folder
from audit.tlog.note import read_key
from audit.tlog.tiles import tile_path
from audit.verifier.bundle import verify_bundle
from audit.verifier.signed import Demand
from domain.event import Content, Id
from domain.person.identity import Registered
from domain.person.membership import JoinedOrganisation
from domain.reference import reference
from domain.ticket.conversation import write
from service import reading
from service.__main__ import glasno
from service.commands import bundle
from service.evidence import folder_of, log_of
from service.settings import Settings
from service.views import work_alone
from store.streams import Command
from tests.cast import AT, CY
from tests.service.running import Running, mislaid_keys

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "acme.zip"


@pytest.fixture
def run(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Run:
    return lambda *words: CliRunner().invoke(glasno, ["audit", *words], env=environment(sqlite_settings))


@pytest.fixture(autouse=True)
def acme(running: Running) -> Id:
    """Has two tickets, one of them Cy's; Evil has one."""
    acme, evil = (running.desk.name("organisation", key) for key in ("acme", "evil"))
    for firm, number in ((acme, 7), (acme, 8), (evil, 9)):
        running.register_acme(firm)
        running.open(reference(number), organisation=firm)
    joined = Registered(at=AT, name=Content(CY, {"name": "Cy"})), JoinedOrganisation(at=AT, organisation=acme)
    running.desk.people.act(Command(running.desk.new_id()), CY, lambda _: joined)
    return acme


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def references(running: Running, file: Path) -> list[str]:
    """The tickets that the client finds in it."""
    report = verify_bundle(file, Demand(read_key(log_of(running.desk).log_key)))
    assert report.findings == []
    return [each["reference"] for each in report.shown]


@pytest.mark.parametrize("option", ["--organisation", "--organization"])
def test_a_client_gets_its_tickets_and_can_verify_them(run: Run, running: Running, file: Path, option: str) -> None:
    run("sign")
    bundled = told(run("bundle", option, "acme", str(file), "--json"))
    assert references(running, file) == sorted([reference(7), reference(8)])
    assert (bundled["tickets"], bundled["waiting"], bundled["file"]) == (2, 0, str(file))


def test_a_client_with_many_tickets_gets_them_all(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "PAGE", 1)
    run("sign")
    assert told(run("bundle", "--organisation", "acme", str(file), "--json"))["tickets"] == 2


def test_a_contact_gets_what_it_sees(run: Run, file: Path) -> None:
    run("sign")
    assert told(run("bundle", "--organisation", "acme", "--person", CY, str(file), "--json"))["tickets"] == 2


@pytest.mark.parametrize(
    ("firm", "person", "words"),
    [("nobody", None, "no organisation nobody"), ("acme", "cy", "no person cy"), ("acme", "f" * 32, "no person ff"),
     ("evil", CY, "no contact of that organisation")],
)  # fmt: skip
def test_whoever_is_not_known_is_told(run: Run, file: Path, firm: str, person: str | None, words: str) -> None:
    run("sign")
    refused = run("bundle", "--organisation", firm, *(["--person", person] if person else []), str(file))
    assert refused.exit_code == 2
    assert words in refused.stderr
    assert not file.exists()


def test_nothing_is_handed_out_before_anything_is_signed(run: Run, file: Path) -> None:
    refused = run("bundle", "--organisation", "acme", str(file))
    assert (refused.exit_code, file.exists()) == (1, False)
    assert "glasno audit sign" in refused.stderr


def test_what_is_not_signed_yet_is_said_to_wait(run: Run, running: Running, acme: Id, file: Path) -> None:
    run("sign")
    stream = running.open(reference(10), organisation=acme)
    running.act(stream, write, message="1", by=CY, channel="mail", body="Any news?")
    bundled = run("bundle", "--organisation", "acme", str(file))
    assert "newer ones are under no checkpoint yet" in bundled.stdout
    assert reference(10) not in references(running, file)


def test_evidence_that_is_not_whole_is_not_handed_out(
    run: Run, sqlite_settings: Settings, file: Path, running: Running
) -> None:
    run("sign")
    file.write_bytes(b"an older bundle")
    size = sum(1 for _ in running.desk.log.envelopes())
    Folder(folder_of(sqlite_settings)).write(tile_path(0, 0, size), bytes(32 * size))
    refused = run("bundle", "--organisation", "acme", str(file))
    assert (refused.exit_code, file.read_bytes()) == (1, b"an older bundle")
    assert "glasno check" in refused.stderr


def test_a_key_store_that_is_too_old_is_told(run: Run, running: Running, file: Path) -> None:
    run("sign")
    with mislaid_keys(running, CY):
        refused = run("bundle", "--organisation", "acme", str(file))
    assert (refused.exit_code, [*file.parent.glob("*.new")]) == (1, [])


def test_a_place_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    run("sign")
    refused = run("bundle", "--organisation", "acme", str(tmp_path / "nowhere" / "acme.zip"))
    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr


def test_views_that_nobody_keeps_are_told(
    run: Run, sqlite_settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "UP_TO_DATE", 0.1)
    with work_alone(sqlite_settings):
        refused = run("bundle", "--organisation", "acme", str(file))
    assert refused.exit_code == 1
    assert "the views are behind the log" in refused.stderr
