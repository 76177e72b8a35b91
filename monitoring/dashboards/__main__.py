"""Writes the JSON files that are shipped."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from monitoring.dashboards.overview import overview
from monitoring.dashboards.pipeline import pipeline
from monitoring.dashboards.sla import sla

FOLDER: Final = Path(__file__).parent


def written() -> Mapping[str, str]:
    """The files by name."""
    made = {"overview": overview(), "sla": sla(), "pipeline": pipeline()}
    return {
        f"{name}.json": json.dumps(each.build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"
        for name, each in made.items()
    }


if __name__ == "__main__":
    for name, text in written().items():
        (FOLDER / name).write_text(text)
