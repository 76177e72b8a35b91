"""What was backed up is restored, on either engine, whole or not at all."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from sqlalchemy import Connection, Engine
from sqlalchemy.event import listen

from audit.check import check
from audit.evidence import Folder
from audit.evidence_check import check_evidence
from projections import queue
from projections.engine import Projector
from service import build
from service.build import RESTORING
from service.commands.the_desk import the_desk
from service.evidence import folder_of, published
from service.settings import Misconfigured, Settings
from service.since_backup import NotRestored
from service.upgrade import PLACE
from service.views import WorkHeld, views_of, work_alone
from store.copying import keys_copied
from store.keys import KeyMissing, WrongMaster
from tests.service.backups import ENGINES, Fresh, desk_of, fresh_desks, put_back, sign, take, ticking
from tests.store.lives import person, ticket


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", ticking())


def backed_up(settings: Settings, tmp_path: Path) -> Path:
    with desk_of(settings) as desk:
        for _ in range(3):
            ticket(desk, person(desk))
        sign(settings, desk)
        ticket(desk, person(desk))
    return take(settings, tmp_path / "backups")


@pytest.fixture
def folder(sqlite_settings: Settings, tmp_path: Path) -> Path:
    return backed_up(sqlite_settings, tmp_path)


@pytest.fixture
def fresh(sqlite_settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    return fresh_desks(sqlite_settings, tmp_path, lambda: request.getfixturevalue("postgres"))


def left(settings: Settings) -> set[str]:
    return {each.name for each in settings.data_dir.iterdir()} - {"work.lock"}


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_is_there_again_and_goes_on(
    settings: Settings, fresh: Fresh, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.copying.PAGE", 7)
    folder = backed_up(settings, tmp_path)
    target = fresh(engine)
    done = put_back(target, folder)
    with desk_of(settings) as before, desk_of(target) as after:
        assert [*after.log.stored()] == [*before.log.stored()]
        assert done.held.events == len([*after.log.stored()])
        assert check(after).findings == []
        note = published(target, after)
        assert note is not None
        assert check_evidence(after.log, Folder(folder_of(target)), note[1]) == []
        head = after.log.head()
        ticket(after, person(after))
        assert next(position for position, _ in after.log.envelopes(after=head)) == head + 1
        assert sign(target, after) > note[1].size
    assert left(target) >= {"log.signed", "evidence", "master.key", "log.key"}
    assert RESTORING not in left(target)


@pytest.mark.parametrize("name", ["log.db", "keys.db", "log.signed", "evidence/checkpoint"])
@pytest.mark.parametrize("is_lost", [True, False])
def test_a_file_that_is_not_as_it_was_is_named(fresh: Fresh, folder: Path, name: str, *, is_lost: bool) -> None:
    target, content = fresh("sqlite"), (folder / name).read_bytes()
    (folder / name).unlink()
    if not is_lost:
        (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(NotRestored, match=f"not as it was backed up: {name}"):
        put_back(target, folder)
    assert left(target) == {"master.key", "log.key"}


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"format": "other"},
        {"files": {"../../x": ""}},
        {"files": {"/etc/x": ""}},
        {"more": 1},
        {"files": 3},
        {"position": "x"},
    ],
)
def test_a_manifest_that_says_something_else_is_none(fresh: Fresh, folder: Path, change: dict[str, Any]) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(NotRestored, match=r"manifest\.json is damaged"):
        put_back(fresh("sqlite"), folder)


def test_a_manifest_without_the_log_is_none(fresh: Fresh, folder: Path) -> None:
    path, name = folder / "manifest.json", "keys.db"
    files = {name: sha256((folder / name).read_bytes()).hexdigest()}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files": files}))
    with pytest.raises(NotRestored, match="not as it was backed up"):
        put_back(fresh("sqlite"), folder)


def test_a_folder_without_a_manifest_is_no_backup(fresh: Fresh, folder: Path) -> None:
    with pytest.raises(NotRestored, match="is no backup"):
        put_back(fresh("sqlite"), folder.parent)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_desk_that_is_there_is_left_alone(fresh: Fresh, folder: Path, engine: str) -> None:
    target = fresh(engine)
    target.log_key.unlink()
    with desk_of(target) as desk:
        before = [*desk.log.stored()]
    names = left(target)
    with pytest.raises(NotRestored, match="into an empty desk only"):
        put_back(target, folder)
    assert left(target) == names
    with desk_of(target) as desk:
        assert [*desk.log.stored()] == before


def test_evidence_that_is_there_is_not_overwritten(fresh: Fresh, folder: Path) -> None:
    target = fresh("sqlite")
    (target.data_dir / "evidence").mkdir()
    with pytest.raises(NotRestored, match=r"evidence is there"):
        put_back(target, folder)


def test_a_desk_at_work_is_left_alone(fresh: Fresh, folder: Path) -> None:
    target = fresh("sqlite")
    with work_alone(target), pytest.raises(WorkHeld):
        put_back(target, folder)


@pytest.mark.parametrize("name", ["master.key", "log.key"])
def test_the_key_files_have_to_be_there_first(fresh: Fresh, folder: Path, name: str) -> None:
    target = fresh("sqlite")
    (target.data_dir / name).unlink()
    with pytest.raises(NotRestored, match=f"{name} is not there"):
        put_back(target, folder)
    assert name not in left(target)


@pytest.mark.parametrize(
    ("name", "says"), [("master.key", "does not open the key store"), ("log.key", "not the key of")]
)
def test_the_key_files_have_to_be_those_of_the_desk(fresh: Fresh, folder: Path, name: str, says: str) -> None:
    target = fresh("sqlite")
    (target.data_dir / name).write_text("0" * 64 + "\n")
    with pytest.raises((NotRestored, WrongMaster), match=says):
        put_back(target, folder)
    assert left(target) == {"master.key", "log.key"}


def test_a_key_file_that_others_can_read_is_refused(fresh: Fresh, folder: Path) -> None:
    target = fresh("sqlite")
    (target.data_dir / "log.key").chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        put_back(target, folder)


@pytest.mark.parametrize("engine", ENGINES)
def test_views_of_another_log_are_built_anew(fresh: Fresh, folder: Path, engine: str) -> None:
    target, other = fresh(engine), fresh("sqlite")
    other.log_key.unlink()
    with desk_of(other) as desk:
        views = Projector(desk.log, desk.name("configuration"), views_of(target, desk).engine, (queue,))
        views.catch_up()
        views.engine.dispose()
    (begun := target.data_dir / PLACE.format(views="begun")).touch()
    put_back(target, folder)
    assert not begun.exists()
    with desk_of(target) as desk:
        views = Projector(desk.log, desk.name("configuration"), views_of(target, desk).engine, (queue,))
        views.catch_up()
        assert [each.position for each in views.states()] == [desk.log.head()]
        views.engine.dispose()


@pytest.mark.parametrize("step", range(4))
def test_cut_off_it_leaves_no_desk_and_is_done_again(
    fresh: Fresh, folder: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    target, moved, steps = fresh("sqlite"), Path.rename, iter(range(9))

    def dying(path: Path, to: Path) -> Path:
        if path.parent.name == RESTORING and next(steps) == step:
            raise KeyboardInterrupt
        return moved(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            put_back(target, folder)
    monkeypatch.setenv("GLASNO_DATA_DIR", str(target.data_dir))
    with pytest.raises(ClickException, match="run `glasno restore` again"):
        the_desk()
    put_back(target, folder)
    the_desk().close()


def dying(*_: Any) -> None:
    raise KeyboardInterrupt


def test_cut_off_before_the_databases_are_filled_it_is_done_again(
    folder: Path, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = fresh("postgres")
    with monkeypatch.context() as patch:
        patch.setattr("service.restore.keys_copied", dying)
        with pytest.raises(KeyboardInterrupt):
            put_back(target, folder)
    assert RESTORING in left(target)
    put_back(target, folder)
    with desk_of(target) as desk:
        assert check(desk).findings == []


def test_cut_off_between_two_databases_it_leaves_no_desk(
    folder: Path, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = fresh("postgres")

    def copied(source: Engine, keys: Connection) -> None:
        keys_copied(source, keys)
        listen(keys, "commit", dying)

    with monkeypatch.context() as patch:
        patch.setattr("service.restore.keys_copied", copied)
        with pytest.raises(KeyboardInterrupt):
            put_back(target, folder)
    with pytest.raises(KeyMissing):
        build.build_desk(target)
    with pytest.raises(NotRestored, match="left of an interrupted restore"):
        put_back(target, folder)


def test_killed_before_anything_is_in_place_it_leaves_no_desk(
    fresh: Fresh, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = fresh("sqlite")
    (target.data_dir / RESTORING / "evidence").mkdir(parents=True)
    shutil.copy(folder / "log.db", target.data_dir / RESTORING / "log.db")
    monkeypatch.setenv("GLASNO_DATA_DIR", str(target.data_dir))
    with pytest.raises(ClickException, match="run `glasno restore` again"):
        the_desk()
    put_back(target, folder)
    the_desk().close()


def test_what_is_kept_of_former_logs_comes_back(sqlite_settings: Settings, fresh: Fresh, tmp_path: Path) -> None:
    former = sqlite_settings.data_dir / "evidence/former/1"
    former.mkdir(parents=True)
    for path in (former / "checkpoint", sqlite_settings.data_dir / "log.signed.former-1"):
        path.write_text("former")
    folder, target = backed_up(sqlite_settings, tmp_path), fresh("sqlite")
    put_back(target, folder)
    assert (target.data_dir / "evidence/former/1/checkpoint").read_text() == "former"
    assert (target.data_dir / "log.signed.former-1").read_text() == "former"


def test_what_fails_before_leaves_nothing(fresh: Fresh, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = fresh("sqlite")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("service.restore.copyfile", full)
        with pytest.raises(OSError, match="No space"):
            put_back(target, folder)
    assert left(target) == {"master.key", "log.key"}
