"""The servers that the desk stands on are killed, and start again."""

from collections.abc import Callable
from pathlib import Path
from time import sleep

import pytest

from service.settings import Settings
from tests.faults.mortal import MortalPostgres
from tests.faults.scene import Scene, under_load
from tests.servers.nats import Nats

pytestmark = pytest.mark.timeout(900)
AWAY = 7
"""Seconds: longer than a lease lasts."""


def unharmed(scene: Scene) -> bool:
    """No process of the desk ended: nobody had to start one again."""
    return all(each.starts == 1 for each in scene.processes.running)


def test_a_database_that_is_killed_is_waited_for(mortally: Settings, tmp_path: Path, mortal: MortalPostgres) -> None:
    kills: list[tuple[Callable[[], None], int]] = [(mortal.kill, 0), (mortal.kill_postmaster, 0), (mortal.kill, AWAY)]
    with under_load(mortally, tmp_path) as scene:
        for kill, away in kills:
            kill()
            sleep(away)
            mortal.start()
            scene.load.await_more()
        for _ in range(2):
            mortal.kill_backend()
            mortal.await_answer()
            scene.load.await_more()
        assert unharmed(scene)


def test_nats_that_is_killed_is_waited_for_and_so_is_everything_at_once(
    mortally: Settings, tmp_path: Path, mortal: MortalPostgres, nats: Nats
) -> None:
    """At last as when the power of the only machine fails: what the disk has is all there is."""
    with under_load(mortally, tmp_path) as scene:
        for away in (0, 2):
            nats.kill()
            sleep(away)
            scene.load.await_more()
            nats.start()
            scene.load.await_more()
        assert unharmed(scene)
        for each in scene.processes.running:
            each.popen.kill()
        mortal.kill()
        nats.kill()
        nats.start()
        mortal.start()
        scene.load.await_more()
