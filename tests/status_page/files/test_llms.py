import re

from status_page.site import find
from tests.status_page.files.published import ADDRESS, Published


def test_it_has_the_form_that_is_expected(well: Published) -> None:
    """llmstxt.org: a title, a summary, then sections of links."""
    lines = well.text("/llms.txt").splitlines()
    assert lines[0].startswith("# ")
    assert lines[2].startswith("> All components are operational, as of 20")
    assert [line for line in lines if line.startswith("## ")] == ["## Pages", "## Components", "## For programs"]
    assert f"- [Node web]({ADDRESS}/en/components/web): operational" in lines


def test_every_link_leads_somewhere(well: Published) -> None:
    links = re.findall(rf"\]\({ADDRESS}([^)]*)\)", well.text("/llms.txt"))
    assert len(links) > 10
    assert [link for link in links if find(link) is None] == []


def test_names_are_not_escaped_as_in_html(well: Published) -> None:
    well.define("r&d")
    assert "r&d" in well.text("/llms.txt")
