from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.api.office import Office, open_office


@pytest.fixture
def office(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(sqlite_settings, monkeypatch) as opened:
        yield opened
