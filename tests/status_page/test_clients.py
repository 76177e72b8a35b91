"""A client's own view by a signed link: to whom it is shown, and that it is shown to nobody else."""

import re
from typing import Any

import pytest
import sqlalchemy.exc
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.subscriptions import reception_of
from domain.component import ComponentStatus
from domain.instant import DAY, HOUR
from projections import ALL
from status_page import clients, serving
from status_page.addresses import addresses
from status_page.serving import Site
from status_page.words import Language
from tests.cast import ACME, AT
from tests.status_page.clients import linked, registered, revoked
from tests.status_page.stage import ADDRESS, Stage

REFUSED = "This link shows nothing"


@pytest.fixture
def base(stage: Stage) -> str:
    """Where the pages of Acme's view begin."""
    registered(stage)
    stage.define("web")
    stage.set("web", ComponentStatus.OPERATIONAL)
    return linked(stage)[1]


def test_a_client_is_greeted_by_its_name(stage: Stage, base: str) -> None:
    assert "<strong>Acme &amp; Co:</strong>" in stage.get(f"/en{base}/").text
    assert "<strong>Acme &amp; Co:</strong>" in stage.get(f"/ru{base}/sla").text
    assert "Acme" not in stage.get("/en/").text


def test_the_view_is_the_page_with_everything_that_is_for_everybody(stage: Stage, base: str) -> None:
    told = stage.get(f"/en{base}/").text
    for each in ("All components are operational", "Node web", "Your SLA: promise and fact", "Components"):
        assert each in told


def test_nobody_but_the_asker_keeps_it(stage: Stage, base: str) -> None:
    answer = stage.get(f"/en{base}/")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "etag" not in answer.headers
    assert not [key for key in stage.site.press.printed.ready if "client" in key[0]]


def test_no_link_of_the_view_leads_out_of_it_but_those_that_are_for_everybody(stage: Stage, base: str) -> None:
    for path in ("/", "/sla", "/sla/2026-11", "/history", "/components/web"):
        links = set(re.findall(r'<a [^>]*?href="(/[^"#?]*)', stage.get(f"/en{base}{path}").text))
        others = {each for each in links if base not in each and not each.startswith("/v1/")}
        assert {each for each in others if not re.search(r"\.(atom|rss|json|ics)$", each)} <= {
            "/en/", "/en/subscribe", "/en/verify",
        }, path  # fmt: skip
        inside = links - others
        assert {stage.ask(each).status_code for each in inside} == {200}, path
        assert f"/ru{base}{path}" in inside


def test_canonical_addresses_and_cards_do_not_tell_the_link(stage: Stage, base: str) -> None:
    head = stage.get(f"/en{base}/").text.partition("</head>")[0]
    assert base not in head
    with stage.edition() as edition:
        assert not [each for each in addresses(edition) if "client" in each]


def test_without_a_language_it_is_that_of_the_asker(stage: Stage, base: str) -> None:
    english, russian = stage.get(f"{base}/"), stage.get(base, accept_language="ru")
    assert (english.headers["content-language"], russian.headers["content-language"]) == ("en", "ru")
    assert "Accept-Language" in russian.headers["vary"]
    assert stage.get(f"/ru{base}/", accept_language="en").headers["content-language"] == "ru"


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_it_is_packed_as_the_asker_can_read_it(stage: Stage, base: str, coding: str) -> None:
    answer = stage.get(f"/en{base}/", Accept_Encoding=coding)
    assert (answer.headers["content-encoding"], "Acme" in answer.text) == (coding, True)


def test_whoever_says_too_much_of_what_it_can_unpack_is_sent_the_page_as_it_is(stage: Stage, base: str) -> None:
    assert "content-encoding" not in stage.get(f"/en{base}/", Accept_Encoding="gzip, " * 1_000).headers


@pytest.mark.parametrize("path", ["/", "/client/none/", "/subscribe"])
def test_of_a_header_without_end_only_the_beginning_is_read(stage: Stage, path: str) -> None:
    said: list[str] = []
    desk, views = stage.story.desk, stage.story.following(ALL)

    def choose(header: str) -> Language:
        said.append(header)
        return "en"

    site = Site(desk, views, choose, ADDRESS, reception_of(desk, views, offers_mail=True))
    views.catch_up()
    site.press.refresh()
    TestClient(site.over(PlainTextResponse())).get(path, headers={"Accept-Language": "en, " * 10_000})
    assert [len(each) for each in said] == [serving.LONGEST]


