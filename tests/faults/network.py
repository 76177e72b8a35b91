"""Machines of their own as far as the network goes (namespaces of Linux), and cables to them that may be cut."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from shutil import which
from typing import Final

from tests.faults.rights import MOUNTS, NETWORKS, needs
from tests.servers import missing

NOWHERE: Final = "02:00:00:00:00:99"
"""A hardware address that nobody has: what is sent there is dropped without a word, as by a switch that failed."""
NUMBERS: Final = count()


@dataclass(frozen=True)
class Machine:
    """Another one than ours, at the other end of a cable."""

    name: str
    ours: str
    """Our address on the cable."""
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        """What a command begins with that runs there."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Nothing comes through in either direction, and nobody is told."""
        self._ip("neigh", "replace", self.address, "lladdr", NOWHERE, "dev", self.name, "nud", "permanent")
        self._there("neigh", "replace", self.ours, "lladdr", NOWHERE, "dev", "cable", "nud", "permanent")

    def mend(self) -> None:
        self._ip("neigh", "del", self.address, "dev", self.name)
        self._there("neigh", "del", self.ours, "dev", "cable")

    def connect(self) -> None:
        self._ip("link", "add", self.name, "type", "veth", "peer", "name", "cable", "netns", self.name)
        self._ip("addr", "add", f"{self.ours}/30", "dev", self.name)
        self._ip("link", "set", self.name, "up")
        self._there("addr", "add", f"{self.address}/30", "dev", "cable")
        for each in ("lo", "cable"):
            self._there("link", "set", each, "up")

    def _there(self, *arguments: str) -> None:
        self._ip("-n", self.name, *arguments)

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["ip", *arguments], check=True)


@contextmanager
def another_machine() -> Iterator[Machine]:
    """In a network for benchmarks (RFC 2544), where nobody else is; gone afterwards."""
    needs(NETWORKS, MOUNTS)
    if not which("ip"):
        missing("iproute2 is not installed: run tests/servers/install as root")
    number = (os.getpid() * 16 + next(NUMBERS)) % 2**15 * 4
    ours, theirs = (f"198.{18 + number // 2**16}.{number // 256 % 256}.{number % 256 + end}" for end in (1, 2))
    machine = Machine(f"glasno{number}", ours, theirs)
    subprocess.run(["ip", "netns", "add", machine.name], check=True)
    try:
        machine.connect()
        yield machine
    finally:
        subprocess.run(["ip", "netns", "del", machine.name], check=True)
