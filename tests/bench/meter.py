"""Processor time of work that this process does with a server, while nobody else asks that server."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.processor import Clock


@dataclass(frozen=True)
class Meter:
    """Processor time of this process, and of a server whose first process is known."""

    server: int

    def of(self, work: Callable[[], Any]) -> Mapping[str, float]:
        """Milliseconds of both."""
        own, other = time.process_time(), Clock([self.server])
        work()
        return {"process": (time.process_time() - own) * 1000, "postgres": other.passed() * 1000}
