"""A prober as a process, with the rights that docs/inbox.md gives it, and what the page says of what it sees."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from domain.component import ComponentStatus
from domain.instant import Instant
from monitoring.probes import watches
from service.build import build_desk, now
from service.settings import Settings
from service.views import engine_of
from tests.servers.nats import Nats, running_nats
from tests.servers.ports import free_port
from tests.service.desk_files import apply, default
from tests.service.relay.wire import line
from tests.service.test_probing_live import EVERY, WEB, desk_of, serving, shown, since, turned, until
from tests.service.test_serve import Environment, settings_of

ROOT = Path(__file__).resolve().parents[3]
USERS = re.search(r"```\n(authorization .*?)```", (ROOT / "docs/inbox.md").read_text(), re.DOTALL)


@dataclass(frozen=True)
class Town:
    """A desk whose only probe is looked at by `fra`, and the server between them."""

    settings: Settings
    server: Nats
    folder: Path
    port: int
    environment: Environment

    @contextmanager
    def prober(self, name: str = "fra", *, login: str = "fra") -> Iterator[Popen[str]]:
        """It has neither database nor keys."""
        with process(["prober", name], self.own(login)) as found:
            assert line(found).startswith(f"Prober {name} is at work")
            yield found

    def own(self, login: str) -> Mapping[str, str]:
        told = Settings(nats_url=self.server.url, nats_credentials=self.login(login), metrics_listen="127.0.0.1:0")
        return self.environment(told.model_copy(update={"data_dir": self.folder / "nowhere"}))

    def login(self, name: str) -> Path:
        path = self.folder / name
        path.write_text(f"{name}:…")
        return path


@contextmanager
def process(arguments: list[str], environment: Mapping[str, str]) -> Iterator[Popen[str]]:
    command = [sys.executable, "-m", "service", *arguments]
    with Popen(command, cwd=ROOT, env=environment, text=True, stdout=PIPE, stderr=PIPE) as found:
        try:
            yield found
        finally:
            found.kill()


@pytest.fixture
def town(tmp_path: Path, environment: Environment) -> Iterator[Town]:
    assert USERS
    with running_nats(tmp_path / "nats", USERS[1]) as server:
        port = free_port()
        found = Town(settings_of(tmp_path / "var"), server, tmp_path, port, environment)
        told = {"nats_url": server.url, "nats_credentials": found.login("glasno")}
        desk = build_desk(found.settings)
        probe = {"component": "web", "http": f"http://127.0.0.1:{port}/", "every": "5s", "probers": "fra"}
        apply(desk, default() | {"components": {"web": WEB}, "probes": {"web": probe}})
        desk.close()
        yield Town(found.settings.model_copy(update=told), server, tmp_path, port, environment)


def test_what_a_prober_sees_is_on_the_page(town: Town) -> None:
    with desk_of(town.settings, town.environment), town.prober() as prober:
        with serving(town.port):
            until(lambda: shown(town.settings) == "operational")
            assert line(prober) == "looking at web\n"
        gone = now()
        until(lambda: shown(town.settings) == "major_outage")
        with serving(town.port):
            until(lambda: shown(town.settings) == "operational")
    down, up = since(town.settings, gone)[:2]
    assert (down.status, up.status) == (ComponentStatus.MAJOR_OUTAGE, ComponentStatus.OPERATIONAL)
    assert not (town.folder / "nowhere").exists()


def test_of_what_a_prober_does_not_tell_any_more_nothing_is_known(town: Town) -> None:
    with serving(town.port), desk_of(town.settings, town.environment):
        with town.prober() as prober:
            until(lambda: shown(town.settings) == "operational")
            prober.kill()
            died = now()
        until(lambda: shown(town.settings) is None)
        noticed = now()
        with town.prober():
            until(lambda: shown(town.settings) == "operational")
    silent = next(each for each in turned(town.settings) if each.status is None)
    assert died - EVERY < silent.at - 3 * EVERY <= died
    assert silent.at <= noticed


def test_while_nats_is_away_for_less_than_three_intervals_nothing_is_missed(town: Town) -> None:
    with serving(town.port), desk_of(town.settings, town.environment), town.prober():
        until(lambda: shown(town.settings) == "operational")
        known = turned(town.settings)
        town.server.kill()
        back = now() + EVERY
        until(lambda: now() > back)
        town.server.start()
        until(lambda: looked_at(town) > back)
        assert shown(town.settings) == "operational"
        assert turned(town.settings) == known


def test_a_prober_hears_and_says_nothing_in_the_name_of_another_one(town: Town) -> None:
    with desk_of(town.settings, town.environment), town.prober("msk", login="fra") as prober:
        assert "the desk is not reached, it is tried again" in line(prober, of_errors=True)
    assert turned(town.settings) == []


@pytest.mark.parametrize("name", ["desk", "Fra", "a.b", ""])
def test_a_name_that_no_prober_can_have_is_told(name: str, environment: Environment) -> None:
    with process(["prober", name], environment(Settings(nats_url="nats://127.0.0.1:1"))) as found:
        assert "write it as in the desk file" in found.communicate(timeout=60)[1]


def test_without_nats_there_is_nobody_to_tell(environment: Environment) -> None:
    with process(["prober", "fra"], environment(Settings())) as found:
        assert "GLASNO_NATS_URL says where to tell it" in found.communicate(timeout=60)[1]


def looked_at(town: Town) -> Instant:
    """When the newest look that is known of began."""
    views = engine_of(town.settings)
    with views.connect() as connection:
        found = watches.watched(connection)["web@fra"].looked_at
    views.dispose()
    return found
