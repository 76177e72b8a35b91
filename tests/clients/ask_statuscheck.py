"""What PyPI's statuscheck makes of the page at an address, as JSON; it runs in an environment of its own."""

import json
import sys
from typing import Any

from statuscheck.services.bases._statuspageio import BaseStatusPageAPI  # type: ignore[import-not-found]


class Glasno(BaseStatusPageAPI):  # type: ignore[misc]
    name = "Glasno"

    def _get_base_url(self) -> str:
        return f"{sys.argv[1]}/api/v2/"


def told(thing: Any) -> Any:
    return {name: getattr(thing, name) for name in ("id", "name", "status")}


summary = Glasno().get_summary()
print(  # noqa: T201 -- it is asked by another process
    json.dumps(
        {
            "status": {"code": summary.status.code, "name": summary.status.name, "is_ok": summary.status.is_ok},
            "components": [told(each) for each in summary.components],
            "incidents": [told(each) for each in summary.incidents],
        }
    )
)
