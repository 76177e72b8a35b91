"""`glasno erase`: what it asks, what it tells, and the act that it writes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from audit.tlog.note import read_key
from audit.tlog.proof import verify_proof
from domain.alert import fire
from domain.code import code_of
from domain.component import Through
from domain.event import Content, Id, shape_of
from domain.incident import IncidentStatus, Update, open_incident
from domain.organisation import register as register_organisation
from domain.person import Right
from domain.shapes import event_classes
from service.acts import CATEGORIES
from service.commands.erase import erase_command
from service.evidence import advance, log_of, sequencer_of
from service.settings import Settings
from service.views import work_alone
from store.codec import plan_of
from store.desk import Desk
from store.people import person_of
from store.sealing import Erased
from tests.service.running import Running
from tests.store.lives import WORDS, act, first_text, person, ticket

Run: TypeAlias = Callable[..., Result]
BASIS = ("--ground", "consent_withdrawn", "--number", "17-2026", "--yes")


@pytest.fixture
def run(sqlite_settings: Settings, desk: Desk) -> Run:  # noqa: ARG001 -- it is built first
    """Beside a desk that has a clock of its own."""
    env = {"GLASNO_DATA_DIR": str(sqlite_settings.data_dir)}

    def invoke(*arguments: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(erase_command, arguments, input=answer, env=env)

    return invoke


@pytest.fixture
def desk(running: Running) -> Desk:
    return running.desk


@pytest.fixture
def cy(desk: Desk) -> Id:
    found = person(desk, mail="cy@example.org")
    ticket(desk, found)
    return found


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


def test_a_person_is_erased_and_the_counts_told(run: Run, desk: Desk, cy: Id) -> None:
    done = told(run(cy, *BASIS, "--json"))
    assert (done["state"], done["keys"], done["sections"], done["files"]) == ("completed", 1, 3, [])
    assert first_text(desk, cy, "name", cy) == Erased()


def test_what_will_be_destroyed_is_told_before_it_is(run: Run, desk: Desk, cy: Id) -> None:
    asked = run(cy, "--ground", "retention", answer="n\n")
    assert asked.exit_code == 1
    for line in ("1 name", "1 addresses and numbers", "1 texts of the subject's tickets", "3 texts in all"):
        assert line in asked.stderr
    assert first_text(desk, cy, "name", cy) == {"name": WORDS}
    assert person_of(desk, cy).is_active


def test_whoever_says_yes_has_it_erased(run: Run, desk: Desk, cy: Id) -> None:
    assert run(cy, "--ground", "retention", answer="y\n").exit_code == 0
    assert first_text(desk, cy, "name", cy) == Erased()


def test_asked_for_again_it_is_the_same_erasure(run: Run, cy: Id) -> None:
    first = told(run(cy, *BASIS, "--json"))
    assert told(run(cy, "--json")) == first


def test_an_organisation_is_erased_by_its_key(run: Run, desk: Desk) -> None:
    stream = desk.name("organisation", "acme")
    act(desk, "organisations", stream, register_organisation, name=Content(stream, {"name": WORDS}))
    assert told(run("--organisation", "acme", *BASIS, "--json"))["sections"] == 1
    assert first_text(desk, stream, "name", stream) == Erased()


def test_an_announcement_is_erased_by_its_code(run: Run, desk: Desk) -> None:
    stream, text = desk.new_id(), {"en": WORDS}
    first = Update(desk.new_id(), IncidentStatus.RESOLVED, text)
    act(
        desk, "incidents", stream, open_incident,
        stream=stream, title=text, first=first, known=frozenset(), through=Through.PERSON,
    )  # fmt: skip
    assert told(run("--announcement", code_of("incident", stream), *BASIS, "--json"))["sections"] == 2
    assert first_text(desk, stream, "title", stream) == Erased()


def test_the_texts_of_an_alert_are_erased_by_its_code(run: Run, desk: Desk) -> None:
    stream = desk.new_id()
    act(
        desk, "alerts", stream, fire,
        stream=stream, fingerprint="f" * 16, labels={"alertname": "X"}, annotations={"summary": WORDS}, started_at=1,
    )  # fmt: skip
    assert told(run("--alert", code_of("alert", stream), *BASIS, "--json"))["sections"] == 1
    assert first_text(desk, stream, "text", stream) == Erased()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name one of them"),
        (("1" * 32, "--organisation", "acme"), "name one of them"),
        (("Cy", *BASIS), "32 hexadecimal digits"),
        (("1" * 32, *BASIS), "There is no such person"),
        (("--organisation", "acme", *BASIS), "there is no organisation acme"),
        (("--announcement", "000000000000", *BASIS), "There is no such incident"),
        (("--alert", "000000000000", *BASIS), "There is no such alert"),
        (("--act-of", "1" * 32), "There is no such erasure"),
        (("--due", "--organisation", "acme"), "name one of them"),
    ],
)
def test_what_cannot_be_erased_is_said_in_words(run: Run, arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code in {1, 2}
    assert says in result.output


def test_a_ground_is_needed(run: Run, cy: Id) -> None:
    assert "--ground consent_withdrawn|" in run(cy, "--yes").output


def test_the_last_administrator_stays(run: Run, desk: Desk) -> None:
    adam = person(desk, Right.ADMINISTRATOR)
    assert "the last administrator" in run(adam, *BASIS).output
    person(desk, Right.ADMINISTRATOR)
    assert run(adam, *BASIS).exit_code == 0


def test_it_is_erased_beside_a_process_that_keeps_the_views_or_later(
    run: Run, cy: Id, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.commands.erase.UP_TO_DATE", 0.1)
    with work_alone(sqlite_settings):
        assert "goes on with" in run(cy, *BASIS).output
    assert told(run(cy, *BASIS, "--json"))["state"] == "completed"


def test_the_act_says_what_order_179_demands(run: Run, cy: Id, tmp_path: Path) -> None:
    done = told(run(cy, *BASIS, "--act", str(tmp_path / "acts"), "--json"))
    russian, english = ((tmp_path / "acts" / name).read_text() for name in done["files"])
    for words in (
        "АКТ", "№ 179", "Оператор", "Субъект персональных данных", cy, "17-2026", "фамилия, имя, отчество: 1",
        "тексты обращений субъекта: 1", "Информационная система", "Способ уничтожения", "отзыв согласия",
        "02.11.2026 10:00:00 +00:00", "Выгрузка из журнала", "erasure.completed", done["digest"], "подпись",
    ):  # fmt: skip
        assert words in russian, words
    for words in ("Act of erasure", "consent was withdrawn", "2026-11-02 10:00:00 +00:00", "name: 1", done["digest"]):
        assert words in english, words
    assert WORDS not in russian + english


def test_the_act_is_proved_once_the_log_is_signed(
    run: Run, desk: Desk, cy: Id, tmp_path: Path, sqlite_settings: Settings
) -> None:
    erased = run(cy, *BASIS, "--act", str(tmp_path), "--json")
    assert "under no checkpoint yet" in erased.stderr
    advance(desk, sequencer_of(sqlite_settings, desk))
    stream = told(erased)["id"]
    again = told(run("--act-of", stream, "--act", str(tmp_path), "--json"))
    assert f"erasure-{stream}.tlog-proof" in again["files"]
    entry, proof = ((tmp_path / f"erasure-{stream}.{kind}").read_bytes() for kind in ("entry", "tlog-proof"))
    assert verify_proof(proof, entry, [read_key(log_of(desk).log_key)]).size
    assert json.loads(entry)["ty"] == "erasure.completed"


def test_an_act_that_cannot_be_written_is_said(run: Run, cy: Id, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in run(cy, *BASIS, "--act", str(tmp_path / "file" / "acts")).output


def test_every_sealed_text_has_a_category() -> None:
    sealed = {shape_of(each).name for each in event_classes() if plan_of(each).contents}
    assert sealed == {name for names in CATEGORIES for name in names}


def test_no_event_has_texts_of_two_owners() -> None:
    assert [each for each in event_classes() if len(plan_of(each).contents) > 1] == []
