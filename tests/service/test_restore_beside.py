"""What lies in the folder already when a backup is restored: nothing of it is mixed in, and nothing of it is lost."""

from pathlib import Path

import pytest

from service import build
from service.build import RESTORING
from service.restore import PLACING
from service.settings import Settings
from service.since_backup import NotRestored
from tests.service.backups import desk_of, fresh_desks, put_back, take, ticking


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", ticking())


@pytest.fixture
def folder(sqlite_settings: Settings, tmp_path: Path) -> Path:
    return take(sqlite_settings, tmp_path / "backups")


@pytest.fixture
def data(target: Settings) -> Path:
    return target.data_dir


@pytest.fixture
def target(folder: Path, sqlite_settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return fresh_desks(sqlite_settings, folder.parents[1], lambda: request.getfixturevalue("postgres"))("sqlite")


@pytest.mark.parametrize("name", ["log.db-wal", "log.db-journal", "keys.db-journal"])
def test_a_journal_that_was_left_behind_is_not_played_into_what_is_restored(
    target: Settings, data: Path, folder: Path, name: str
) -> None:
    (data / name).write_text("of the database that was moved away")
    with pytest.raises(NotRestored, match=f"{name} is there: .* move it aside"):
        put_back(target, folder)
    assert (data / name).exists()


@pytest.mark.parametrize("placed", [[], ["log.db"]])
def test_what_somebody_put_back_after_it_was_cut_off_is_not_removed(
    target: Settings, data: Path, folder: Path, placed: list[str]
) -> None:
    (data / RESTORING).mkdir()
    for name in placed:
        (data / RESTORING / PLACING).touch()
        (data / RESTORING / name).write_text("not moved yet")
    (data / "log.db").write_text("the newest copy")
    with pytest.raises(NotRestored, match=r"log\.db is there"):
        put_back(target, folder)
    assert (data / "log.db").read_text() == "the newest copy"


def test_what_it_had_moved_itself_is_replaced(target: Settings, data: Path, folder: Path) -> None:
    (data / RESTORING).mkdir()
    (data / RESTORING / PLACING).touch()
    (data / "log.db").write_text("moved before it was cut off")
    done = put_back(target, folder)
    with desk_of(target) as desk:
        assert len([*desk.log.envelopes()]) == done.held.events > 0
