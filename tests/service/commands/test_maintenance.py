from collections.abc import Iterator
from typing import Any

import pytest

from service.build import build_desk
from service.commands.maintenance import maintenance_group
from service.settings import Settings
from store.desk import Desk
from tests.service.announcing import Run, define, runner, told, why_not

WORDS = ("--title-en", "A new switch", "--text-en", "A short break.")
TIME = ("--start", "2999-11-05 20:00", "--end", "2999-11-05T22:00:00Z")
WORKS = (*WORDS, *TIME, "--component", "uplink")


@pytest.fixture
def run(sqlite_settings: Settings) -> Iterator[Run]:
    desk: Desk = build_desk(sqlite_settings)
    define(desk, "uplink")
    yield runner(sqlite_settings, maintenance_group)
    desk.close()


def announced(run: Run) -> str:
    return str(told(run("announce", *WORKS, "--json"))["id"])


def shown(run: Run, code: str) -> dict[str, Any]:
    return told(run("show", code, "--json"))


def test_works_are_announced_begun_and_completed(run: Run) -> None:
    code = announced(run)
    assert f"{code} is in_progress" in run("update", code, "--status", "in_progress", "--text-ru", "Начали.").stdout
    assert f"{code} is completed" in run("complete", code).stdout
    works = shown(run, code)
    assert [each["status"] for each in works["updates"]] == ["completed", "in_progress", "scheduled"]
    assert works["updates"][0]["text"] is None


def test_an_update_goes_on_where_the_works_stand(run: Run) -> None:
    code = announced(run)
    assert f"{code} is scheduled" in run("update", code, "--text-en", "As planned.").stdout


def test_works_are_put_off_and_called_off(run: Run) -> None:
    code = announced(run)
    run("reschedule", code, "--end", "2999-11-05 23:00")
    works = shown(run, code)
    assert (works["start"], works["end"]) == ("2999-11-05T20:00:00.000Z", "2999-11-05T23:00:00.000Z")
    assert "nothing changes" in run("reschedule", code).stdout
    run("reschedule", code, "--start", "2999-11-05 21:00")
    assert f"{code} is cancelled" in run("cancel", code, "--text-en", "Not today.").stdout
    assert f"{code} cancelled   2999-11-05 21:00 UTC to 2999-11-05 23:00 UTC  A new switch" in run("list").stdout


def test_words_that_are_not_given_stay_as_they_are(run: Run) -> None:
    code = announced(run)
    run("reword", code, "--title-ru", "Новый коммутатор")
    update = shown(run, code)["updates"][0]["id"]
    run("reword", code, "--update", update, "--text-ru", "Недолго.")
    works = shown(run, code)
    assert (works["title"]["ru"], works["title"]["en"]) == ("Новый коммутатор", "A new switch")
    assert works["updates"][0]["text"]["en"] == "A short break."
    assert "(reworded)" in run("show", code).stdout


def test_works_are_listed(run: Run) -> None:
    code = announced(run)
    assert [each["id"] for each in told(run("list", "--json"))["items"]] == [code]
    assert "1 works" in run("list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("announce", *WORDS, *TIME), "Missing option '--component'"),
        (("announce", *WORDS, *TIME, "--component", "moon"), "There is no component moon."),
        (("announce", *WORKS, "--end", "2999-11-05 19:00"), "works end after they begin"),
        (("announce", *WORKS, "--start", "2026-01-01"), "planned works are announced before they begin"),
        (("cancel", "0123456789ab", "--text-en", "x"), "There are no such works."),
    ],
)
def test_a_mistake_is_told_in_words(run: Run, arguments: tuple[str, ...], words: str) -> None:
    assert words in why_not(run(*arguments))


def test_what_cannot_follow_is_told_in_words(run: Run) -> None:
    code = announced(run)
    assert "cannot be" in why_not(run("complete", code))
    assert "text: there are no words." in why_not(run("cancel", code))
