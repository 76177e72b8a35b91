from xml.etree import ElementTree as ET

import pytest

from domain.component import ComponentStatus
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR
from status_page.files.badge import COLOURS, PLAIN
from tests.projections.announcing import announce, post
from tests.status_page.files.published import Published

SVG = "{http://www.w3.org/2000/svg}"
ONE = "1a" * 16


def said(site: Published, address: str, **changes: bool) -> str:
    """What it says to whoever does not see it, and shows to all others."""
    drawn = ET.fromstring(site.bytes(address, **changes))  # noqa: S314 -- our own
    title = drawn.findtext(f"{SVG}title")
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == title == ": ".join(map(str, texts))
    return title


@pytest.mark.parametrize("status", ComponentStatus)
def test_a_state_is_a_word_and_a_colour(site: Published, status: ComponentStatus) -> None:
    site.set("web", status)
    assert said(site, "/badge/web.svg") == f"Node web: {status.value.replace('_', ' ')}"
    assert COLOURS[status] in site.text("/badge/web.svg")


def test_it_is_told_in_russian_too(well: Published) -> None:
    assert said(well, "/ru/badge/web.svg") == "Узел web: работает"


def test_what_is_not_known_is_said(site: Published) -> None:
    assert said(site, "/badge/web.svg") == "Node web: unknown"
    assert said(site, "/badge/web/uptime.svg") == "Node web: 90 days: unknown"
    assert said(site, "/badge/status.svg") == "status: The state is not fully known"


def test_of_what_the_page_is_behind_nothing_is_claimed(well: Published) -> None:
    assert said(well, "/badge/web.svg", is_behind=True) == "Node web: unknown"


@pytest.mark.parametrize("address", ["/badge/nothing.svg", "/badge/nothing/uptime.svg"])
def test_there_is_none_of_what_is_no_component(site: Published, address: str) -> None:
    assert site.file(address) is None


def test_the_whole_page_is_never_well_with_an_open_incident(well: Published) -> None:
    assert said(well, "/badge/status.svg") == "status: All components are operational"
    announce(well.story, ONE, components={})
    assert said(well, "/badge/status.svg") == "status: An incident is open"
    assert COLOURS[ComponentStatus.OPERATIONAL] not in well.text("/badge/status.svg")
    post(well.story, ONE, IncidentStatus.RESOLVED)
    assert COLOURS[ComponentStatus.OPERATIONAL] in well.text("/badge/status.svg")


def test_uptime_stands_next_to_its_target(site: Published) -> None:
    site.define("web", target=99_000)
    site.set("web", ComponentStatus.OPERATIONAL)
    site.story.after(DAY)
    assert (
        said(site, "/badge/web/uptime.svg") == "Node web: 90 days: 100.000\xa0% (target 99.000\xa0%, known 1.116\xa0%)"
    )
    assert COLOURS[ComponentStatus.OPERATIONAL] in site.text("/badge/web/uptime.svg")
    site.set("web", ComponentStatus.MAJOR_OUTAGE)
    site.story.after(HOUR)
    assert (
        said(site, "/badge/web/uptime.svg") == "Node web: 90 days: 96.000\xa0% (target 99.000\xa0%, known 1.162\xa0%)"
    )
    assert COLOURS[ComponentStatus.MAJOR_OUTAGE] in site.text("/badge/web/uptime.svg")


def test_uptime_without_a_target_is_neither_good_nor_bad(well: Published) -> None:
    well.story.after(100 * DAY)
    assert said(well, "/badge/web/uptime.svg") == "Node web: 90 days: 100.000\xa0%"
    assert PLAIN in well.text("/badge/web/uptime.svg")


def test_the_sla_badge_names_its_month(site: Published) -> None:
    assert said(site, "/badge/sla.svg").startswith("SLA: ")


@pytest.mark.parametrize("colour", [*COLOURS.values(), PLAIN])
def test_white_can_be_read_on_every_colour(colour: str) -> None:
    """WCAG 2.2, 1.4.3."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5
