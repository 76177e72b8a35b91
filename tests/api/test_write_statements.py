"""How many statements an action costs, in log and keys together, and that it is one commit, however long the log is."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.settings import Settings
from tests.api.office import OPENING, Office, open_office
from tests.api.test_statements import counted, lively

BUDGET = 8
COMMIT = "INSERT INTO stored_events"


@pytest.fixture
def office(postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(postgres_settings, monkeypatch) as opened:
        opened.open()
        yield opened


@pytest.mark.parametrize("tickets", [1, 40])
def test_opening_a_ticket_costs_eight_statements_and_one_commit(
    office: Office, monkeypatch: pytest.MonkeyPatch, tickets: int
) -> None:
    for number in range(tickets):
        office.open(subject=str(number))
    demand_few(office, monkeypatch, "cy", "/v1/tickets", OPENING)


@pytest.mark.parametrize("events", [2, 200])
def test_answering_a_ticket_costs_eight_statements_and_one_commit_however_much_happened(
    office: Office, monkeypatch: pytest.MonkeyPatch, events: int
) -> None:
    path = lively(office, events)
    office.ask("ann", "POST", f"{path}/messages", {"body": "Soon"})
    demand_few(office, monkeypatch, "ann", f"{path}/messages", {"body": "Now"})


def test_a_token_that_was_never_seen_costs_two_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose it is has to be read first, and the first words of a person need a key."""
    demand_few(office, monkeypatch, "cleo", "/v1/tickets", OPENING, budget=BUDGET + 2)


def demand_few(
    office: Office, patch: pytest.MonkeyPatch, who: str, path: str, body: Any, *, budget: int = BUDGET
) -> None:
    with counted(patch) as statements:
        assert office.ask(who, "POST", path, body, Idempotency_Key="once").status_code == 201
    assert 0 < len(statements) <= budget, statements
    assert sum(COMMIT in each for each in statements) == 1
    assert not any(each.startswith("INSERT INTO keys") for each in statements) or budget > BUDGET
