import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from domain.classification import Complexity
from domain.desk import set_up
from domain.event import Id
from domain.instant import HOUR
from domain.reference import reference
from domain.reservation import reserve
from domain.ticket.assignment import accept
from domain.ticket.classing import categorise
from domain.ticket.conversation import note
from service.commands.replay import replay_command
from service.settings import Settings
from service.views import work_alone
from store.streams import Command
from tests.cast import ANN
from tests.service.running import Running

REFERENCE, UNKNOWN = "123456788", reference(7)

Replay: TypeAlias = Callable[..., Result]

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def replay(settings: Settings) -> Replay:
    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(replay_command, arguments, env={"GLASNO_DATA_DIR": str(settings.data_dir)})

    return invoke


@pytest.fixture(autouse=True)
def stream(running: Running) -> Id:
    """Opened on 2026-11-02 at 10:00 UTC, accepted at 11:00, noted at 12:00; it is 13:00."""
    stream = running.open(REFERENCE)
    command, name = Command(running.desk.new_id()), running.desk.name("reference", REFERENCE)
    running.desk.reservations.act(command, name, reserve, holder=stream, at=running.clock.now)
    running.clock.now += HOUR
    running.act(stream, accept, by=ANN, teams=frozenset(["service-desk"]))
    running.clock.now += HOUR
    running.act(stream, note, message="1", by=ANN, body="It is the exchange.")
    running.clock.now += HOUR
    return stream


def shown(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    values: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return values


def names(result: Result) -> list[str]:
    return [each["name"] for each in shown(result)["trail"]]


def test_a_ticket_is_shown_as_it_stands(replay: Replay, running: Running) -> None:
    values = shown(replay(REFERENCE, "--json"))
    assert (values["ticket"]["stage"], values["position"]) == ("accepted", running.desk.log.head())
    assert (values["as_of"], values["html"]) == (running.clock.now, None)


@pytest.mark.parametrize("written", ["123456788", "123 456 788", "123-456-788"])
def test_a_reference_is_written_as_it_is_said(replay: Replay, written: str) -> None:
    assert replay(written).stdout.startswith("Ticket 123 456 788\n")


def test_the_terminal_speaks_russian(replay: Replay) -> None:
    lines = replay(REFERENCE, "--language", "ru").stdout
    assert lines.startswith("Заявка 123 456 788\n")
    assert "Служба поддержки, Первая линия" in lines


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-02T10:30:00Z",
        "2026-11-02T13:30:00+03:00",
        "2026-11-02 13:30:00 +03:00",
        "2026-11-02 10:30",
        "2026-11-02 10:30:00",
    ],
)
def test_at_an_instant_nothing_is_known_that_was_stored_later(replay: Replay, written: str) -> None:
    assert shown(replay(REFERENCE, "--at", written, "--json"))["ticket"]["stage"] == "opened"


def test_what_was_told_late_is_not_known_before_but_had_happened(replay: Replay, running: Running, stream: Id) -> None:
    before = running.clock.now - HOUR
    running.desk.tickets.act(
        Command(running.desk.new_id()), stream, categorise, category="network", complexity=Complexity.COMPLEX,
        by=ANN, at=before - HOUR // 2,
    )  # fmt: skip
    assert names(replay(REFERENCE, "--json"))[-1] == "ticket.categorised"
    assert "ticket.categorised" not in names(replay(REFERENCE, "--at", "2026-11-02 12:30", "--json"))
    happened = replay(REFERENCE, "--happened", "2026-11-02 11:45", "--json")
    assert names(happened)[-1] == "ticket.categorised"
    assert "ticket.noted" not in names(happened)
    assert shown(happened)["as_of"] == before - HOUR // 4


def test_instants_without_an_offset_are_in_the_zone_of_the_desk(replay: Replay, running: Running) -> None:
    known: dict[str, Any] = {"languages": ("ru", "en"), "currency": "RUB", "tickets": 0, "at": running.clock.now}
    running.desk.founding.act(Command("f" * 32), running.desk.stream, set_up, zone="Europe/Moscow", **known)
    assert shown(replay(REFERENCE, "--at", "2026-11-02 13:30", "--json"))["ticket"]["stage"] == "opened"
    assert "+03:00" in replay(REFERENCE).stdout


def test_the_page_is_written_to_a_file(replay: Replay, tmp_path: Path) -> None:
    file = tmp_path / "ticket.html"
    result = replay(REFERENCE, "--html", str(file), "--language", "ru")
    assert result.stdout == f"{file}: {len(names(replay(REFERENCE, '--json')))} events, 0 of them proven\n"
    assert '<html lang="ru">' in file.read_text()
    assert shown(replay(REFERENCE, "--html", str(file), "--json"))["html"] == str(file)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["123456789"], "did you mistype it? It has nine digits, and the last one is a check digit"),
        (["12345678"], "did you mistype it?"),
        ([UNKNOWN], f"there is no ticket {UNKNOWN} on this desk: did you mistype it?"),
        ([REFERENCE, "--at", "yesterday"], "'yesterday' is no instant: write 2026-10-05T09:30:00Z"),
        ([REFERENCE, "--at", "2026-02-30"], "is no instant"),
        ([REFERENCE, "--at", "2026-11-02 24:00"], "is no instant"),
        ([REFERENCE, "--at", "0001-01-01"], "the ticket was not there yet"),
        ([REFERENCE, "--happened", "1969-01-01T00:00:00Z"], "is no instant"),
        ([REFERENCE, "--at", "2027-01-01"], "2027-01-01 is in the future"),
        (
            [REFERENCE, "--at", "2026-11-02"],
            "was not there yet at 2026-11-02 00:00:00 +00:00: it was opened at 2026-11-02 10:00:00",
        ),
        ([REFERENCE, "--html", "missing/ticket.html"], "missing/ticket.html cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_told_in_words(replay: Replay, arguments: list[str], words: str) -> None:
    result = replay(*arguments)
    assert (result.exit_code > 0, words in " ".join(result.output.split())) == (True, True), result.output


def test_an_altered_log_is_told_in_words(replay: Replay, settings: Settings, stream: Id) -> None:
    with closing(sqlite3.connect(settings.data_dir / "log.db")) as file, file:
        file.execute("DELETE FROM sections WHERE name='facts' AND originator_id=?", [stream])
    assert "is missing; `glasno check` lists everything that is wrong" in replay(REFERENCE).output


def test_the_past_waits_for_the_process_that_keeps_the_views(
    replay: Replay, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.reading.UP_TO_DATE", 0.1)
    with work_alone(settings):
        assert "the views are behind the log" in replay(REFERENCE, "--at", "2026-11-02 12:30").output
    assert replay(REFERENCE, "--at", "2026-11-02 12:30").exit_code == 0
