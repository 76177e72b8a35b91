from collections.abc import Iterator

import pytest

from domain.component import ComponentStatus
from service.settings import Settings
from tests.status_page.files.published import Published, publishing


@pytest.fixture
def site(sqlite_settings: Settings) -> Iterator[Published]:
    """Two components, of which nothing is known."""
    with publishing(sqlite_settings) as opened:
        opened.define("web", "mail")
        yield opened


@pytest.fixture
def well(site: Published) -> Published:
    """Two components that work."""
    site.set("web", ComponentStatus.OPERATIONAL)
    site.set("mail", ComponentStatus.OPERATIONAL)
    return site
