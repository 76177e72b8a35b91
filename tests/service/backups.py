"""Desks of which a test takes backups, and empty ones to restore them into, on each of the two engines."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TypeAlias

from service import build
from service.backup import back_up, sha256_of
from service.evidence import advance, sequencer_of
from service.restore import Restored, restore
from service.settings import Settings
from store.desk import Desk
from tests.cast import AT
from tests.servers.postgres import Postgres

Fresh: TypeAlias = Callable[[str], Settings]
"""Settings of an empty desk on that engine, with the key files in place."""
ENGINES = ("sqlite", "postgres")


def ticking() -> Callable[[], int]:
    """A clock on which every look is a second later: each backup has a stamp of its own."""
    seconds = count()
    return lambda: AT + 1000 * next(seconds)


def fresh_desks(source: Settings, tmp_path: Path, postgres: Callable[[], Postgres]) -> Fresh:
    numbers = count()

    def fresh(engine: str) -> Settings:
        folder = tmp_path / f"restored-{next(numbers)}"
        folder.mkdir()
        for name in ("master.key", "log.key"):
            shutil.copy(source.data_dir / name, folder / name)
        if engine == "sqlite":
            return Settings(data_dir=folder)
        log, keys = postgres().fresh_database(), postgres().fresh_database()
        return Settings(data_dir=folder, database_url=log, keys_url=keys)

    return fresh


@contextmanager
def desk_of(settings: Settings) -> Iterator[Desk]:
    with closing(build.build_desk(settings)) as desk:
        yield desk


def sign(settings: Settings, desk: Desk) -> int:
    return advance(desk, sequencer_of(settings, desk))


def take(settings: Settings, root: Path) -> Path:
    with desk_of(settings) as desk:
        return back_up(settings, desk, root, lambda _: None)[0]


def put_back(settings: Settings, folder: Path, newest: bytes | None = None) -> Restored:
    return restore(settings, folder, newest, lambda _: None)


def note_of(settings: Settings) -> bytes:
    return (settings.data_dir / "evidence/checkpoint").read_bytes()


def reseal(folder: Path) -> None:
    """The manifest says what is there now."""
    manifest = folder / "manifest.json"
    told = json.loads(manifest.read_text())
    told["files"] = {name: sha256_of(folder / name) for name in told["files"]}
    manifest.write_text(json.dumps(told))
