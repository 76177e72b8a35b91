import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from click import Command
from click.testing import CliRunner, Result

from domain.event import Id
from domain.reservation import reserve
from domain.ticket.notices import give_up
from projections.notices import STAFF
from service import attempts
from service.__main__ import desk, organisation
from service.commands.notices import notices
from service.settings import Settings
from service.views import work_alone
from service.webhooks import receiver_of
from store.streams import Command as Act
from tests.service.running import Running, escalate

URL = "https://acme.example/notices"

Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(sqlite_settings: Settings) -> Run:
    def invoke(command: Command, *arguments: str) -> Result:
        return CliRunner().invoke(command, arguments, env={"GLASNO_DATA_DIR": str(sqlite_settings.data_dir)})

    return invoke


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


@pytest.fixture
def acme(running: Running) -> Id:
    stream = running.desk.name("organisation", "acme")
    running.register_acme(stream)
    return stream


def where(running: Running, receiver: Id) -> str | None:
    known = receiver_of(running.desk, receiver)
    return None if known is None else known.url


def test_a_webhook_is_set_and_its_secret_is_told(run: Run, running: Running, acme: Id) -> None:
    summary = told(run(organisation, "webhook", "acme", URL, "--json"))
    assert (summary["url"], where(running, acme)) == (URL, URL)
    assert run(organisation, "webhook", "acme", URL).stdout.strip() == summary["secret"]


def test_a_webhook_is_removed(run: Run, running: Running, acme: Id) -> None:
    told(run(organisation, "webhook", "acme", URL, "--json"))
    assert told(run(organisation, "webhook", "acme", "--remove", "--json"))["url"] is None
    assert where(running, acme) is None


def test_the_webhook_of_the_staff_is_set_and_removed(run: Run, running: Running) -> None:
    summary = told(run(desk, "webhook", URL, "--json"))
    assert (summary["url"], where(running, STAFF)) == (URL, URL)
    assert run(desk, "webhook", URL).stdout.strip() == summary["secret"]
    assert told(run(desk, "webhook", "--remove", "--json")) == {"url": None}
    assert where(running, STAFF) is None
    assert told(run(desk, "webhook", URL, "--json"))["secret"] != summary["secret"]


@pytest.mark.parametrize("arguments", [("gopher://desk.example",), (), (URL, "--remove")])
def test_what_cannot_be_the_address_of_the_staff_is_told_in_words(
    run: Run, running: Running, arguments: tuple[str, ...]
) -> None:
    result = run(desk, "webhook", *arguments)
    assert (result.exit_code, "Error: " in result.output, where(running, STAFF)) == (2, True, None)


@pytest.mark.parametrize(
    "arguments", [("acme", "gopher://acme.example"), ("acme",), ("acme", URL, "--remove"), ("nobody", URL)]
)
def test_what_cannot_be_set_is_told_in_words(run: Run, acme: Id, arguments: tuple[str, ...]) -> None:
    result = run(organisation, "webhook", *arguments)
    assert (result.exit_code, "Error: " in result.output, acme in result.output) == (2, True, False)


def test_an_erased_organisation_gets_no_webhook(run: Run, running: Running, acme: Id) -> None:
    running.desk.keys.destroy(acme, running.clock.now)
    result = run(organisation, "webhook", "acme", URL)
    assert (result.exit_code, "was erased" in result.output) == (1, True)


def test_notices_are_listed_with_what_was_tried(run: Run, running: Running, acme: Id) -> None:
    told(run(organisation, "webhook", "acme", URL, "--json"))
    stream = running.open(organisation=acme)
    running.open("987654326", organisation=acme)
    running.act(stream, give_up, notice=1, attempts=9, why="status_503")
    listed = told(run(notices, "--json"))
    assert listed["dead"] == [
        {"id": "123456788/1", "reference": "123456788", "to": "client", "stage": "opened", "at": running.clock.now}
        | {"attempts": 9, "why": "status_503"}
    ]
    assert [each["id"] for each in listed["pending"]] == ["987654326/1"]
    note_failure(running)
    assert run(notices).stdout.splitlines() == [
        "987654326/1 to the client (opened): to be delivered, 1 attempts: timed_out",
        "123456788/1 to the client (opened): given up, 9 attempts: status_503",
        "1 to be delivered, 1 given up",
    ]


def test_notices_to_the_staff_are_listed_and_retried_too(run: Run, running: Running) -> None:
    told(run(desk, "webhook", URL, "--json"))
    stream = running.open()
    reserve_reference(running, stream)
    running.act(stream, escalate)
    running.act(stream, give_up, notice=2, attempts=9, why="status_503")
    step = {"clock": "reaction", "instance": 1, "per_mille": 500, "whom": "lead"}
    [dead] = told(run(notices, "--json"))["dead"]
    assert {"id": "123456788/2", "to": "staff", **step}.items() <= dead.items()
    words = "123456788/2 to the staff (reaction #1 at 500 ‰, for lead)"
    assert run(notices).stdout.splitlines()[0] == f"{words}: given up, 9 attempts: status_503"
    told(run(notices, "retry", "123456788/2", "--json"))
    assert run(notices).stdout.splitlines()[0] == f"{words}: to be delivered, 0 attempts"


def note_failure(running: Running) -> None:
    with running.views.connect() as connection:
        [tried] = attempts.pending(connection)
    attempts.note(running.views, tried, "timed_out", at=running.clock.now, next_at=running.clock.now)


def test_a_dead_letter_is_retried(run: Run, running: Running, acme: Id) -> None:
    told(run(organisation, "webhook", "acme", URL, "--json"))
    stream = running.open(organisation=acme)
    reserve_reference(running, stream)
    running.act(stream, give_up, notice=1, attempts=9, why="status_503")
    assert told(run(notices, "retry", "123456788/1", "--json")) == {"notice": "123456788/1"}
    assert running.ticket(stream).untold == {1}
    assert [each["id"] for each in told(run(notices, "--json"))["pending"]] == ["123456788/1"]


def reserve_reference(running: Running, stream: Id) -> None:
    command, name = Act(running.desk.new_id()), running.desk.name("reference", "123456788")
    running.desk.reservations.act(command, name, reserve, holder=stream, at=running.clock.now)


def test_only_a_dead_letter_is_retried(run: Run, running: Running, acme: Id) -> None:
    stream = running.open(organisation=acme)
    reserve_reference(running, stream)
    for unknown in ("123456788/7", "123456788", "123456788/x", "000000000/1"):
        result = run(notices, "retry", unknown)
        assert (result.exit_code > 0, "notice" in result.output) == (True, True)


def test_while_another_process_keeps_the_views_the_list_waits_for_it(
    run: Run, running: Running, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.commands.notices.UP_TO_DATE", 0.1)
    with work_alone(sqlite_settings):
        assert "the views are behind" in run(notices).stderr
    assert running.desk.log.head() > 0
    assert "the views are behind" not in run(notices).stderr
