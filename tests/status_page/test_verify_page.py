"""The page that lets a visitor check the evidence: what it says, whom it leads where, and that its script may run."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.month import MonthCorrected, MonthFixed
from projections.entries import entries_at
from status_page.pages.verify import SAYS
from status_page.site import ROUTES
from tests.cast import AT
from tests.status_page.stage import FOUNDED, Stage

STATIC = Path(__file__).parents[2] / "status_page/static"


class Scripts(HTMLParser):
    """What stands in the scripts of a page, by their type."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.of: dict[str, str] = {}
        self._type = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._type = (dict(attrs).get("type") or "classic") if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self._type:
            self.of[self._type] = data

    def handle_endtag(self, _: str) -> None:
        self._type = ""


@pytest.fixture
def fixed(stage: Stage) -> Stage:
    """September is fixed, something happens, and it is corrected."""
    stage.define("web")
    month = stage.story.desk.name("month", "2026-09")
    given: dict[str, Any] = {"formulas": (), "weights": {}, "notice": 0, "sla": (), "uptime": (), "opaque": 0}
    stage.story.tell("months", month, MonthFixed(at=AT, month="2026-09", zone=FOUNDED.zone, position=1, **given))
    stage.set("web", ComponentStatus.OPERATIONAL)
    told = MonthCorrected(at=AT, month="2026-09", position=2, sla=(), uptime=(), opaque=1, opaque_was=0)
    stage.story.tell("months", month, told)
    return stage


@pytest.mark.parametrize(
    ("path", "said"),
    [("/en/verify", "Don’t trust us, check us"), ("/ru/verify", "Не верьте на слово, проверьте")],
)
def test_the_page_says_what_is_checked_and_how_the_rest_is(fixed: Stage, path: str, said: str) -> None:
    page = fixed.get(path).text
    assert said in page
    assert f"python3 verify.pyz https://status.example.org --key '{FOUNDED.log_key}'" in page
    assert f'value="{FOUNDED.log_key}"' in page
    assert '<a href="/evidence/verify.pyz">' in page


def test_without_a_script_it_says_that_the_check_needs_one(fixed: Stage) -> None:
    page = fixed.get("/en/verify").text
    assert re.search(r"<noscript>.*needs JavaScript.*use the tool.*</noscript>", page)
    assert re.search(r'<form [^>]*id="check"[^>]* hidden>', page)


def test_the_language_is_that_of_the_asker(fixed: Stage) -> None:
    answer = fixed.get("/verify", accept_language="ru")
    assert answer.headers["Content-Language"] == "ru"


def test_the_past_is_not_asked_for(fixed: Stage) -> None:
    now = fixed.get("/en/verify").text
    assert fixed.ask("/en/verify?at=2020-01-01").text == now
    assert fixed.ask("/en/sla?at=2020-01-01").status_code == 404
    assert 'name="at"' not in now


def test_a_month_names_the_entries_that_publish_its_figures(fixed: Stage) -> None:
    [indexes] = re.findall(r'<option value="2026-09" data-indexes="([0-9 ]+)">', fixed.get("/en/verify").text)
    logged = list(fixed.story.desk.log.envelopes())
    named = [json.loads(logged[int(index)][1])["ty"] for index in indexes.split()]
    assert named == ["month.fixed", "month.corrected"]
    with fixed.edition() as opened:
        assert entries_at(opened.connection, opened.position) == len(logged)


def test_a_desk_without_a_fixed_month_has_none_to_choose(stage: Stage) -> None:
    assert "<select" not in stage.get("/en/verify").text


def test_the_policy_allows_the_script_and_no_other(fixed: Stage) -> None:
    answer = fixed.get("/en/verify")
    scripts = Scripts(answer.text).of
    allowed = answer.headers["Content-Security-Policy"].partition("script-src ")[2].partition(";")[0]
    assert allowed == " ".join(f"'sha256-{digest(scripts[kind])}'" for kind in ("classic", "module"))


def digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@pytest.mark.parametrize("path", ["/en/", "/en/history", "/en/sla"])
def test_every_page_leads_there(fixed: Stage, path: str) -> None:
    assert '<a href="/en/verify">Verify</a>' in fixed.get(path).text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_verify_links_of_figures_lead_on_to_it(fixed: Stage, language: str) -> None:
    told = fixed.get(f"/{language}/sla").text.partition('id="rule-verify"')[2].partition("</section>")[0]
    assert f'<a href="/{language}/verify">' in told
    assert "Not yet" not in told


def test_the_script_says_the_same_things_in_both_languages() -> None:
    facts = {language: {words: fields(told) for words, told in says.items()} for language, says in SAYS.items()}
    assert facts["en"] == facts["ru"]


def test_whatever_the_script_says_is_there_and_everything_there_is_said() -> None:
    script = "".join(path.read_text() for path in STATIC.glob("verify*.js"))
    assert {words for words in SAYS["en"] if not re.search(rf"\b{words}\b", script)} == set()
    said = re.findall(r'(?:told|wrong|unchecked|contradicted)\("(\w+)"|says\.(\w+)', script)
    assert {one or other for one, other in said} - SAYS["en"].keys() == {"none", "units", "former"}


def fields(told: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(told) if name}


def test_all_other_pages_have_a_past() -> None:
    assert [route.pattern.pattern for route in ROUTES if not route.has_past] == ["/verify"]
