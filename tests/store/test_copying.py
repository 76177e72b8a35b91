"""Rows are copied as they are: places with gaps between them, texts that are deleted, keys that are destroyed."""

from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from service.build import build_desk, keys_engine, recorder_of
from service.settings import Settings
from store.copying import keys_copied, log_into_server, log_of_file, log_of_server
from store.section import Section
from tests.store.lives import person

STREAM = UUID("1" * 32)


def fill(settings: Settings) -> None:
    """Three events, of which the second is then gone: a position that nobody has."""
    with closing(recorder_of(settings)) as recorder:
        for version in (1, 2, 3):
            section = Section(STREAM, version, "text", "2" * 32, b"", b"")
            recorder.insert_events([StoredEvent(STREAM, version, "told", b"{}")], sections=[section])
        with recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
            cursor.execute("DELETE FROM stored_events WHERE originator_version=2")


def copy(settings: Settings, target: Path) -> list[int]:
    told: list[int] = []
    if settings.database_url:
        log_of_server(settings.database_url, target, told.append)
    else:
        log_of_file(settings.data_dir / "log.db", target, told.append)
    return told


def rows(settings: Settings) -> tuple[list[Any], list[Any]]:
    with closing(recorder_of(settings)) as recorder:
        events = [(each.id, each.originator_version, each.state) for each in recorder.select_notifications(None, 10)]
        return events, sorted(recorder.select_sections_between(1, 10))


def test_positions_are_what_they_were(settings: Settings, tmp_path: Path) -> None:
    fill(settings)
    copied = Settings(data_dir=tmp_path / "copy")
    copied.data_dir.mkdir()
    copy(settings, copied.data_dir / "log.db")
    assert [each[0] for each in rows(copied)[0]] == [1, 3]
    assert rows(copied) == rows(settings)


def test_a_server_goes_on_behind_what_was_copied(postgres_settings: Settings, tmp_path: Path) -> None:
    source = Settings(data_dir=tmp_path / "source")
    fill(source)
    recorder_of(postgres_settings).close()
    with psycopg.connect(postgres_settings.database_url) as log:
        log_into_server(source.data_dir / "log.db", log, lambda _: None)
    assert rows(postgres_settings) == rows(source)
    with closing(recorder_of(postgres_settings)) as recorder:
        assert recorder.insert_events([StoredEvent(STREAM, 4, "told", b"{}")]) == [4]


def test_it_is_told_how_far_a_log_is_copied(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.copying.PAGE", 1)
    fill(settings)
    assert copy(settings, tmp_path / "log.db")[-1] == 3


def test_keys_stay_wrapped_and_destroyed(settings: Settings, tmp_path: Path) -> None:
    with closing(build_desk(settings)) as desk:
        ann, bob = person(desk), person(desk)
        desk.keys.destroy(bob, desk.now())
    copied = Settings(data_dir=tmp_path / "copy", master_key_file=settings.master_key)
    copied.data_dir.mkdir()
    source, target = keys_engine(settings), keys_engine(copied)
    with target.begin() as writing:
        keys_copied(source, writing)
    for each in (source, target):
        each.dispose()
    copy(settings, copied.data_dir / "log.db")
    with closing(build_desk(copied)) as desk:
        assert not desk.keys.is_erased(ann)
        assert desk.keys.is_erased(bob)
