"""kill -9, again and again, of whatever of the desk there is, while clients go on asking."""

import signal
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import sleep

import pytest

from service.settings import Settings
from tests.faults.processes import Process
from tests.faults.scene import EMBEDDED, Scene, under_load

pytestmark = pytest.mark.timeout(900)
KILLS = 5


def kill(processes: Sequence[Process]) -> None:
    """The supervisor starts them again."""
    for each in processes:
        each.send(signal.SIGKILL)


def kill_some(scene: Scene, random: Random, most: int = 1) -> None:
    """At some moment of the next second."""
    sleep(random.random())
    kill(random.sample(scene.processes.running, random.randint(1, most)))


def test_any_process_may_be_killed_at_any_time_and_all_of_them_at_once(scaled: Settings, tmp_path: Path) -> None:
    random = Random(1)  # noqa: S311 -- no secret
    with under_load(scaled, tmp_path) as scene:
        for each in scene.processes.running:
            kill([each])
            scene.load.await_more(5)
        for _ in range(KILLS):
            kill_some(scene, random, most=3)
            scene.load.await_more(5)
        kill(scene.processes.running)
        scene.load.await_more(5)
        assert all(each.starts > 2 for each in scene.processes.running)


def test_a_desk_on_sqlite_may_be_killed_at_any_time(embedded: Settings, tmp_path: Path) -> None:
    random = Random(2)  # noqa: S311 -- the same kills each time
    with under_load(embedded, tmp_path, EMBEDDED) as scene:
        for _ in range(KILLS):
            kill_some(scene, random)
            scene.load.await_more(random.randrange(1, 30))
        assert scene.of("serve")[0].starts > KILLS


def test_processes_that_share_sqlite_may_be_killed_at_any_time(embedded: Settings, tmp_path: Path) -> None:
    random = Random(3)  # noqa: S311 -- the same kills each time
    with under_load(embedded, tmp_path, ("work", "api", "api")) as scene:
        for _ in range(KILLS):
            kill_some(scene, random, most=2)
            scene.load.await_more(5)
