"""A copy names only what it holds, or what the desk itself answers."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain.component import ComponentStatus
from service.settings import Settings
from status_page.export import copy, copying, path_of
from tests.projections.announcing import announce, plan
from tests.status_page.files.published import ADDRESS, publishing

LINKING = {"href", "src", "action", "content"}
OF_THE_DESK = ("/v1/", "/metrics", "/evidence")
"""What only a desk answers."""


class Crawled(HTMLParser):
    """Where a page leads to, what on it can be led to, and what it says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in LINKING and value:
                self.links.add(value.removeprefix("0; url="))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of a desk with a promise of uptime, an incident and works."""
    desk, folder = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("copy")
    with publishing(Settings.model_construct(data_dir=desk)) as site:
        site.define("web", target=99_900)
        site.set("web", ComponentStatus.OPERATIONAL)
        announce(site.story, "1a" * 16)
        plan(site.story, "3c" * 16)
        with copying(folder) as known, site.edition(is_copy=True) as opened:
            copy(opened, folder, known, lambda _: None)
        yield folder


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, Crawled]:
    return {str(path.relative_to(folder)): Crawled(path.read_text()) for path in folder.rglob("*.html")}


def test_every_local_link_leads_into_the_copy(folder: Path, pages: dict[str, Crawled]) -> None:
    found = [(page, link) for page, crawled in pages.items() for link in crawled.links if link[0] in "/#"]
    assert len({link for _, link in found}) > 20
    assert [(page, link) for page, link in found if not leads(folder, pages, page, link)] == []


def leads(folder: Path, pages: dict[str, Crawled], page: str, link: str) -> bool:
    """To a file, and to what is named there."""
    url = urlsplit(link)
    path = path_of(url.path) if url.path else page
    return not url.query and (folder / path).is_file() and (not url.fragment or url.fragment in pages[path].ids)


def test_every_address_in_any_file_leads_into_the_copy_or_to_the_desk(folder: Path) -> None:
    texts = [path.read_text() for path in folder.rglob("*.*") if path.suffix not in {".png", ".lock"}]
    found = {link for text in texts for link in re.findall(rf'{ADDRESS}(/[^\s"\'<>)#,\\]*)', text)}
    assert {link.split("/")[1] for link in found} >= {"en", "ru", "api", "incidents", "v1"}
    lost = {link for link in found if not link.startswith(OF_THE_DESK) and not (folder / path_of(link)).is_file()}
    assert lost == set()


def test_what_only_the_desk_answers_is_named_with_its_address(folder: Path, pages: dict[str, Crawled]) -> None:
    read = {**{name: page.text for name, page in pages.items()}, "llms.txt": (folder / "llms.txt").read_text()}
    bare = {name: re.findall(rf"(?<!{ADDRESS})(?:/v1/|/metrics).*", text) for name, text in read.items()}
    assert {name: said for name, said in bare.items() if said} == {}
    assert [name for name, text in read.items() if "?at=" in text and ADDRESS not in text] == []
    assert "?at=" not in read["llms.txt"]
    assert f"Every page at {ADDRESS} shows with ?at=" in read["en/sla/index.html"]
    assert f"Любая страница на {ADDRESS} с ?at= покажет" in read["ru/sla/index.html"]
