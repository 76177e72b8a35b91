"""Many callers at once: more of them than there are threads, or connections."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.office import Office

READERS = 60


@pytest.mark.parametrize("noun", ["", "/messages", "/clocks", "/trail"])
def test_many_read_one_ticket(office: Office, noun: str) -> None:
    assert statuses(office, "GET", office.open() + noun, READERS) == {200}


@pytest.mark.parametrize("address", ["/v1/queue", "/v1/queue?at=2026-11-02T10:00:00Z", "/v1/components", "/v1/hanging"])
def test_many_read_one_list(office: Office, address: str) -> None:
    assert statuses(office, "GET", address, READERS) == {200}


def test_many_write_to_one_ticket(office: Office) -> None:
    ticket = office.open()
    assert statuses(office, "POST", f"{ticket}/notes", 40) == {201}
    told = office.ask("ann", "GET", f"{ticket}/messages?limit=200").json()["messages"]
    assert [each["what"] for each in told].count("ticket.noted") == 40


def statuses(office: Office, method: str, path: str, count: int) -> set[int]:
    """What Ann is answered when she asks so often at once."""
    office.views.catch_up()
    headers, body = office.people["ann"].headers, {"body": "a loose cable"} if method == "POST" else None
    with ThreadPoolExecutor(count) as threads:
        asked = [threads.submit(office.client.request, method, path, headers=headers, json=body) for _ in range(count)]
        return {each.result().status_code for each in asked}
