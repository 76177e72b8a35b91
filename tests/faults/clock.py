"""The clock of the desk's processes, set while they run: the time of day as Python tells it; nothing else jumps.

Debian's libfaketime is of no use for it: with the steady clock left alone it breaks `time.sleep` of Python 3.11.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

SHIFT: Final = "SECONDS_OF_THE_TEST"
"""The variable that names the file of the shift: read at each look at the clock."""
SITE: Final = f"""
import os
import time

def shifted(real, second):
    def told():
        with open(os.environ["{SHIFT}"]) as file:
            return real() + int(file.read() or 0) * second
    return told

time.time, time.time_ns = shifted(time.time, 1), shifted(time.time_ns, 10**9)
"""
"""What Python runs at its start, before it runs anything of ours."""


@dataclass(frozen=True)
class Clock:
    """Of all processes that are started from now on."""

    file: Path

    def jump(self, seconds: int) -> None:
        """So far from the right time."""
        aside = self.file.with_suffix(".aside")
        aside.write_text(str(seconds))
        aside.replace(self.file)


def jumping_clock(folder: Path, patch: pytest.MonkeyPatch) -> Clock:
    """It is right, for now."""
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SITE)
    clock = Clock(folder / "shift")
    clock.jump(0)
    patch.setenv("PYTHONPATH", str(site))
    patch.setenv(SHIFT, str(clock.file))
    return clock
