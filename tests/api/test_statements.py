"""How many statements a request costs, in the log, the views and the keys together: never more for more rows."""

import gc
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.ticket.conversation import answer
from store import keys
from store.recorder import Row
from store.streams import Command
from tests.api.office import Office

BUDGET = 3
OF_TRAIL = 6
OF_TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@pytest.mark.parametrize("tickets", [10, 60])
def test_a_queue_costs_three_statements_however_long_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch, tickets: int
) -> None:
    for _ in range(tickets):
        office.open()
    assert len(office.ask("ann", "GET", "/v1/queue").json()["tickets"]) == min(tickets, 50)
    with counted(monkeypatch) as statements:
        told = office.client.get("/v1/queue", headers=office.people["ann"].headers).json()["tickets"]
    assert told[0]["text"] == {"state": "readable", "parts": {"subject": "Nothing prints in Tula"}}
    assert 0 < len(statements) <= BUDGET, statements


@pytest.mark.parametrize("events", [10, 500])
def test_a_ticket_costs_three_statements_however_much_happened(
    office: Office, monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    path = f"{lively(office, events // 2)}/history?limit=1000"
    assert office.ask("ann", "GET", path).status_code == 200
    with counted(monkeypatch) as statements:
        told = office.client.get(path, headers=office.people["ann"].headers).json()["events"]
    texts = [each["text"]["state"] for each in told if each["what"] == "ticket.answered"]
    assert (len(told) >= events, texts) == (True, ["readable"] * (events // 2))
    assert 0 < len(statements) <= BUDGET, statements


@pytest.mark.parametrize("address", ["/v1/queue", "history"])
def test_keys_that_were_not_asked_for_lately_cost_one_more(
    office: Office, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    path = address if address.startswith("/") else f"{lively(office, 5)}/{address}"
    office.ask("ann", "GET", path)
    monkeypatch.setattr(keys, "REMEMBERED", -1.0)
    with counted(monkeypatch) as statements:
        assert office.client.get(path, headers=office.people["ann"].headers).status_code == 200
    assert len(statements) <= BUDGET + 1, statements


@pytest.mark.parametrize(("address", "most"), [("/v1/me", 1), ("/v1/hanging", 2), ("/v1/tickets", 3)])
def test_who_asks_is_looked_up_once(office: Office, monkeypatch: pytest.MonkeyPatch, address: str, most: int) -> None:
    office.ask("ann", "GET", address)
    with counted(monkeypatch) as statements:
        assert office.client.get(address, headers=office.people["ann"].headers).status_code == 200
    assert 0 < len(statements) <= most, statements


def test_for_a_token_that_was_made_up_no_ticket_is_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path, asked = office.open(), set[Any]()
    office.ask("ann", "GET", path)
    select = office.desk.log._recorder.select_tails

    def heard(after: Mapping[UUID, int]) -> list[Row]:
        asked.update(after)
        return select(after)

    monkeypatch.setattr(office.desk.log._recorder, "select_tails", heard)
    token = "0" * 32
    made_up = office.client.get(path, headers={"Authorization": f"Bearer glasno_{token}_{'x' * 43}"})
    assert (made_up.status_code, asked) == (401, {UUID(token), UUID(office.desk.name("configuration"))})


@pytest.mark.parametrize("writers", [("ann",), ("ann", "ben", "cy")])
def test_a_trail_asks_for_all_names_together(
    office: Office, monkeypatch: pytest.MonkeyPatch, writers: tuple[str, ...]
) -> None:
    path = office.open()
    for each in writers:
        office.ask(each, "POST", f"{path}/messages", {"body": "Soon"})
    office.ask("ann", "GET", f"{path}/trail")
    with counted(monkeypatch) as statements:
        assert office.client.get(f"{path}/trail", headers=office.people["ann"].headers).status_code == 200
    assert 0 < len(statements) <= OF_TRAIL, statements


def lively(office: Office, answers: int) -> str:
    """The address of a ticket that was answered so often; the others of its events are few."""
    path, desk = office.open(), office.desk
    stream = str(office.ask("ann", "GET", f"{path}/trail").json()["events"][0]["stream"])

    def say(state: Any) -> list[Any]:
        by = office.people["ann"].id
        each = (
            answer(state, message=desk.new_id(), by=by, channel="web", body="Soon", at=desk.now())
            for _ in range(answers)
        )
        return [event for events in each for event in events]

    desk.tickets.act(Command(desk.new_id()), stream, say)
    return path


@contextmanager
def counted(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the drivers are given by anybody; beginnings and ends of transactions are no statements."""
    statements: list[str] = []

    def note(statement: Any) -> None:
        if not str(statement).lstrip().upper().startswith(OF_TRANSACTIONS):
            statements.append(str(statement))

    with patch.context() as inner:
        execute = psycopg.Cursor.execute

        def heard(self: Any, query: Any, *rest: Any, **named: Any) -> Any:
            note(query)
            return execute(self, query, *rest, **named)

        inner.setattr(psycopg.Cursor, "execute", heard)
        trace_sqlite(note)
        yield statements
        trace_sqlite(None)


def trace_sqlite(note: Callable[[str], None] | None) -> None:
    """Whichever database it is, and whoever opened it: of those that others have closed nothing is heard."""
    for each in gc.get_objects():
        if isinstance(each, sqlite3.Connection):
            with suppress(sqlite3.ProgrammingError):
                each.set_trace_callback(note)
