from pathlib import Path

import pytest

from service.commands.serve import demonstrating
from service.settings import Settings, read_settings


def test_the_evidence_of_the_demonstration_is_for_everybody(sqlite_settings: Settings) -> None:
    assert demonstrating(sqlite_settings).evidence == "public"


def test_what_somebody_chose_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GLASNO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GLASNO_EVIDENCE", "checkpoints")
    assert demonstrating(read_settings()).evidence == "checkpoints"
