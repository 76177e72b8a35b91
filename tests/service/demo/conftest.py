"""One demonstration for all tests that only look at it."""

from collections.abc import Iterator

import pytest

from tests.service.demo.shown import Shown, shown


@pytest.fixture(scope="session")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with shown(tmp_path_factory.mktemp("show")) as found:
        yield found