def test_it_is_read_and_nothing_else(stage: Stage, base: str) -> None:
    whole, head = stage.get(f"/en{base}/"), stage.ask(f"/en{base}/", "HEAD")
    assert (head.status_code, head.text, head.headers["content-length"]) == (200, "", whole.headers["content-length"])
    assert stage.ask(f"/en{base}/", "POST").status_code == 405


def test_forged_expired_revoked_and_cut_links_are_answered_alike(stage: Stage, base: str) -> None:
    link, gone = linked(stage)
    revoked(stage, link)
    short = linked(stage, days=1)[1]
    stage.story.after(DAY)
    answers = [
        stage.get(f"/en{each}{path}") for path in ("/", "/sla", "/x") for each in (gone, short, gone[:-1], "/client/")
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    assert len({str({**each.headers}) for each in answers}) == 1
    assert REFUSED in answers[0].text
    assert "Эта ссылка ничего не показывает" in stage.get(f"/ru{gone}/").text
    assert stage.get(f"/en{base}/").status_code == 200


def test_a_revoked_link_stops_at_once(stage: Stage) -> None:
    registered(stage)
    link, base = linked(stage)
    assert stage.get(f"/en{base}/").status_code == 200
    revoked(stage, link)
    assert stage.ask(f"/en{base}/").status_code == 404


def test_a_link_shows_its_last_page_just_before_it_expires(stage: Stage) -> None:
    registered(stage)
    base = linked(stage, days=1)[1]
    stage.get()
    stage.story.after(DAY - 1)
    assert stage.ask(f"/en{base}/").status_code == 200
    stage.story.after(1)
    assert stage.ask(f"/en{base}/").status_code == 404


def test_the_past_is_shown_also_of_the_time_before_the_link(stage: Stage) -> None:
    stage.define("web")
    stage.taken()
    registered(stage)
    stage.story.after(2 * HOUR)
    base = linked(stage)[1]
    stage.get()
    then = stage.ask(f"/en{base}/?at=2026-11-02T10:02Z")
    assert (then.status_code, "this page as it was published at" in then.text) == (200, True)
    assert f'href="/en{base}/">Show it as it is now' in then.text
    assert f"/ru{base}/?at=2026-11-02T10:02:00.000Z" in then.text
    assert stage.ask(f"/en{base}/?at=soon").status_code == 400
    assert stage.ask(f"/en{base}/?at=2020-01-01").status_code == 404


def test_what_is_not_there_is_not_there(stage: Stage, base: str) -> None:
    for path in (
        "/nowhere",
        "/sla/2019-01",
        "/sla/2031-01",
        "/components/none",
        "/en/sla",
        "/badge/sla.svg",
        "/metrics",
    ):
        answer = stage.get(f"/en{base}{path}")
        assert (answer.status_code, REFUSED in answer.text) == (404, False), path


def test_before_the_first_edition_it_is_being_prepared(stage: Stage, base: str) -> None:
    assert stage.ask(f"/en{base}/").status_code == 503


def test_a_desk_that_cannot_be_read_says_so(stage: Stage, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise sqlalchemy.exc.TimeoutError

    stage.get()
    monkeypatch.setattr(clients, "link_by", fail)
    assert stage.ask(f"/en{base}/").status_code == 503


def test_views_that_are_behind_are_not_taken_for_the_truth(
    stage: Stage, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.get()
    monkeypatch.setattr("projections.engine.Projector.wait_for", lambda *_: False)
    assert stage.ask(f"/en{base}/").headers["retry-after"] == "5"


def test_too_many_at_once_are_asked_to_come_again(stage: Stage, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.get()
    monkeypatch.setattr(clients, "WAITING", 0)
    answer = stage.ask(f"/en{base}/")
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "private, no-store")


def test_a_client_whose_name_was_erased_is_shown_its_figures_without_it(stage: Stage, base: str) -> None:
    stage.story.desk.keys.destroy(ACME, AT)
    told = stage.get(f"/en{base}/").text
    assert "<strong>Your organisation:</strong>" in told
    assert "Acme" not in told
