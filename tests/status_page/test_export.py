"""A copy of the site, as files in a folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from domain.component import ComponentStatus
from domain.configuration.component import ComponentWithdrawn
from domain.instant import DAY, HOUR, MINUTE
from service.settings import Settings
from status_page.addresses import addresses
from status_page.export import MANIFEST, Busy, Copied, Manifest, copy, copying, mark_of, path_of
from status_page.site import METRICS, ROUTES, find
from tests.projections.announcing import announce, plan
from tests.status_page.files.published import ADDRESS, Published, publishing

ONE, WORKS = "1a" * 16, "3c" * 16


@pytest.fixture
def site(sqlite_settings: Settings) -> Iterator[Published]:
    """Two components that work, and an incident that is over long ago."""
    with publishing(sqlite_settings) as opened:
        opened.define("web", "mail")
        opened.set("web", ComponentStatus.OPERATIONAL)
        opened.set("mail", ComponentStatus.OPERATIONAL)
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def copied(
    site: Published, folder: Path, told: Callable[[int], None] = lambda _: None, address: str = ADDRESS
) -> Copied:
    """A copy of the newest edition."""
    story = site.story
    with copying(folder) as known:
        mark = mark_of(known, address, story.desk.log.head(), story.clock.now)
        with site.edition(address, at=mark.at, is_copy=mark.is_copy) as opened:
            return copy(opened, folder, known, told)


def files(folder: Path) -> dict[str, bytes]:
    """What a web server serves."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {path: body for path, body in found.items() if not path.startswith(".glasno")}


def test_every_address_of_the_site_is_in_the_copy(site: Published) -> None:
    announce(site.story, ONE)
    with site.edition() as opened:
        found = [target.route for each in addresses(opened) if (target := find(each))]
    assert [each.pattern for each in ROUTES if each not in found] == [
        each.pattern for each in ROUTES if each.media_type == METRICS
    ]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "index.html"),
        ("/ru/", "ru/index.html"),
        ("/en/sla", "en/sla/index.html"),
        ("/incidents/abcdefabcdef", "incidents/abcdefabcdef/index.html"),
        ("/history.atom", "history.atom"),
        ("/ru/badge/web/uptime.svg", "ru/badge/web/uptime.svg"),
    ],
)
def test_a_page_is_the_index_of_a_folder_and_a_file_is_itself(address: str, path: str) -> None:
    assert path_of(address) == path


def test_a_short_link_leads_to_english_and_names_both_languages(site: Published, folder: Path) -> None:
    announce(site.story, ONE)
    copied(site, folder)
    (page,) = (folder / "incidents").glob("*/index.html")
    address = f"/incidents/{page.parent.name}"
    assert all(f'href="/{language}{address}"' in page.read_text() for language in ("en", "ru"))
    assert f"url=/en{address}" in page.read_text()


def test_a_copy_says_that_it_is_one(site: Published, folder: Path) -> None:
    copied(site, folder)
    assert " data-copy" in (folder / "index.html").read_text()
    assert " data-copy" not in site.text("/en/")


def test_where_nothing_changed_nothing_is_written(site: Published, folder: Path) -> None:
    first = copied(site, folder)
    assert (first.written, first.removed) == (first.files, 0)
    site.story.after(59 * MINUTE)
    assert copied(site, folder) == Copied(first.files, 0, 0)


def test_a_copy_is_made_anew_after_an_hour_at_midnight_and_whenever_something_happens(
    site: Published, folder: Path
) -> None:
    copied(site, folder)
    before = files(folder)
    site.story.after(HOUR)
    assert copied(site, folder).written
    assert files(folder)["index.html"] != before["index.html"]
    assert files(folder)["api/v2/summary.json"] == before["api/v2/summary.json"]
    announce(site.story, ONE)
    assert copied(site, folder).written
    assert files(folder)["api/v2/summary.json"] != before["api/v2/summary.json"]


def test_a_copy_changes_with_time_alone_where_the_data_name_an_instant(site: Published, folder: Path) -> None:
    plan(site.story, WORKS, after=10 * MINUTE)
    copied(site, folder)
    site.story.after(9 * MINUTE)
    assert not copied(site, folder).written
    site.story.after(MINUTE)
    assert copied(site, folder).written


def test_what_somebody_spoilt_is_mended(site: Published, folder: Path) -> None:
    copied(site, folder)
    before = files(folder)
    (folder / "index.html").write_text("spoilt")
    (folder / "history.atom").unlink()
    assert copied(site, folder).written == 2
    assert files(folder) == before


def test_what_is_gone_is_removed_and_nothing_else(site: Published, folder: Path) -> None:
    copied(site, folder)
    (folder / "CNAME").write_text("status.example.org")
    at, name = site.story.clock.now, site.story.desk.name("configuration")
    site.story.tell("configuration", name, ComponentWithdrawn(at=at, key="mail"))
    assert copied(site, folder).removed == 3 + 4
    assert not list(folder.rglob("*mail*"))
    assert (folder / "CNAME").exists()


def test_a_forged_manifest_removes_nothing_outside_of_the_copy(site: Published, folder: Path) -> None:
    other = folder.parent / "other"
    other.write_text("precious")
    folder.mkdir()
    forged = Manifest(files={"../other": "", str(other): ""})
    (folder / MANIFEST).write_bytes(msgspec.json.encode(forged))
    assert copied(site, folder).removed == 0
    assert other.exists()


def test_another_address_is_another_copy(site: Published, folder: Path) -> None:
    copied(site, folder)
    assert copied(site, folder, address="https://mirror.example.org").written
    assert "mirror.example.org" in (folder / "history.atom").read_text()


class Killed(BaseException):
    """The power is gone."""


@pytest.mark.parametrize("after", [1, 7, 30])
def test_a_copy_that_was_not_finished_can_be_read_and_is_finished_the_next_time(
    site: Published, folder: Path, after: int
) -> None:
    def told(number: int) -> None:
        if number == after:
            raise Killed

    copied(site, folder)
    before = files(folder)
    site.story.after(DAY)
    announce(site.story, ONE)
    with pytest.raises(Killed):
        copied(site, folder, told)
    between = files(folder)
    copied(site, folder)
    now = files(folder)
    assert before.keys() <= between.keys()
    assert all(body in (before.get(path), now[path]) for path, body in between.items())


def test_what_an_unfinished_copy_left_behind_is_known(site: Published, folder: Path) -> None:
    def told(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        copied(site, folder, told)
    (left,) = files(folder)
    at, name = site.story.clock.now, site.story.desk.name("configuration")
    site.story.tell("configuration", name, *(ComponentWithdrawn(at=at, key=key) for key in ("web", "mail")))
    assert copied(site, folder).removed == 1
    assert left not in files(folder)


def test_a_manifest_that_cannot_be_read_is_as_none(site: Published, folder: Path) -> None:
    first = copied(site, folder)
    (folder / MANIFEST).write_text("{")
    assert copied(site, folder) == Copied(first.files, 0, 0)


def test_two_do_not_write_the_same_copy(folder: Path) -> None:
    with copying(folder), pytest.raises(Busy, match="another `glasno publish` writes"), copying(folder):
        pass
