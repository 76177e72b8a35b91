"""The public pages of both desks before judges that others made: none of them finds anything."""

from pathlib import Path

import httpx2
import pytest
from lxml import etree

from tests.quality.installed import checked, judged
from tests.status_page.files import grammar


@pytest.mark.parametrize("judge", ["axe", "pa11y"])
def test_everybody_can_use_the_pages(judge: str, addresses: list[str]) -> None:
    """WCAG 2.2 AA and best practice by axe-core, WCAG 2 AA by HTML CodeSniffer."""
    assert judged(judge, addresses) == {address: [] for address in addresses}


def test_lighthouse_gives_a_telephone_a_hundred_in_every_category(address: str) -> None:
    """Of what everybody sees first."""
    assert judged("lighthouse", [f"{address}/en/"]) == {f"{address}/en/": []}


def test_the_pages_fit_every_screen_and_paper(addresses: list[str]) -> None:
    assert judged("looks", addresses) == {address: [] for address in addresses}


def test_the_pages_are_html_as_the_standard_has_it(addresses: list[str], tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.html" for number, _ in enumerate(addresses)]
    for file, address in zip(files, addresses, strict=True):
        file.write_bytes(httpx2.get(address).content)
    assert checked(files) == []


@pytest.mark.parametrize("path", ["/history.atom", "/ru/history.atom"])
def test_the_feed_is_atom_as_its_specification_has_it(address: str, path: str) -> None:
    grammar.ATOM.assertValid(etree.fromstring(httpx2.get(f"{address}{path}").content))


@pytest.mark.parametrize(
    ("fault", "rule"),
    [("<img src='data:,'>", "image-alt"), ("<p style='color:#999;background:#aaa'>gray</p>", "color-contrast")],
)
def test_a_fault_would_be_found(fault: str, rule: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><html lang=en><title>t</title><main><h1>h</h1>{fault}</main></html>")
    [found] = judged("axe", [page.as_uri()]).values()
    assert {each.partition(" ")[0] for each in found} == {rule}
    assert checked([page]) or rule != "image-alt"


def test_what_sticks_out_or_is_wrong_on_paper_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    style = "body { margin: 0 } div { width: 400px } @media print { h1 { display: none } }"
    page.write_text(f"<!doctype html><style>{style}</style><main><h1>h</h1><div>wide</div></main><form>f</form>")
    [found] = judged("looks", [page.as_uri()]).values()
    assert found == ["400 px wide on a screen of 320", "h1 is not printed", "form is printed"]


def test_a_cell_that_lies_upon_its_neighbour_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    row = "<tr style='display: grid; grid-template-columns: 5px 9em'><td>spilt<td>beside"
    page.write_text(f"<!doctype html><table>{row}</table>")
    [found] = judged("looks", [page.as_uri()]).values()
    assert found[0] == "on a screen of 320 this lies upon what is beside it: spilt"
