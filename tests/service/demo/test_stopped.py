"""Whoever stops the desk while the demonstration is made finds it untouched, and gets all of it at the next start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audit.check import check
from service.build import build_desk
from service.demo import demonstrate, is_untouched
from service.settings import Settings
from store.desk import Desk
from tests.service.demo.shown import NOW

WHILE_SIMULATING = """
import os, signal
from service.build import build_desk
from service.demo import demonstrate
from service.settings import read_settings
from tests.service.demo.shown import NOW
demonstrate(build_desk(read_settings()), now=NOW, progress=lambda day: day < 45 or os.kill(os.getpid(), signal.SIGKILL))
"""

WHILE_STORING = """
import os, signal
from service.build import build_desk
from service.demo import demonstrate
from service.settings import read_settings
from store.sqlite_recorder import SQLiteRecorder
from tests.service.demo.shown import NOW
desk = build_desk(read_settings())
insert = SQLiteRecorder._insert_events
def stopped(*args, **facts):
    insert(*args, **facts)
    os.kill(os.getpid(), signal.SIGKILL)
SQLiteRecorder._insert_events = stopped
demonstrate(desk, now=NOW, progress=lambda _: None)
"""


@pytest.mark.parametrize("program", [WHILE_SIMULATING, WHILE_STORING])
def test_a_desk_that_is_killed_holds_nothing_of_it(tmp_path: Path, program: str) -> None:
    desk = _killed(tmp_path, program)
    assert is_untouched(desk)
    desk.close()


def test_a_desk_that_was_killed_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASNO_DATA_DIR", str(tmp_path))
    desk = _killed(tmp_path, WHILE_STORING)
    demonstrate(desk, now=NOW, progress=lambda _: None)
    assert not is_untouched(desk)
    assert check(desk).findings == []
    desk.close()


def _killed(folder: Path, program: str) -> Desk:
    """The desk at its next start."""
    environment = {**os.environ, "PYTHONPATH": ".", "GLASNO_DATA_DIR": str(folder)}
    killed = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    return build_desk(Settings(data_dir=folder))
