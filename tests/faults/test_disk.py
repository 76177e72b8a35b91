"""The disk is full: of the log, of the views, of the keys, of all of it, of the database server."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import Final

import httpx2
import pytest

from projections import trail
from service.settings import Settings
from tests.faults.conftest import settings_of
from tests.faults.disk import Disk, small_disk
from tests.faults.mortal import MortalPostgres, mortal_postgres
from tests.faults.processes import await_so
from tests.faults.scene import EMBEDDED, Scene, under_load
from tests.servers.nats import Nats

FULL: Final = 5
"""Seconds for which there is no space, once it is noticed."""
NOTHING_STORED: Final = ("a disk is full", "503 storage_full")
"""What is told then by /readyz, and to whoever wants something stored."""


@pytest.fixture
def disk() -> Iterator[Disk]:
    with small_disk(48) as mounted:
        yield mounted


@pytest.fixture
def server_disk() -> Iterator[Disk]:
    with small_disk(200) as mounted:
        yield mounted


@pytest.fixture
def on_small_disk(server_disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[MortalPostgres]:
    monkeypatch.setattr(tempfile, "tempdir", str(server_disk.folder))
    with mortal_postgres() as server:
        monkeypatch.undo()
        yield server


def reasons(scene: Scene) -> Sequence[str]:
    """Why the desk is not ready."""
    said: list[str] = []
    for each in (*scene.of("serve"), *scene.of("api")):
        said += httpx2.get(f"{each.url}/readyz", timeout=60).json()["reasons"]
    return said


def elsewhere(settings: Settings, file: str, disk: Disk) -> None:
    """One of the files alone is on that disk."""
    settings.data_dir.mkdir()
    (settings.data_dir / file).symlink_to(disk.folder / file)


def fill_for_a_while(scene: Scene, disk: Disk, told: str, met: str = "") -> None:
    """Meanwhile it is not ready, for that reason, and whoever wants something stored meets that."""
    disk.fill()
    await_so(lambda: told in " ".join(reasons(scene)), told)
    sleep(FULL)
    assert met in " ".join(scene.load.record.met)
    disk.make_space()
    scene.load.await_more(30)
    await_so(lambda: not reasons(scene), "it is ready again")
    assert {each.starts for each in scene.processes.running} == {1}, "nobody had to be started again"


@pytest.mark.parametrize("file", ["log.db", "keys.db"])
def test_a_log_goes_on_once_there_is_space_again(embedded: Settings, tmp_path: Path, disk: Disk, file: str) -> None:
    elsewhere(embedded, file, disk)
    with under_load(embedded, tmp_path, EMBEDDED) as scene:
        fill_for_a_while(scene, disk, *NOTHING_STORED)


def test_views_go_on_once_there_is_space_again(embedded: Settings, tmp_path: Path, disk: Disk) -> None:
    """Meanwhile everything is stored as ever."""
    elsewhere(embedded, "views.db", disk)
    with under_load(embedded, tmp_path, EMBEDDED) as scene:
        fill_for_a_while(scene, disk, f"{trail.NAME} is stopped")
        assert not scene.load.record.met


def test_a_desk_all_of_which_is_on_a_full_disk_goes_on(tmp_path: Path, disk: Disk) -> None:
    embedded = Settings(data_dir=disk.folder / "var", evidence="public")
    with under_load(embedded, tmp_path, EMBEDDED) as scene:
        fill_for_a_while(scene, disk, *NOTHING_STORED)


def test_a_database_server_whose_disk_is_full_is_waited_for(
    on_small_disk: MortalPostgres, server_disk: Disk, nats: Nats, tmp_path: Path
) -> None:
    with under_load(settings_of(tmp_path, on_small_disk, nats), tmp_path) as scene:
        server_disk.fill()
        await_so(lambda: reasons(scene), "it is not ready")
        sleep(FULL)
        server_disk.make_space()
        on_small_disk.await_answer()
        scene.load.await_more(30)
        await_so(lambda: not reasons(scene), "it is ready again")
        assert {each.starts for each in scene.processes.running} == {1}, "nobody had to be started again"
