"""A walk through the product as docker-compose.yml puts it together: real processes and real servers."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.servers.nats import Nats, running_nats
from tests.servers.postgres import Postgres
from tests.service.relay.wire import events
from tests.service.stack import ROOT, Stack, eventually, stack

ASKED: Final = {
    "kind": "incident",
    "channel": "portal",
    "impact": "high",
    "urgency": "high",
    "subject": "No mail since nine",
    "body": "Nobody gets any.",
}


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    with running_nats(tmp_path_factory.mktemp("stack") / "nats") as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, postgres: Postgres, nats: Nats) -> Iterator[Stack]:
    """Everything that is the desk's own."""
    with stack(tmp_path, postgres, nats) as made:
        for name in ("work", "api-1", "api-2", "exporter", "relay", "publish"):
            made.start(name)
        made.start_caddy()
        yield made


@pytest.mark.timeout(600)
def test_the_walk(desk: Stack, nats: Nats) -> None:
    with desk.client() as outside:
        client = token(desk)
        ticket = opened(outside, client)
        await_page(outside, "en", "Client portal")
        incident = announced(desk)
        await_page(outside, "en", "The warehouse is offline")
        (told,) = outside.get("/api/v2/incidents/unresolved.json").json()["incidents"]
        assert told["name"] == "The warehouse is offline"
        eventually(lambda: "glasno.ticket.opened" in {each["type"] for each in events(nats)})
        an_api_may_die(desk, outside, client, ticket)
        the_page_outlives_all_of_them(desk, outside, client)
        desk.glasno("incident", "update", incident, "--status", "resolved", "--text-en", "Repaired.")
        desk.start("api-1")
        await_page(outside, "en", "Repaired.")
        assert seen(outside, client, ticket) == 200
    assert desk.glasno("check").splitlines()[-1].endswith("nothing is wrong")


def token(desk: Stack) -> dict[str, str]:
    """Of a client's contact, once the desk is what its file says."""
    desk.glasno("apply", str(ROOT / "service/demo/desk.yaml"))
    person = said(desk, "person", "add", "--name", "Ivan", "--organisation", "buyan")["person"]
    scopes = ("--scope", "tickets:read", "--scope", "tickets:write")
    return {"Authorization": f"Bearer {said(desk, 'token', 'issue', person, *scopes)['token']}"}


def opened(outside: httpx2.Client, client: dict[str, str]) -> str:
    answer = outside.post("/v1/tickets", json=ASKED, headers=client | {"Idempotency-Key": "once"})
    again = outside.post("/v1/tickets", json=ASKED, headers=client | {"Idempotency-Key": "once"})
    assert (answer.status_code, again.status_code) == (201, 201)
    assert answer.headers["Location"] == again.headers["Location"]
    return answer.headers["Location"]


def announced(desk: Stack) -> str:
    words = ("--title-en", "The warehouse is offline", "--text-en", "We are looking for the cause.")
    return str(said(desk, "incident", "open", *words, "--component", "carrier-sirin=major_outage")["id"])


def an_api_may_die(desk: Stack, outside: httpx2.Client, client: dict[str, str], ticket: str) -> None:
    """Nobody notices."""
    desk.stop("api-1", signal.SIGKILL)
    assert {seen(outside, client, ticket) for _ in range(20)} == {200}


def the_page_outlives_all_of_them(desk: Stack, outside: httpx2.Client, client: dict[str, str]) -> None:
    """What cannot be done is said; what can be read is read from the copy."""
    copied = desk.folder / "page/en/index.html"
    eventually(lambda: "The warehouse is offline" in copied.read_text())
    desk.stop("api-2", signal.SIGKILL)
    assert outside.post("/v1/tickets", json=ASKED, headers=client).status_code in (502, 503)
    page = outside.get("/en/")
    assert (page.status_code, "The warehouse is offline" in page.text) == (200, True)
    assert outside.get("/api/v2/status.json").json()["status"]["indicator"] == "critical"


def seen(outside: httpx2.Client, client: dict[str, str], ticket: str) -> int:
    return outside.get(ticket, headers=client).status_code


def await_page(outside: httpx2.Client, language: str, words: str) -> None:
    eventually(lambda: words in outside.get(f"/{language}/").text)


def said(desk: Stack, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(desk.glasno(*arguments, "--json").splitlines()[-1])
    return told
