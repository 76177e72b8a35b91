"""Real servers that the tests start for themselves."""

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip with the reason, or fail where everything has to be there (environment variable CI=true)."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    raise AssertionError("unreachable")
