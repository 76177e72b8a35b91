from collections.abc import Iterator
from typing import Any

import pytest

from service.build import build_desk
from service.commands.announcing import UP_TO_DATE
from service.commands.incident import incident_group
from service.settings import Settings
from service.views import work_alone
from store.desk import Desk
from tests.service.announcing import Run, define, runner, told, why_not

TITLE = ("--title-en", "A cut", "--title-ru", "Обрыв")
TEXT = ("--text-en", "We are looking.")


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    define(built, "uplink", "downlink")
    yield built
    built.close()


@pytest.fixture
def run(sqlite_settings: Settings, desk: Desk) -> Run:
    assert desk.log.head()
    return runner(sqlite_settings, incident_group)


def opened(run: Run, *arguments: str) -> str:
    return str(told(run("open", *TITLE, *TEXT, *arguments, "--json"))["id"])


def shown(run: Run, code: str) -> dict[str, Any]:
    return told(run("show", code, "--json"))


def test_an_incident_is_opened_updated_and_resolved(run: Run) -> None:
    code = opened(run, "--component", "uplink=major_outage", "--component", "downlink=degraded_performance")
    arguments = ("--status", "identified", "--text-ru", "Нашли.", "--component", "uplink=partial_outage")
    assert f"{code} is open: identified" in run("update", code, *arguments).stdout
    assert f"{code} is over: resolved" in run("resolve", code, "--text-en", "Done.").stdout
    incident = shown(run, code)
    assert (incident["status"], incident["impact"]) == ("resolved", "critical")
    assert incident["components"] == ["downlink", "uplink"]
    assert [each["status"] for each in incident["updates"]] == ["resolved", "identified", "investigating"]


def test_an_update_goes_on_where_the_incident_stands(run: Run) -> None:
    code = opened(run, "--status", "monitoring", "--impact", "minor")
    assert "monitoring" in run("update", code, "--text-en", "Still.").stdout
    assert shown(run, code)["impact"] == "minor"


def test_words_that_are_not_given_stay_as_they_are(run: Run) -> None:
    code = opened(run)
    run("reword", code, "--title-en", "A cut cable")
    update = shown(run, code)["updates"][0]["id"]
    run("reword", code, "--update", update, "--text-ru", "Ищем.")
    incident = shown(run, code)
    assert (incident["title"]["ru"], incident["title"]["en"]) == ("Обрыв", "A cut cable")
    assert incident["updates"][0]["text"] == {"state": "readable", "ru": "Ищем.", "en": "We are looking."}
    assert "nothing changes" in run("reword", code).stdout


def test_an_incident_is_shown_with_everything_that_was_told(run: Run) -> None:
    code = opened(run, "--component", "uplink=degraded", "--at", "2026-01-01 10:00")
    result = run("show", code).stdout
    assert f"{code}: A cut\non: uplink" in result
    assert "2026-01-01 10:00 UTC investigating (told late)" in result
    assert "    uplink: operational -> degraded\n    We are looking.\ninvestigating, impact minor" in result


def test_incidents_are_listed(run: Run) -> None:
    first = opened(run, "--at", "2026-01-01T10:00:00Z")
    second = opened(run, "--at", "2026-02-01")
    run("resolve", second, "--text-en", "Done.")
    assert [each["id"] for each in told(run("list", "--json"))["items"]] == [second, first]
    assert [each["id"] for each in told(run("list", "--unresolved", "--json"))["items"]] == [first]
    assert f"{first} investigating none     2026-01-01 10:00 UTC  A cut" in run("list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("open", *TITLE), "text: there are no words."),
        (("open", *TITLE, *TEXT, "--component", "moon=degraded"), "There is no component moon."),
        (("open", *TITLE, *TEXT, "--component", "uplink"), "write KEY=STATUS"),
        (("open", *TITLE, *TEXT, "--template", "moon"), "There is no template moon"),
        (("open", *TITLE, *TEXT, "--at", "2999-01-01"), "Nobody can tell yet of a time to come."),
        (("open", *TITLE, *TEXT, "--at", "soon"), "'soon' is no time"),
        (("open", *TEXT, "--title-en", "x" * 201), "--title-en: too long"),
        (("update", "0123456789ab", *TEXT), "There is no such incident."),
        (("show", "nonsense"), "There is no such incident."),
    ],
)
def test_a_mistake_is_told_in_words(run: Run, arguments: tuple[str, ...], words: str) -> None:
    assert words in why_not(run(*arguments))


def test_an_update_that_is_not_there_is_told_in_words(run: Run) -> None:
    assert "There is no such update: nonsense." in why_not(run("reword", opened(run), "--update", "nonsense", *TEXT))


def test_views_that_nobody_keeps_up_are_told_in_words(
    run: Run, sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert UP_TO_DATE > 1
    monkeypatch.setattr("service.commands.announcing.UP_TO_DATE", 0.1)
    with work_alone(sqlite_settings):
        assert "the views are behind the log" in why_not(run("list"))
