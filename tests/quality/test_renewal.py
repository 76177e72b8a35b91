"""A page that somebody has open renews itself, and disturbs nobody."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from domain.component import ComponentStatus
from domain.instant import MINUTE
from service.settings import Settings
from tests.quality.installed import seen
from tests.status_page.served import served
from tests.status_page.stage import TITLE, Stage, open_stage

DOWN = ComponentStatus.MAJOR_OUTAGE


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """All is well."""
    with open_stage(Settings(data_dir=tmp_path / "var")) as opened:
        opened.define("web", "mail")
        for key in ("web", "mail"):
            opened.set(key, ComponentStatus.OPERATIONAL)
        opened.taken()
        opened.get()
        yield opened


@pytest.mark.parametrize(
    ("language", "before", "after", "told"),
    [
        ("en", "All components are operational", "Major outage", "This page was updated: Major outage. Web is down"),
        ("ru", "Все компоненты работают", "Серьёзный сбой", "Страница обновлена: Серьёзный сбой. Сайт не работает"),
    ],
)
def test_an_open_page_tells_of_an_incident_once_and_leaves_the_reader_in_place(
    stage: Stage, language: str, before: str, after: str, told: str
) -> None:
    with served(stage) as address:
        saw = seen("renewal", f"{address}/{language}/", lambda: outage(stage, "web"))
    assert saw.pop("title").startswith(f"{after} · ")
    assert saw == {"before": before, "headline": after, "told": [told], "isFocused": True, "scrolled": [200, 200]}


def test_one_more_incident_is_told_even_if_the_headline_stays(stage: Stage) -> None:
    outage(stage, "web")
    with served(stage) as address:
        saw = seen("renewal", f"{address}/en/", lambda: outage(stage, "mail", {"en": "No mail", "ru": "Нет почты"}))
    assert (saw["before"], saw["headline"]) == ("Major outage", "Major outage")
    assert saw["told"] == ["This page was updated: Major outage. No mail. Web is down"]


def outage(stage: Stage, key: str, title: Mapping[str, str] = TITLE) -> None:
    stage.story.after(MINUTE)
    stage.incident({key: DOWN}, title=title)
    stage.get()
