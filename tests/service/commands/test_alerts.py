from collections.abc import Iterator
from typing import Any, Final

import pytest

from domain import alert
from domain.alert import AlertAction
from domain.code import code_of
from domain.event import Id
from domain.person.identity import register
from monitoring.alertmanager.intake import take_in
from monitoring.alertmanager.payload import FiredAlert
from service.build import build_desk
from service.commands.alerts import alerts_group
from service.settings import Settings
from store.desk import Desk
from store.streams import Command
from tests.service.announcing import Run, define, runner, told, why_not

LABELS: Final = {"alertname": "UplinkDown", "component": "uplink"}
AT: Final = 1_700_000_000_000
FIRST: Final = FiredAlert("0" * 15 + "1", AT, None, LABELS, {"summary": "No answer"})
SECOND: Final = FiredAlert("0" * 15 + "2", AT, None, LABELS | {"component": "downlink"}, {})


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    define(built, "uplink", "downlink")
    take_in(built, [FIRST, SECOND], by=None)
    yield built
    built.close()


@pytest.fixture
def run(sqlite_settings: Settings, desk: Desk) -> Run:
    assert desk.log.head()
    return runner(sqlite_settings, alerts_group)


@pytest.fixture
def ann(desk: Desk) -> Id:
    person = desk.new_id()
    desk.people.act(Command(desk.new_id()), person, register, identity=person, name="Ann", at=1)
    return person


def stream_of(desk: Desk, fired: FiredAlert) -> Id:
    return desk.name("alert", fired.fingerprint, str(fired.started_at))


def proposed(desk: Desk, fired: FiredAlert = FIRST) -> str:
    """The code of an alert that proposes an incident."""
    stream, component = stream_of(desk, fired), fired.labels["component"]
    facts: dict[str, Any] = {"rule": "down", "action": AlertAction.DRAFT, "component": component, "at": AT}
    desk.alerts.act(Command(desk.new_id()), stream, alert.answer, **facts)
    return code_of("alert", stream)


def test_alerts_are_listed_with_what_was_done_about_them(run: Run, desk: Desk) -> None:
    code = proposed(desk)
    listed = run().stdout.splitlines()
    assert listed[0].endswith("standing since 2023-11-14 22:13 UTC UplinkDown downlink: not answered")
    assert listed[1] == f"{code} draft    since 2023-11-14 22:13 UTC UplinkDown uplink: draft"
    assert listed[2] == "2 alerts, 1 of them wait for a decision"


def test_a_list_may_be_of_one_state(run: Run, desk: Desk) -> None:
    code = proposed(desk)
    assert [each["id"] for each in told(run("--state", "draft", "--json"))["items"]] == [code]
    assert told(run("--state", "over", "--json")) == {"items": [], "drafts": 0}


def test_an_alert_is_shown_with_its_texts(run: Run, desk: Desk) -> None:
    code = proposed(desk)
    shown = run("show", code)
    assert "component: uplink\nsummary: No answer\n" in shown.stdout
    assert told(run("show", code, "--json"))["annotations"]["parts"] == {"summary": "No answer"}


def test_a_draft_is_published_from_the_console(run: Run, desk: Desk, ann: Id) -> None:
    code = proposed(desk)
    incident = told(run("publish", code, "--by", ann, "--json"))["incident"]
    assert incident in run().stdout
    assert told(run("show", code, "--json"))["incident"] == incident
    component = desk.components.load(desk.name("component", "uplink"))[0]
    assert list(component.claims.values()) == ["major_outage"]
    assert "proposes no incident" in why_not(run("publish", code, "--by", ann))


def test_a_draft_is_dismissed_from_the_console(run: Run, desk: Desk, ann: Id) -> None:
    code = proposed(desk)
    assert f"{code}: nothing is announced" in run("dismiss", code, "--by", ann, "--why", "A rehearsal").stdout
    assert f"{code} was dismissed already" in run("dismiss", code, "--by", ann).stdout
    event = desk.log.read(stream_of(desk, FIRST))[-1].event
    assert (event.by, desk.log.text(event.why)) == (ann, {"why": "A rehearsal"})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "000000000000"), "Missing option '--by'"),
        (("show", "000000000000"), "There is no such alert."),
        (("dismiss", "000000000000", "--by", "f" * 32), "There is no such alert."),
    ],
)
def test_mistakes_are_told_in_words(run: Run, arguments: tuple[str, ...], words: str) -> None:
    assert words in why_not(run(*arguments))
