"""The pages of incidents, works, components and months, as anybody reads them."""

import re
from uuid import uuid4

import pytest

from domain.code import code_of
from domain.component import ComponentStatus, Through, set_status
from domain.event import Id
from domain.incident import IncidentStatus, reword
from domain.instant import DAY, HOUR, MINUTE
from store.streams import Command
from tests.status_page.stage import Stage

DOWN = ComponentStatus.MAJOR_OUTAGE


def text(page: str) -> str:
    """What is read, without the marks of its language."""
    found = re.search("<main.*</main>", page, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found[0] if found else page).replace("\N{NO-BREAK SPACE}", " ").split())


def page_of(stage: Stage, stream: Id, language: str = "en") -> str:
    return text(stage.get(f"/{language}/incidents/{code_of('incident', stream)}").text)


@pytest.fixture
def web(stage: Stage) -> Stage:
    stage.define("web")
    stage.set("web", ComponentStatus.OPERATIONAL)
    return stage


def test_an_incident_is_told_update_by_update_the_newest_first(web: Stage) -> None:
    incident = web.incident({"web": DOWN})
    web.story.after(HOUR)
    web.tell(incident, IncidentStatus.RESOLVED, en="It works.", ru="Работает.")
    told = page_of(web, incident)
    assert told.index("It works.") < told.index("We are looking.")
    assert "Node web: major outage → operational" in told
    assert "Began 2 Nov 2026, 13:00 , over 2 Nov 2026, 14:00 (1 h)" in told


def test_what_is_not_translated_yet_is_shown_in_the_other_language_and_says_so(web: Stage) -> None:
    incident = web.incident({}, title={"ru": "Сбой"})
    page = web.get(f"/en/incidents/{code_of('incident', incident)}").text
    assert '<span lang="ru">Сбой</span>' in page
    web.tell(incident, IncidentStatus.MONITORING, ru="Наблюдаем")
    assert "Наблюдаем (not translated yet)" in page_of(web, incident)
    assert "not translated" not in page_of(web, incident, "ru")


def test_what_is_told_later_is_marked(web: Stage) -> None:
    assert "entered later" not in page_of(web, web.incident({}))
    assert "entered later" in page_of(web, web.incident({}, ago=HOUR))


def test_what_was_reworded_says_so_and_the_past_keeps_the_words(web: Stage) -> None:
    incident = web.incident({})
    web.get()
    web.story.after(HOUR)
    state, _ = web.story.desk.incidents.load(incident)
    web.story.desk.incidents.act(
        Command(uuid4().hex), incident, reword,
        stream=incident, text={"en": "We know more."}, update=state.updates[0], at=web.story.clock.now,
    )  # fmt: skip
    told = page_of(web, incident)
    assert "We know more." in told
    assert "reworded" in told
    then = web.ask(f"/en/incidents/{code_of('incident', incident)}?at=2026-11-02T10:30:00Z")
    assert "We are looking." in then.text


def test_a_text_that_was_taken_back_says_so(web: Stage) -> None:
    incident = web.incident({})
    web.story.desk.keys.destroy(incident, web.story.clock.now)
    assert "This text was taken back." in page_of(web, incident)
    assert "(text taken back)" in text(web.get("/en/history").text)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
def test_a_hostile_announcement_is_shown_and_never_obeyed(web: Stage, hostile: str) -> None:
    incident = web.incident({"web": DOWN}, title={"en": hostile})
    web.tell(incident, IncidentStatus.IDENTIFIED, en=hostile)
    for path in ("/", "/history", "/components/web", f"/incidents/{code_of('incident', incident)}"):
        page = web.get(f"/en{path}").text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "49" not in text(page).replace("2049", "")


def test_works_show_their_time_and_that_time_alone_began_them(web: Stage) -> None:
    works = web.works("web")
    assert "Planned works: scheduled 4 Nov 2026, 13:00 – 4 Nov 2026, 14:00" in page_of(web, works)
    web.story.after(2 * DAY)
    web.begin_or_end(works)
    assert "At its time, as announced." in page_of(web, works)


def test_a_component_shows_the_intervals_of_its_days(web: Stage) -> None:
    web.story.after(HOUR)
    web.set("web", DOWN)
    web.story.after(30 * MINUTE)
    web.set("web", ComponentStatus.OPERATIONAL)
    web.story.after(30 * MINUTE)
    told = text(web.get("/en/components/web").text)
    assert "2 Nov 2026 14:00–14:30 major outage" in told
    assert "Uptime of 90 days: 75.000 %" in told


def test_what_went_on_over_midnight_is_told_on_both_days(web: Stage) -> None:
    web.story.after(10 * HOUR)
    web.set("web", DOWN)
    web.story.after(2 * HOUR)
    web.set("web", ComponentStatus.OPERATIONAL)
    told = text(web.get("/en/components/web").text)
    assert "23:00–24:00 major outage" in told
    assert "00:00–01:00 major outage" in told


def test_works_that_were_announced_in_time_cost_nothing_and_are_told_so(web: Stage) -> None:
    works = web.works("web")
    web.story.after(2 * DAY)
    web.begin_or_end(works)
    web.story.after(HOUR)
    web.begin_or_end(works)
    told = text(web.get("/en/components/web").text)
    assert "13:00–14:00 under maintenance (announced)" in told
    assert "Uptime of 90 days: 100.000 %" in told


def test_months_of_which_nothing_is_known_are_left_out(web: Stage) -> None:
    told = text(web.get("/en/components/web").text)
    assert "Nov 2026 so far" in told
    assert "Oct 2026" not in told


def test_the_history_goes_back_to_the_first_announcement(web: Stage) -> None:
    web.tell(web.incident({}), IncidentStatus.RESOLVED)
    web.story.after(40 * DAY)
    page = web.get("/en/history").text
    assert "Nothing was announced in this month" in page
    assert 'href="/en/history/2026-11"' in page
    earlier = web.ask("/en/history/2026-11").text
    assert "Web is down" in earlier
    assert "/en/history/2026-10" not in earlier


def test_who_said_it_is_not_told_to_everybody(web: Stage) -> None:
    somebody = uuid4().hex
    web.story.desk.components.act(
        Command(uuid4().hex), web.story.desk.name("component", "web"), set_status,
        key="web", known={"web"}, status=DOWN, through=Through.PERSON, at=web.story.clock.now, by=somebody,
    )  # fmt: skip
    assert somebody not in web.get("/en/components/web").text
