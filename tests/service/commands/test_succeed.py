"""`glasno audit succeed`, and what strangers get of a log that goes on: on the site, in a copy, and in the verifier."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from audit.verifier.source import WebSource
from service.__main__ import glasno
from service.evidence import folder_of, log_of
from service.settings import Settings
from service.views import work_alone
from tests.service.running import Running
from tests.service.test_evidence_site import site_of

Run: TypeAlias = Callable[..., Result]
LEVELS = ["public", "contract", "checkpoints"]


@pytest.fixture
def run(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Run:
    def invoke(*words: str, evidence: str = "checkpoints", answer: str = "") -> Result:
        env = environment(sqlite_settings) | {"GLASNO_EVIDENCE": evidence}
        return CliRunner().invoke(glasno, [*words], env=env, input=answer)

    return invoke


@pytest.fixture(autouse=True)
def desk(running: Running, run: Run) -> Running:
    """Signed; then its last event is lost."""
    running.open("123456788")
    run("audit", "sign")
    return running


def lose(desk: Running) -> None:
    with desk.desk.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)")


def told(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def succeeded(run: Run, desk: Running) -> dict[str, Any]:
    lose(desk)
    done = run("audit", "succeed", "--because", "loss", "--yes", "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = told(done)
    return found


def test_it_goes_on_and_is_signed_under_its_new_name(run: Run, desk: Running) -> None:
    former = log_of(desk.desk)
    done = succeeded(run, desk)
    assert (done["origin"], done["former"], done["key"]) == (
        former.next_origin,
        former.origin,
        log_of(desk.desk).log_key,
    )
    assert done["size"] == done["kept"] + 1 == done["former_size"]
    assert told(run("check", "--json"))["evidence"] == []
    assert told(run("audit", "sign", "--json"))["origin"] == done["origin"]


def test_it_says_what_it_is_about_to_state_and_asks(run: Run, desk: Running) -> None:
    lose(desk)
    refused = run("audit", "succeed", "--because", "loss", answer="n\n")
    assert refused.exit_code == 1
    for words in ("an older copy of it", "The log goes on as", "lost         1", "nothing is deleted"):
        assert words in refused.stderr
    assert log_of(desk.desk).logs == 1
    assert run("audit", "succeed", "--because", "loss", answer="y\n").exit_code == 0


def test_why_it_does_not_go_on_otherwise_is_told(run: Run, sqlite_settings: Settings) -> None:
    assert "nothing is lost" in run("audit", "succeed", "--because", "loss", "--yes").stderr
    with work_alone(sqlite_settings):
        refused = run("audit", "succeed", "--because", "key_compromised", "--yes")
    assert (refused.exit_code, "stop it first" in refused.stderr) == (1, True)


def test_what_a_crash_left_is_finished_and_not_begun_again(
    run: Run, desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("service.succession.put_aside", lambda *_: None)
        patched.setattr("service.commands.succeed.sign", killed)
        run("audit", "succeed", "--because", "key_compromised", "--yes")
    done = run("audit", "succeed", "--because", "key_compromised", "--yes", "--json")
    assert "begun before is finished" in done.stderr
    assert (told(done)["origin"], log_of(desk.desk).logs) == (log_of(desk.desk).origin, 2)


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("level", LEVELS)
def test_the_site_serves_the_former_log_at_the_same_level(
    run: Run, desk: Running, sqlite_settings: Settings, level: str
) -> None:
    done = succeeded(run, desk)
    for client in site_of(sqlite_settings.model_copy(update={"evidence": level}), desk.desk):
        assert client.get("/evidence/log.vkey").text.strip() == done["key"]
        for path in (folder_of(sqlite_settings) / "former").rglob("*"):
            name = path.relative_to(folder_of(sqlite_settings)).as_posix()
            if path.is_file():
                hidden = "tile/entries" in name and level != "public"
                assert client.get(f"/evidence/{name}").status_code == (403 if hidden else 200), name
        page = client.get("/evidence/").text
        assert f"{done['former']} was continued as {done['origin']}" in page
        assert 'href="former/1/log.vkey"' in page
        assert "первые" in page


@pytest.mark.parametrize(
    "name", ["former/1/log.key", "former/0/checkpoint", "former/1/../../log.key", "former/1", "former/2/log.vkey"]
)
def test_nothing_else_of_it_is_served(run: Run, desk: Running, sqlite_settings: Settings, name: str) -> None:
    succeeded(run, desk)
    for client in site_of(sqlite_settings, desk.desk):
        assert client.get(f"/evidence/{name}").status_code == 404


@pytest.mark.parametrize("level", LEVELS)
def test_a_copy_has_the_former_log_and_is_verified(run: Run, desk: Running, tmp_path: Path, level: str) -> None:
    run("publish", str(tmp_path), evidence="public")
    done = succeeded(run, desk)
    assert done["size"] == done["former_size"], "so that files of both logs have the same names"
    run("publish", str(tmp_path), evidence="public")
    copied = told(run("publish", str(tmp_path), "--json", evidence=level))
    former = tmp_path / "evidence/former/1"
    assert (former / "tile/entries").exists() == (level == "public")
    assert (copied["evidence"], (former / "successor").exists()) == (int(level != "public"), True)
    found = told(run("audit", "verify", str(tmp_path), "--key", done["key"], "--json"))
    assert (found["ok"], [each["kept"] for each in found["successions"]]) == (True, [done["kept"]])
    assert told(run("audit", "verify", str(former), "--json"))["origin"] == done["former"]


def test_a_copy_that_leads_elsewhere_is_not_renewed(run: Run, desk: Running, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run("publish", str(site))
    (site / "evidence/tile").rename(tmp_path / "elsewhere")
    (site / "evidence/tile").symlink_to(tmp_path / "elsewhere")
    succeeded(run, desk)
    assert "is elsewhere, by a symbolic link" in run("publish", str(site)).stderr


def test_evidence_of_a_former_log_is_read_where_it_is() -> None:
    for address in ("https://x.example/evidence/former/1", "https://x.example/evidence", "https://x.example"):
        base = WebSource(address)._base
        assert base.startswith("https://x.example/evidence")
        assert base.endswith("/former/1") == address.endswith("/former/1")
