"""The page as browsers and readers take it."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from domain.component import ComponentStatus
from status_page.html import CSS
from status_page.pages import front
from status_page.words import Language
from tests.cast import ACME
from tests.status_page.stage import Stage

VOID = {"meta", "link", "path", "use", "circle", "rect", "input"}
"""Never closed by a tag of their own: HTML's void elements, and SVG's that close themselves."""
EMPHASIS = {"em", "strong"}
LANGUAGES: tuple[Language, ...] = ("en", "ru")
NAMES = {"SLA", "English", "Europe", "Moscow", "UTC", "Etc", "Atom", "RSS", "JSON", "Feed"}
"""What is called so in Russian, too."""
TEXTS = ("ink", "soft", "link", *ComponentStatus, "unknown")


class Outline(HTMLParser):
    """Reads a page, and takes note of what is not well-formed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.faults += [f"{tag} says {name} twice" for name, n in Counter(name for name, _ in attrs).items() if n > 1]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(f"</{tag}> closes nothing")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(params=LANGUAGES)
def outline(stage: Stage, request: pytest.FixtureRequest) -> Outline:
    """A page with everything on it."""
    named = {status: status.replace("_", "-") for status in ComponentStatus}
    stage.define(*named.values(), "new")
    for status, key in named.items():
        stage.set(key, status)
    stage.incident({"partial-outage": ComponentStatus.PARTIAL_OUTAGE})
    stage.works("degraded")
    stage.taken()
    return Outline(stage.get(f"/{request.param}/").text)


def test_every_element_is_closed_where_it_has_to_be(outline: Outline) -> None:
    assert (outline.faults, outline.open) == ([], [])


def test_every_link_within_the_page_leads_somewhere(outline: Outline) -> None:
    ids = Counter(attributes["id"] for _, attributes in outline.found if "id" in attributes)
    local = {href[1:] for tag in ("a", "use") for each in outline.all(tag) if (href := str(each["href"]))[0] == "#"}
    assert max(ids.values()) == 1
    assert local <= ids.keys()
    assert {each.get("aria-labelledby") for each in outline.all("section")} - {None} <= ids.keys()


def test_every_link_to_another_page_leads_somewhere(stage: Stage, outline: Outline) -> None:
    links = {str(each["href"]) for each in outline.all("a")}
    local = {link for link in links if link.startswith("/")}
    assert local
    for link in local:
        path, _, anchor = link.partition("#")
        answer = stage.ask(path)
        assert (answer.status_code, answer.text != "somebody else") == (200, True), link
        assert not anchor or f'id="{anchor}"' in answer.text, link


def test_the_page_can_be_walked_by_its_headings_and_landmarks(outline: Outline) -> None:
    assert [len(outline.all(tag)) for tag in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
    assert len({each["aria-label"] for each in outline.all("nav")}) == len(outline.all("nav")) == 2
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))
    assert next(each for each in outline.all("a"))["href"] == "#main"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("is_copy", "offers"), [(False, 2), (True, 0)])
def test_above_and_below_everybody_is_offered_to_subscribe_where_somebody_takes_it(
    stage: Stage, language: Language, is_copy: bool, offers: int
) -> None:
    with stage.edition() as edition:
        told = replace(edition, mark=replace(edition.mark, is_copy=is_copy))
        page = front.html(told, language, {}).decode()
    assert [each["href"] for each in Outline(page).all("a")].count(f"/{language}/subscribe") == offers


def test_every_table_has_a_caption_and_every_head_a_scope(outline: Outline) -> None:
    assert len(outline.all("table")) == len(outline.all("caption")) > 0
    assert {each.get("scope") for each in outline.all("th")} <= {"col", "row", "rowgroup", "colgroup"}


def test_every_figure_has_a_rule_and_a_way_to_verify_it(outline: Outline) -> None:
    linked = {str(each["href"]).partition("#")[2] for each in outline.all("a")}
    assert {f"rule-{name}" for name in ("kept", "percentiles", "uptime", "verify", "published")} <= linked


def test_a_state_is_a_shape_a_word_and_a_colour(outline: Outline) -> None:
    states = {*ComponentStatus, "unknown"}
    shapes = {(each["href"] or "")[1:] for each in outline.all("use")}
    coloured = {each.get("class") for each in outline.all("span")}
    assert states <= shapes
    assert states - {"unknown"} <= coloured


def test_a_component_is_one_stop_of_the_keyboard(outline: Outline) -> None:
    rows = [each for each in outline.all("a") if each.get("class") == "row"]
    assert len(rows) == len({each["href"] for each in rows}) == len(ComponentStatus) + 1


def test_both_languages_say_the_same_things(stage: Stage) -> None:
    stage.define("web")
    stage.taken()
    en, ru = (Outline(stage.get(f"/{language}/").text) for language in LANGUAGES)
    kept = [[tag for tag, _ in told.found if tag not in EMPHASIS] for told in (en, ru)]
    assert kept[0] == kept[1]
    assert [each["lang"] for each in (en.all("html")[0], ru.all("html")[0])] == ["en", "ru"]


def test_the_russian_page_says_nothing_in_english(stage: Stage) -> None:
    stage.define("1")
    stage.taken()
    page = re.sub(r"<style>.*?</style>|<script>.*?</script>", " ", stage.get("/ru/").text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>|&\w+;", " ", page)
    assert set(re.findall("[A-Za-z]{3,}", text)) <= NAMES


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style>&{{7*7}}"])
def test_a_hostile_name_is_shown_and_never_obeyed(stage: Stage, hostile: str) -> None:
    stage.define("web", label=hostile)
    page = stage.get().text
    assert hostile not in page
    assert Outline(page).faults == []
    assert page.count("<script") == 1
    assert not [tag for tag, attributes in Outline(page).found if tag == "img" or "onerror" in attributes]
    assert ACME not in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", TEXTS)
def test_every_text_can_be_read(colour: str, scheme: str) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", CSS)[:2]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", light if scheme == "light" else dark))
    assert all(contrast(colours[colour], colours[paper]) >= 4.5 for paper in ("paper", "raised"))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio of two colours."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
