"""Costs and a load that are easy to count with."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from service.simulate import Load

COSTS: Final[dict[str, Any]] = {
    "measured": "2026-11-22",
    "machine": "a machine",
    "events": 10_000,
    "events_of_ticket": 10,
    "requests": {
        "open": {"events": 4, "api": 8, "postgres": 2},
        "reply": {"events": 2, "api": 4, "postgres": 1},
        "queue": {"events": 0, "api": 1, "postgres": 0.5},
        "ticket": {"events": 0, "api": 3, "postgres": 0.5},
    },
    "stages": {
        "append": {"process": 0.1, "postgres": 0.02},
        "project": {"process": 1, "postgres": 0.2},
        "rebuild": {"process": 0.5, "postgres": 0.1},
        "sign": {"process": 0.1, "postgres": 0.05},
        "relay": {"process": 0.05, "postgres": 0.01},
    },
    "bytes": {"log": 300, "views": 2_000},
    "bytes_of_person": 320,
}
LOAD: Final = Load(companies=100, tickets=20, events=10, reads=2, people=3, peak=5, cores=4)


def written(folder: Path, costs: Mapping[str, Any]) -> Path:
    """A file of costs."""
    (file := folder / "costs.json").write_text(json.dumps({"costs": costs}))
    return file
