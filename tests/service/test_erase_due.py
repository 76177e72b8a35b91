"""`glasno erase --due`: what is about to be deleted; and the act of what was."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from domain.configuration.retention import RetentionSet
from domain.event import Id
from domain.instant import DAY
from domain.ticket.outcome import Closing, close
from service.commands.erase import erase_command
from service.settings import Settings
from store.desk import Desk
from store.expiring import choose_texts, delete_texts, request_expiry
from store.streams import Command
from tests.cast import AROUND_THE_CLOCK, AT
from tests.service.running import Running
from tests.store.lives import WORDS, act, person, ticket

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(sqlite_settings: Settings, desk: Desk) -> Run:  # noqa: ARG001 -- it is built first
    """Beside a desk that has a clock of its own."""
    env = {"GLASNO_DATA_DIR": str(sqlite_settings.data_dir)}
    return lambda *arguments: CliRunner().invoke(erase_command, arguments, env=env)


@pytest.fixture
def desk(running: Running) -> Desk:
    return running.desk


@pytest.fixture
def old(desk: Desk) -> Id:
    """Closed on 2 November 2026."""
    stream = ticket(desk, person(desk))
    act(desk, "tickets", stream, close, how=Closing.WITHDRAWN, book=AROUND_THE_CLOCK, by=desk.new_id())
    return stream


def keep(desk: Desk, kept: int) -> None:
    said = RetentionSet(at=AT, closed_tickets=kept)
    desk.configuration.act(Command(desk.new_id()), desk.name("configuration"), lambda _: [said])


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


@pytest.mark.usefixtures("old")
def test_without_a_policy_nothing_is_due(run: Run) -> None:
    assert told(run("--due", "--json")) == {"due": 0, "since": None, "kept": None}
    assert run("--due").stdout == "texts are kept for ever; tickets due: 0\n"


@pytest.mark.usefixtures("old")
def test_how_many_are_due_is_told_and_nothing_erased(run: Run, running: Running) -> None:
    keep(running.desk, 30 * DAY)
    assert told(run("--due", "--json")) == {"due": 0, "since": None, "kept": 30 * DAY}
    running.clock.now += 30 * DAY
    assert told(run("--due", "--json")) == {"due": 1, "since": AT, "kept": 30 * DAY}
    closed = "closed since 2026-11-02 10:00:00 +00:00"
    assert run("--due").stdout == f"texts are kept for 30d; tickets due: 1, {closed}\n"
    assert running.desk.log.erasures() == []


def test_the_act_names_the_tickets_and_says_that_no_key_was_destroyed(
    run: Run, desk: Desk, old: Id, tmp_path: Path
) -> None:
    erasure = request_expiry(desk, [old], until=AT, at=AT) or ""
    assert "it is not complete yet" in run("--act-of", erasure, "--act", str(tmp_path)).output
    choose_texts(desk, erasure)
    delete_texts(desk, erasure)
    done = told(run("--act-of", erasure, "--act", str(tmp_path), "--json"))
    assert (done["keys"], done["sections"]) == (0, 1)
    russian, english = ((tmp_path / name).read_text() for name in done["files"])
    reference = desk.tickets.load(old)[0].reference
    for words in (
        "АКТ", "№ 179", "Закрытые заявки, срок хранения которых истёк: 1", reference, "тексты закрытых заявок: 1",
        "Ключи шифрования не уничтожены", "истёк срок хранения", "erasure.texts_chosen", done["digest"],
    ):  # fmt: skip
        assert words in russian, words
    for words in ("Closed tickets whose retention period ended: 1", reference, "texts of closed tickets: 1"):
        assert words in english, words
    assert "keys: " not in english
    assert "Субъект" not in russian
    assert WORDS not in russian + english
