"""The evidence in a copy of the site follows the level of today."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.evidence import CHECKPOINT, Folder
from service.__main__ import glasno
from service.build import build_desk
from service.evidence import Signing, folder_of
from service.evidence_copy import copy_evidence
from service.settings import Settings
from store.desk import Desk


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    with closing(build_desk(sqlite_settings)) as built:
        Signing(sqlite_settings, built).look()
        yield built


@pytest.fixture
def published(sqlite_settings: Settings, desk: Desk, tmp_path: Path) -> Path:
    """A copy with all entries."""
    copy_evidence(sqlite_settings.model_copy(update={"evidence": "public"}), desk, tmp_path / "site")
    entries = tmp_path / "site/evidence/tile/entries"
    assert any(entries.iterdir())
    return entries


@pytest.mark.parametrize("level", ["contract", "checkpoints"])
def test_entries_are_withdrawn_with_the_level(
    sqlite_settings: Settings, desk: Desk, tmp_path: Path, published: Path, level: str
) -> None:
    copy_evidence(sqlite_settings.model_copy(update={"evidence": level}), desk, tmp_path / "site")
    assert not published.exists()
    assert (published.parent / "0").exists()


def test_what_a_link_leads_to_is_not_withdrawn(
    sqlite_settings: Settings, desk: Desk, tmp_path: Path, published: Path
) -> None:
    published.rename(tmp_path / "kept")
    published.symlink_to(tmp_path / "kept")
    copy_evidence(sqlite_settings, desk, tmp_path / "site")
    assert any((tmp_path / "kept").iterdir())


def test_evidence_of_another_log_is_not_published(
    sqlite_settings: Settings, desk: Desk, tmp_path: Path, environment: Callable[[Settings], dict[str, str]]
) -> None:
    desk.close()
    Folder(folder_of(sqlite_settings)).write(CHECKPOINT, b"<html>")
    done = CliRunner().invoke(glasno, ["publish", str(tmp_path / "site")], env=environment(sqlite_settings))
    assert done.exit_code == 1
    assert "run `glasno check`" in done.stderr
