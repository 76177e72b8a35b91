"""A desk as a process, a web server that goes down and comes back, and what the page says of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import Popen
from threading import Thread
from time import monotonic, sleep
from typing import Any, Final

from domain.component import ComponentStatus, ProbeTurned
from domain.instant import SECOND, Instant
from service.build import build_desk, now
from service.settings import Settings
from tests.servers.ports import free_port
from tests.service.desk_files import apply, default
from tests.service.test_serve import Environment, read, ready, settings_of, started

PATIENCE: Final = 60.0
"""Seconds after which a test has waited long enough."""
WEB: Final = {"group": "servers", "label": {"ru": "Веб", "en": "Web"}}
EVERY: Final = 5 * SECOND


class Answering(BaseHTTPRequestHandler):
    """All is well."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(port: int) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", port), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not true():
        assert monotonic() < deadline
        sleep(0.5)


def shown(settings: Settings) -> str | None:
    """The status of the component on the page; none while there is no page, or no word for it."""
    status, text = read(f"http://{settings.listen}/api/v2/components.json")
    listed = json.loads(text)["components"] if status == HTTPStatus.OK else []
    return next((str(each["status"]) for each in listed if each["name"] == "Web"), None)


def turned(settings: Settings) -> list[ProbeTurned]:
    desk = build_desk(settings)
    try:
        told = desk.log.read(desk.name("component", "web"))
        return [each.event for each in told if isinstance(each.event, ProbeTurned)]
    finally:
        desk.close()


def since(settings: Settings, at: Instant) -> list[ProbeTurned]:
    return [each for each in turned(settings) if each.at > at]


def probed(settings: Settings, port: int) -> None:
    probe = {"component": "web", "http": f"http://127.0.0.1:{port}/", "every": "5s"}
    desk = build_desk(settings)
    apply(desk, default() | {"components": {"web": WEB}, "probes": {"web": probe}})
    desk.close()


@contextmanager
def desk_of(settings: Settings, environment: Environment) -> Iterator[Popen[str]]:
    """It serves, and is gone afterwards."""
    with started("serve", environment(settings)) as (process, _):
        try:
            assert ready(settings, PATIENCE)
            yield process
        finally:
            process.kill()


def killed(process: Popen[str]) -> Instant:
    process.kill()
    process.wait()
    return now()


def test_an_outage_is_on_the_page_from_its_first_sign_until_it_is_over_and_what_nobody_saw_is_unknown(
    tmp_path: Path, environment: Environment
) -> None:
    settings = settings_of(tmp_path)
    port = free_port()
    probed(settings, port)
    with desk_of(settings, environment) as process:
        with serving(port):
            until(lambda: shown(settings) == "operational")
        gone = now()
        until(lambda: shown(settings) == "major_outage")
        noticed = now()
        with serving(port):
            until(lambda: shown(settings) == "operational")
            died = killed(process)
    down = next(each for each in turned(settings) if each.at >= gone and each.status is not None)
    assert down.status is ComponentStatus.MAJOR_OUTAGE
    assert down.at < noticed
    sleep(4 * EVERY / SECOND)
    with serving(port), desk_of(settings, environment):
        until(lambda: len(since(settings, died)) > 1)
        until(lambda: shown(settings) == "operational")
    silent, back = since(settings, died)[:2]
    assert silent.status is None
    assert silent.at <= died + 3 * EVERY < back.at
    assert down.number < silent.number < back.number
