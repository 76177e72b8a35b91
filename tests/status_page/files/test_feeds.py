from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from lxml import etree

from domain.event import Source
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE
from domain.maintenance import WorksStatus
from tests.cast import AT
from tests.projections.announcing import announce, plan, post, reword, turn, wait
from tests.status_page.files import grammar
from tests.status_page.files.published import ADDRESS, SHARED, Published

ONE, WORKS = "1a" * 16, "3c" * 16
XML = ("/history.atom", "/history.rss")
FEEDS = (*XML, "/feed.json")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def full(site: Published) -> Published:
    """An open incident, and works ahead that were announced later."""
    announce(site.story, ONE)
    site.story.after(MINUTE)
    plan(site.story, WORKS)
    return site


def parsed(site: Published, address: str) -> Any:
    """What a reader makes of it."""
    found = feedparser.parse(site.bytes(address), sanitize_html=False)
    assert not found.bozo
    return found


@pytest.mark.parametrize("address", [*XML, *(f"/ru{each}" for each in XML)])
def test_a_reader_finds_one_entry_for_each_the_newest_first(full: Published, address: str) -> None:
    found = parsed(full, address)
    assert len(found.entries) == 2
    works, incident = found.entries
    title, language = ("Сбой", "ru") if address.startswith("/ru") else ("Outage", "en")
    assert incident.title == title
    assert f"{ADDRESS}/{language}/incidents/" in incident.link
    assert found.feed.links[-1].href == ADDRESS + address
    assert {works.id[:9], incident.id[:9]} == {"urn:uuid:"}


def test_a_json_feed_has_the_same_entries(full: Published) -> None:
    told = full.json("/feed.json")
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["feed_url"] == f"{ADDRESS}/feed.json"
    assert [each["id"] for each in told["items"]] == [each.id for each in parsed(full, "/history.atom").entries]
    assert [each["url"] for each in told["items"]] == [each.link for each in parsed(full, "/history.rss").entries]
    assert all(datetime.fromisoformat(each["date_modified"]).tzinfo for each in told["items"])
    assert told["items"][0]["tags"] == ["Node web"]


def test_an_entry_is_revised_in_place(full: Published) -> None:
    before = parsed(full, "/history.atom").entries[1]
    full.story.after(HOUR)
    post(full.story, ONE, IncidentStatus.RESOLVED)
    after = parsed(full, "/history.atom").entries[1]
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated > before.updated
    assert after.summary.index("Resolved") < after.summary.index("Investigating")
    assert "Node web: major outage → operational" in after.summary


@pytest.mark.parametrize("address", XML)
def test_a_feed_is_as_new_as_its_newest_entry(full: Published, address: str) -> None:
    full.story.after(HOUR)
    reword(full.story, ONE)
    found = parsed(full, address)
    dated = [each.updated if address == "/history.atom" else each.published for each in found.entries]
    assert found.feed.updated == dated[1] != dated[0]


def test_what_was_told_late_is_news_and_what_was_imported_is_not(site: Published) -> None:
    announce(site.story, ONE, ago=DAY)
    announce(site.story, WORKS, source=Source.IMPORT, ago=DAY)
    stamps = {(each.published[:10], each.updated[:10]) for each in parsed(site, "/history.atom").entries}
    day, before = (datetime.fromtimestamp(at / 1000).astimezone().date().isoformat() for at in (AT, AT - DAY))
    assert stamps == {(before, day), (before, before)}


def test_the_structure_of_atom_is_that_of_a_real_one(full: Published) -> None:
    """RFC 4287, 4.1: what a feed and an entry must have, each once; a real feed has nothing that ours has not."""
    ours = ET.fromstring(full.bytes("/history.atom"))  # noqa: S314 -- our own
    real = ET.parse(SHARED / "github_status_history.atom").getroot()  # noqa: S314 -- a file of the tests

    def once(element: ET.Element) -> set[str]:
        tags = [child.tag for child in element]
        return {tag for tag in tags if tags.count(tag) == 1}

    assert ours.tag == real.tag
    assert once(real) - {f"{ATOM}entry"} <= once(ours)
    first = ours.find(f"{ATOM}entry")
    theirs = real.find(f"{ATOM}entry")
    assert first is not None
    assert theirs is not None
    assert once(theirs) <= once(first)


@pytest.mark.parametrize("address", ["/history.atom", "/ru/history.atom"])
def test_atom_is_what_its_specification_says(full: Published, address: str) -> None:
    grammar.ATOM.assertValid(etree.fromstring(full.bytes(address)))


@pytest.mark.parametrize("path", ["id", "title", "updated", "author", "entry/id", "entry/title", "entry/updated"])
def test_the_grammar_of_atom_misses_nothing_that_is_demanded(full: Published, path: str) -> None:
    feed = etree.fromstring(full.bytes("/history.atom"))
    found = feed.find("/".join(f"{ATOM}{each}" for each in path.split("/")))
    found.getparent().remove(found)
    assert not grammar.ATOM.validate(feed)


def test_works_are_told_with_their_time_and_also_when_they_are_called_off(full: Published) -> None:
    works = parsed(full, "/ru/history.atom").entries[0]
    assert "Плановые работы:" in works.summary
    turn(full.story, WORKS, WorksStatus.CANCELLED)
    assert "Cancelled" in parsed(full, "/history.atom").entries[0].summary


def test_what_time_alone_brings_is_told_as_such(full: Published) -> None:
    full.story.after(HOUR)
    wait(full.story, WORKS)
    assert "At its time, as announced." in parsed(full, "/history.atom").entries[0].summary


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "a\x00b\x08c\ufffe\ud800", "]]>&amp;{{7*7}}"])
@pytest.mark.parametrize("address", XML)
def test_whatever_somebody_writes_the_document_stays_well_formed(full: Published, address: str, hostile: str) -> None:
    full.reword(ONE, en=hostile.encode(errors="ignore").decode())
    text = full.text(address)
    assert "<script>" not in text
    assert len(parsed(full, address).entries) == 2


def test_what_somebody_writes_is_text_and_never_markup(full: Published) -> None:
    (incident,) = full.story.desk.incidents.load(ONE)[:1]
    full.reword(ONE, en="<b>bold</b>")
    full.reword(ONE, incident.updates[0], en="<i>one</i>\ntwo")
    entry = parsed(full, "/history.atom").entries[1]
    assert (entry.title, entry.title_detail.type) == ("<b>bold</b>", "text/plain")
    assert "&lt;i&gt;one&lt;/i&gt;<br>two" in entry.summary.replace(" /", "")


@pytest.mark.parametrize("address", FEEDS)
def test_a_desk_that_announced_nothing_has_an_empty_feed(site: Published, address: str) -> None:
    if address == "/feed.json":
        assert site.json(address)["items"] == []
    else:
        assert parsed(site, address).entries == []
        assert parsed(site, address).feed.updated
