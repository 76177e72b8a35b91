"""The page of a replay: whole without script, closed to the network and to what people wrote."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest

from audit.replay_html import _digest
from audit.replay_told import told
from domain.event import Content, Id
from domain.person.identity import Renamed
from projections.words import LANGUAGES
from tests.audit.replays import HOSTILE, all_steps, known_now, paged, standing_now
from tests.cast import ANN, AT
from tests.projections.story import Story


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag = self.tags[-1][0] if self.tags else ""
        self.inside[tag] = self.inside.get(tag, "") + data


def test_no_text_becomes_part_of_the_page(story: Story, stream: Id) -> None:
    story.tell("people", ANN, Renamed(at=AT, name=Content(ANN, {"name": HOSTILE})))
    found = Page(paged(story, stream))
    assert "img" not in {tag for tag, _ in found.tags}
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert HOSTILE in "".join(found.inside.values())


def test_the_page_loads_nothing_and_allows_only_its_own_style_and_script(story: Story, stream: Id) -> None:
    html = paged(story, stream)
    found = Page(html)
    policy = next(attributes["content"] or "" for tag, attributes in found.tags if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        inside = html.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        assert f"{tag}-src '{_digest(inside)}'" in policy
    for _, attributes in found.tags:
        assert not attributes.keys() & {"src", "style", "action"}
        assert (attributes.get("href") or "#").startswith("#")
        assert not any(name.startswith("on") for name in attributes)
    assert "://" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_script_every_step_is_there_and_nothing_is_hidden_but_the_stepper(
    story: Story, stream: Id, language: str
) -> None:
    found = Page(paged(story, stream, language))
    count = len(standing_now(story, stream).past) + 1
    ids = [attributes.get("id") for _, attributes in found.tags]
    assert [each for each in ids if each and each.startswith("step-")] == [f"step-{n}" for n in range(1, count + 1)]
    assert [attributes.get("id") for _, attributes in found.tags if "hidden" in attributes] == ["stepper"]
    assert ("html", {"lang": language}) in found.tags


def test_a_step_only_counts_what_steps_before_it_have_told_for_good(story: Story, stream: Id) -> None:
    shown, known = all_steps(story, stream), known_now(story)
    told_so = [told(each, known, before) for before, each in pairwise(shown[:-1])]
    for each, step in zip(told_so, shown[1:-1], strict=True):
        assert len(each.clocks) + each.earlier_clocks == len(step.clocks)
        assert len(each.verdicts) + each.earlier_verdicts == len(step.verdicts)
    assert told_so[-1].earlier_clocks > 0 < told_so[-1].earlier_verdicts
    assert len(told(shown[-1], known).clocks) == len(shown[-1].clocks)
    assert "Over before: " in paged(story, stream)


def test_the_bar_of_a_clock_shows_what_is_counted_paused_and_closed(story: Story, stream: Id) -> None:
    drawn = [attributes.get("class") for tag, attributes in Page(paged(story, stream)).tags if tag == "rect"]
    assert set(drawn) == {"counted", "paused", "closed"}
