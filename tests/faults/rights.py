"""What only root may do, and in a container not even root: a test that needs it is left out."""

from pathlib import Path
from typing import Final

import pytest

NETWORKS: Final = 12
"""The number of the capability CAP_NET_ADMIN (capabilities(7), linux/capability.h)."""
MOUNTS: Final = 21
"""CAP_SYS_ADMIN."""


def needs(*capabilities: int) -> None:
    """Skip, in CI too, unless this process has all of them: a right of the machine cannot be installed."""
    lines = Path("/proc/self/status").read_text().splitlines()
    held = int(next(line.split()[1] for line in lines if line.startswith("CapEff:")), 16)
    if not all(held >> each & 1 for each in capabilities):
        pytest.skip("this process may not make networks, or mount disks")
