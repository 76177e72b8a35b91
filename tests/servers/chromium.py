"""The browser of the tests."""

import shutil

from tests.servers import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Where it is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or missing("Chromium is not installed: run tests/servers/install as root")
