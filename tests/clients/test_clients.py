"""Clients that were written for Statuspage, unchanged, against a running desk."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients.installed import node_modules, statuscheck

HERE = Path(__file__).parent
ENDPOINT = "http://127.0.0.1:9/status"
"""Nobody is asked there: it is private."""


def told(*command: str, **environment: str) -> Any:
    """What a client makes of the page."""
    whole = os.environ | environment
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=whole)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def statuspage_io(address: str) -> Any:
    modules = str(node_modules())
    return told("node", str(HERE / "ask_statuspage_io.js"), address, ENDPOINT, NODE_PATH=modules)


@pytest.fixture(scope="module")
def aero(address: str) -> Any:
    modules = str(node_modules())
    return told("node", str(HERE / "ask_aero.js"), address, NODE_PATH=modules)


@pytest.fixture(scope="module")
def checked(address: str) -> Any:
    return told(str(statuscheck()), str(HERE / "ask_statuscheck.py"), address)


def names(told: Any) -> list[str]:
    return [each["name"] for each in told]


def test_statuspage_io_reads_every_document(statuspage_io: Any) -> None:
    summary = statuspage_io["summary"]
    assert summary["status"] == statuspage_io["status"]["status"]
    assert summary["components"] == statuspage_io["components"]["components"]
    assert names(summary["incidents"]) == names(statuspage_io["unresolved"]["incidents"]) == ["Outage"]
    assert statuspage_io["incidents"]["incidents"] == summary["incidents"]
    assert names(statuspage_io["upcoming"]["scheduled_maintenances"]) == ["New disks"]
    assert {*statuspage_io["maintenances"], *statuspage_io["active"]} == {"page", "scheduled_maintenances"}


def test_statuspage_io_subscribes(statuspage_io: Any) -> None:
    subscribed = statuspage_io["subscribed"]
    assert (subscribed["mode"], subscribed["webhook"]) == ("webhook", ENDPOINT)
    assert subscribed["page"]["id"] == statuspage_io["status"]["page"]["id"]
    assert statuspage_io["found"]["subscriber"] == subscribed["subscriber"]


def test_aero_finds_components_in_their_group(aero: Any) -> None:
    (group,) = aero["components"]
    assert (group["name"], names(group["children"])) == ("Servers", ["Node web", "Node mail"])
    assert aero["summary"]["components"] == aero["components"]


def test_aero_reads_incidents_and_works(aero: Any) -> None:
    assert names(aero["incidents"]) == names(aero["unresolved"]) == names(aero["summary"]["incidents"]) == ["Outage"]
    assert names(aero["maintenances"]) == names(aero["summary"]["maintenances"]) == ["New disks"]
    assert [each["status"] for each in aero["incidents"][0]["updates"]] == ["investigating"]


def test_statuscheck_knows_every_word(checked: Any) -> None:
    assert checked["status"]["is_ok"] is False
    assert {each["name"]: each["status"] for each in checked["components"]} == {
        "Servers": "Partial outage",
        "Node mail": "Operational",
        "Node web": "Partial outage",
    }
    assert [(each["name"], each["status"]) for each in checked["incidents"]] == [
        ("Outage", "investigating"),
        ("New disks", "scheduled"),
    ]
