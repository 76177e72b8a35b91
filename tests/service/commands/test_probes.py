"""`glasno probes`, and components that are left to them again."""

import http.server
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import click
import pytest

from domain.component import ComponentStatus, observe
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, SECOND
from domain.person.identity import register
from domain.probe import Watch
from domain.probe_kind import HeartbeatCheck, HttpCheck
from monitoring import heartbeats
from monitoring.probes import Look, Why, watches
from monitoring.probes.watches import Watched
from service.build import build_desk
from service.commands.component import component
from service.commands.probes import probes
from service.settings import Settings
from service.views import engine_of
from store.desk import Desk
from store.streams import Command
from tests.service.announcing import Run, define, runner, told, why_not

DOWN = ComponentStatus.MAJOR_OUTAGE


@pytest.fixture
def server() -> Iterator[str]:
    """A web server that has nothing at all."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as opened:
        Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{opened.server_port}/"
        opened.shutdown()


@pytest.fixture
def desk(sqlite_settings: Settings, server: str) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    define(built, "uplink")
    usual: dict[str, Any] = {"at": 1, "every": MINUTE, "timeout": 20 * SECOND, "fails_after": 1, "recovers_after": 1}
    told = [
        ProbeDefined(**usual, key="page", component="uplink", says=DOWN, http=HttpCheck(server)),
        ProbeDefined(**usual, key="nightly", component="", says=DOWN, heartbeat=HeartbeatCheck(MINUTE)),
    ]
    built.configuration.act(Command(built.new_id()), built.name("configuration"), lambda _: told)
    yield built
    built.close()


@pytest.fixture
def run(sqlite_settings: Settings, desk: Desk) -> Run:
    assert desk.log.head()
    return runner(sqlite_settings, probes)


def test_probes_are_listed_with_what_they_saw_and_where_heartbeats_go(
    run: Run, desk: Desk, sqlite_settings: Settings
) -> None:
    assert "it has not looked yet; 0 results" in run().stdout
    now, views = desk.now(), engine_of(sqlite_settings)
    known = Watched("page", "uplink", Watch(DOWN, 9, 1, 2, now), now, Look(DOWN, Why.STATUS, "503", 0.1))
    watches.remember(views, [known])
    views.dispose()
    lines = run().stdout.splitlines()
    assert f"to be called at http://127.0.0.1:8000/v1/heartbeats/{desk.name('heartbeat', 'nightly')}" in lines[1]
    assert "major_outage" in lines[2]
    assert "another HTTP status came (503); 9 results, 2 failed, 1 missed" in lines[2]
    assert lines[3] == "2 probes"
    nightly, page = told(run("--json"))["items"]
    assert (nightly["address"], page["address"]) == (lines[1].split()[-1], None)
    assert (page["status"], page["why"]) == ("major_outage", "status")


def test_whoever_looks_elsewhere_is_named(run: Run, desk: Desk) -> None:
    elsewhere = replace(desk.configured.state().of(ProbeDefined)["page"], probers=("fra",))
    desk.configuration.act(Command(desk.new_id()), desk.name("configuration"), lambda _: [elsewhere])
    assert "on uplink by fra" in run().stdout


def test_a_probe_is_tried_and_nothing_is_stored(run: Run, desk: Desk) -> None:
    head = desk.log.head()
    seen = told(run("try", "page", "--json"))
    assert (seen["status"], seen["why"], seen["detail"]) == ("major_outage", "status", "501")
    assert "page: major_outage: another HTTP status came (501), after" in run("try", "page").stdout
    assert desk.log.head() == head
    assert "0 results" in run().stdout


def test_a_heartbeat_is_not_looked_at(run: Run, desk: Desk, sqlite_settings: Settings) -> None:
    assert "nightly: it called last at -" in run("try", "nightly").stdout
    views = engine_of(sqlite_settings)
    heartbeats.beat(views, "nightly", desk.now())
    views.dispose()
    assert told(run("try", "nightly", "--json"))["called_at"] is not None


def test_a_probe_that_is_not_there_is_told_in_words(run: Run) -> None:
    assert "there is no probe moon: `glasno probes` lists them" in why_not(run("try", "moon"))


def released(settings: Settings, group: click.Group, *arguments: str) -> Any:
    return runner(settings, group)("release", *arguments)


def test_a_component_is_left_to_its_probes_again(desk: Desk, sqlite_settings: Settings) -> None:
    ann, stream = desk.new_id(), desk.name("component", "uplink")
    desk.people.act(Command(desk.new_id()), ann, register, identity=ann, name="Ann", at=1)
    assert "No probe has said anything" in why_not(released(sqlite_settings, component, "uplink", "--by", ann))
    seen = {"key": "uplink", "probe": "page", "status": DOWN, "number": 1}
    desk.components.act(Command(desk.new_id()), stream, lambda state: observe(state, at=1, **seen))  # type: ignore[arg-type]
    assert "it is major_outage" in released(sqlite_settings, component, "uplink", "--by", ann).stdout
    runner(sqlite_settings, component)("set", "uplink", "operational")
    answer = released(sqlite_settings, component, "uplink", "--by", ann, "--why", "It is repaired", "--json")
    assert told(answer)["status"] == "major_outage"
    event = desk.log.read(stream)[-1].event
    assert (event.by, desk.log.text(event.why)) == (ann, {"why": "It is repaired"})
    assert "There is no component moon" in why_not(released(sqlite_settings, component, "moon", "--by", ann))
