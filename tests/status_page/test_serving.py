import gzip
import re
from threading import Event, Thread

import pytest
from sqlalchemy.exc import OperationalError

from api.language import preferred
from api.subscriptions import reception_of
from domain.code import code_of
from domain.component import ComponentStatus
from domain.event import Source
from domain.instant import DAY, HOUR, MINUTE
from projections import ALL
from status_page import serving
from status_page.ready import Ready, lost
from status_page.serving import Site
from status_page.words import Language
from store.log import Change
from tests.cast import opened
from tests.status_page.stage import ADDRESS, Stage

UP = ComponentStatus.OPERATIONAL
HEADLINE = {"en": "All components are operational", "ru": "Все компоненты работают"}


@pytest.fixture
def fine(stage: Stage) -> Stage:
    """Everything works."""
    stage.define("web")
    stage.set("web", UP)
    return stage


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ru", "ru"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("en-GB,ru;q=0.5", "en"), ("de", "en"), ("", "en")],
)
def test_the_root_speaks_the_language_of_the_asker_without_a_redirect(
    fine: Stage, accepted: str, language: str
) -> None:
    answer = fine.get("/", Accept_Language=accepted)
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    assert HEADLINE[language] in answer.text
    assert "Accept-Language" in answer.headers["vary"]
    assert f'<link rel="canonical" href="{ADDRESS}/{language}/">' in answer.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_language_has_an_address_of_its_own_and_names_the_other(fine: Stage, language: str) -> None:
    answer = fine.get(f"/{language}/", Accept_Language="en" if language == "ru" else "ru")
    assert HEADLINE[language] in answer.text
    assert answer.headers["vary"] == "Accept-Encoding"
    assert set(re.findall(r'hreflang="([a-z-]+)" href="([^"]+)"', answer.text)) == {
        ("en", f"{ADDRESS}/en/"), ("ru", f"{ADDRESS}/ru/"), ("x-default", f"{ADDRESS}/"),
    }  # fmt: skip


def test_the_slash_at_the_end_is_found(fine: Stage) -> None:
    answer = fine.get("/ru")
    assert (answer.status_code, answer.headers["location"]) == (308, "/ru/")
    assert fine.ask("/en?at=2026-10-01").headers["location"] == "/en/?at=2026-10-01"


@pytest.mark.parametrize("stated", ["{}", "W/{}", '"other", {}', "*"])
def test_whoever_has_the_page_is_not_sent_it_again(fine: Stage, stated: str) -> None:
    etag = fine.get().headers["etag"]
    answer = fine.ask(If_None_Match=stated.format(etag))
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_a_change_is_sent_to_whoever_has_the_page_before(fine: Stage) -> None:
    etag = fine.get().headers["etag"]
    fine.set("web", ComponentStatus.MAJOR_OUTAGE)
    answer = fine.get(If_None_Match=etag)
    assert answer.status_code == 200
    assert "Major outage" in answer.text


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip", "gzip"), ("GZIP", "gzip"), ("gzip, br", "br"), ("br, gzip;q=0.5", "br"), ("br;q=0, gzip", "gzip")],
)
def test_the_page_is_sent_packed_to_whoever_can_unpack(fine: Stage, accepted: str, coding: str) -> None:
    plain = fine.get()
    packed = fine.ask(Accept_Encoding=accepted)
    assert packed.headers["content-encoding"] == coding
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.text == plain.text


@pytest.mark.parametrize("accepted", ["", "zstd", "gzip;q=0", "gzip; q=0.0, br;q=0", "identity"])
def test_nobody_is_sent_what_it_cannot_unpack(fine: Stage, accepted: str) -> None:
    assert "content-encoding" not in fine.get(Accept_Encoding=accepted).headers


def test_head_tells_what_get_would_send(fine: Stage) -> None:
    sent, told = fine.get(), fine.ask(method="HEAD")
    assert (told.status_code, told.content, told.headers) == (200, b"", sent.headers)


def test_nothing_is_done_here(fine: Stage) -> None:
    answer = fine.ask(method="POST")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_everything_else_is_left_to_the_application(fine: Stage) -> None:
    assert fine.ask("/v1/tickets").text == "somebody else"


def test_before_the_views_are_built_there_is_no_page(fine: Stage) -> None:
    fine.site.press.refresh()
    answer = fine.ask()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "being prepared" in answer.text


def test_the_page_allows_nothing_that_it_does_not_need(fine: Stage) -> None:
    headers = fine.get().headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_nothing_new_is_not_rendered_again(fine: Stage) -> None:
    fine.get()
    before = fine.site.press.printed
    fine.story.after(MINUTE)
    fine.get()
    assert fine.site.press.printed is before


def test_at_midnight_the_page_is_new(fine: Stage) -> None:
    assert "2 Nov 2026, 13:00" in fine.get().text.replace("\N{NO-BREAK SPACE}", " ")
    fine.story.after(11 * HOUR)
    assert "3 Nov 2026, 00:00" in fine.get().text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_page_that_does_not_follow_the_log_does_not_say_that_all_is_well(fine: Stage) -> None:
    assert HEADLINE["en"] in fine.get().text
    change = Change("f" * 32, [], [opened()], published=True)
    fine.story.desk.log.append([change], "e" * 32, Source.LIVE)
    fine.story.after(2 * MINUTE)
    fine.site.press.refresh()
    told = fine.ask().text
    assert HEADLINE["en"] not in told
    assert "may be out of date" in told


