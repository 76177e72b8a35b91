from collections.abc import Iterator

import pytest

from domain.component import Through
from domain.person.identity import register
from service.build import build_desk
from service.commands.component import component
from service.settings import Settings
from store.desk import Desk
from store.streams import Command
from tests.service.announcing import Run, define, runner, told, why_not


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    define(built, "uplink", "downlink")
    yield built
    built.close()


@pytest.fixture
def run(sqlite_settings: Settings, desk: Desk) -> Run:
    assert desk.log.head()
    return runner(sqlite_settings, component)


def test_a_component_is_set_from_the_console(run: Run, desk: Desk) -> None:
    assert "uplink is degraded" in run("set", "uplink", "degraded").stdout
    assert "uplink was degraded already" in run("set", "uplink", "degraded").stdout
    state = desk.components.load(desk.name("component", "uplink"))[0]
    assert (state.status, state.through) == ("degraded", Through.PERSON)


def test_reasons_are_somebodys(run: Run, desk: Desk) -> None:
    person = desk.new_id()
    desk.people.act(Command(desk.new_id()), person, register, identity=person, name="Ann", at=1)
    assert told(run("set", "uplink", "degraded", "--by", person, "--why", "A cut cable", "--json"))["position"]
    event = desk.log.read(desk.name("component", "uplink"))[0].event
    assert (event.by, desk.log.text(event.why)) == (person, {"why": "A cut cable"})
    assert "Say which person" in why_not(run("set", "uplink", "operational", "--why", "It works"))


def test_components_are_listed_as_the_page_shows_them(run: Run) -> None:
    run("set", "uplink", "major_outage")
    result = run("list", "--json")
    assert [(each["key"], each["status"]) for each in told(result)["items"]] == [
        ("uplink", "major_outage"), ("downlink", None)
    ]  # fmt: skip
    assert "downlink                 unknown" in result.stdout
    assert "2 components" in run("list").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("moon", "degraded"), "There is no component moon."),
        (("uplink", "sleeping"), "'sleeping' is not one of 'operational'"),
        (("uplink", "degraded", "--by", "ann"), "an id has 32 hexadecimal digits"),
        (("uplink", "degraded", "--by", "0" * 32), "There is no such person."),
    ],
)
def test_a_mistake_is_told_in_words(run: Run, arguments: tuple[str, ...], words: str) -> None:
    assert words in why_not(run("set", *arguments))