def test_what_is_kept_follows_the_views_until_it_is_told_to_stop(fine: Stage) -> None:
    stopping = Event()
    keeping = Thread(target=fine.site.keep, args=(stopping,))
    keeping.start()
    fine.story.projector.catch_up()
    while not fine.site.press.printed.ready:
        stopping.wait(0.01)
    stopping.set()
    keeping.join(10)
    assert not keeping.is_alive()
    assert HEADLINE["en"] in fine.ask().text


def test_a_page_that_cannot_be_rendered_leaves_the_one_before_it(
    fine: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before, stopping = fine.get().text, Event()

    def fail() -> None:
        stopping.set()
        raise OSError("disk full")

    monkeypatch.setattr(fine.site.press, "refresh", fail)
    fine.site.keep(stopping)
    assert "could not be rendered" in caplog.text
    assert fine.ask().text == before


def test_a_page_that_cannot_be_renewed_for_a_minute_says_so_and_is_renewed_later(
    fine: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "hidden><strong>How things stand now" in fine.get().text
    fine.ask("/api/v2/status.json")
    fine.site.press.lose()
    told = fine.ask().text
    assert '<p class="notice lost" role="alert"><strong>How things stand now is not known' in told

    def fail(*_: object) -> None:
        raise OperationalError("SELECT", None, OSError("gone"))

    with monkeypatch.context() as away:
        away.setattr(fine.site.press, "make", fail)
        for path in ("/en/history", "/api/v2/status.json"):
            answer = fine.ask(path)
            assert (answer.status_code, "cannot be read" in answer.text) == (503, True)
    assert 'role="alert"' not in fine.get().text


def test_what_somebody_asks_for_meanwhile_keeps_no_page_from_saying_so(
    fine: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine.get()
    ready = fine.site.press.printed.ready

    def losing(document: Ready, language: Language) -> Ready | None:
        ready[f"/{len(ready)}", language] = document
        return lost(document, language)

    monkeypatch.setattr("status_page.press.lost", losing)
    fine.site.press.lose()
    assert 'role="alert"' in fine.ask().text


@pytest.mark.parametrize("seconds", [1, 61])
def test_a_short_outage_is_no_news(fine: Stage, seconds: int) -> None:
    fine.get()
    fine.site._fail(OSError("gone"), seconds)
    assert fine.site.press.printed.is_lost == (seconds > 60)


@pytest.mark.parametrize("path", ["/components/web", "/history", "/history/2026-11", "/incidents/{code}"])
def test_every_page_speaks_the_language_of_the_asker_or_of_its_address(fine: Stage, path: str) -> None:
    incident = fine.incident({"web": ComponentStatus.DEGRADED})
    path = path.format(code=code_of("incident", incident))
    asked = fine.get(path, Accept_Language="ru")
    addressed = fine.ask(f"/ru{path}", Accept_Language="en")
    assert (asked.status_code, asked.content) == (200, addressed.content)
    assert (asked.headers["vary"], addressed.headers["vary"]) == ("Accept-Encoding, Accept-Language", "Accept-Encoding")
    assert "Сайт не работает" in asked.text


@pytest.mark.parametrize(
    "path",
    [
        "/en/components/nothing",
        "/en/incidents/000000000000",
        "/en/history/2027-01",
        "/components/nothing",
        "/en/history/2000-01",
        "/en/nothing",
        "/en//",
        "/en/components/",
        "/en/components/A%20B",
    ],
)
def test_what_is_not_there_is_told_in_words(fine: Stage, path: str) -> None:
    answer = fine.get(path)
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


@pytest.mark.parametrize("path", ["/fr/", "/nothing", "/components/", "/v2/summary.json"])
def test_other_addresses_are_left_to_the_application(fine: Stage, path: str) -> None:
    assert fine.get(path).text == "somebody else"


def test_when_too_many_wait_the_next_one_is_asked_to_come_again(fine: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "WAITING", 0)
    fine.get()
    answer = fine.ask("/en/history")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert fine.ask().status_code == 200


def test_what_was_made_once_is_kept_for_the_edition(fine: Stage) -> None:
    fine.get()
    first = fine.ask("/en/components/web")
    assert ("/components/web", "en") in fine.site.press.printed.ready
    assert fine.ask("/en/components/web").headers["etag"] == first.headers["etag"]
    fine.set("web", ComponentStatus.DEGRADED)
    assert fine.get("/en/components/web").headers["etag"] != first.headers["etag"]


def test_twenty_components_are_one_small_request(stage: Stage) -> None:
    keys = [f"node-{number}" for number in range(20)]
    stage.define(*keys)
    for day in range(30):
        stage.story.after(DAY)
        stage.set(keys[day % 20], [*ComponentStatus][day % 5])
    stage.incident({keys[0]: ComponentStatus.PARTIAL_OUTAGE})
    stage.taken()
    for language in ("en", "ru"):
        page = stage.get(f"/{language}/").text
        assert page.count('class="row"') == 20
        assert len(gzip.compress(page.encode())) < 15_000
        assert not re.search(r"<(?:img|iframe|object)|<script[^>]|rel=.?stylesheet|url\(|@import", page)


def test_the_address_is_told_without_a_second_slash(fine: Stage) -> None:
    desk, views = fine.story.desk, fine.story.following(ALL)
    site = Site(desk, views, preferred, ADDRESS + "/", reception_of(desk, views, offers_mail=True))
    fine.story.projector.catch_up()
    site.press.refresh()
    assert f'href="{ADDRESS}/en/"'.encode() in site.press.printed.ready["/", "en"][""].body
