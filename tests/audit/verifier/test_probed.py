"""What probes say of a component, and what it is said to be because of them: one follows from the other."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from audit.verifier.report import Fault
from domain.component import ComponentStatus, State, Through, observe, release, set_status, withdraw_probe
from domain.instant import MINUTE
from service.settings import Settings
from store.streams import Command
from tests.audit.verifier.forging import Evidence, founded, republished
from tests.cast import ANN, AT
from tests.service.office import Office

UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE


class Probed:
    """An office with a component that two probes look at."""

    def __init__(self, office: Office) -> None:
        self.office, self.number = office, 0
        office.define()

    def act(self, decide: Callable[..., Any], **facts: Any) -> None:
        story = self.office.story
        story.clock.now += MINUTE
        stream, at = story.desk.name("component", "web"), story.clock.now
        story.desk.components.act(Command(story.desk.new_id()), stream, decide, key="web", at=at, **facts)

    def says(self, status: State, probe: str = "https") -> None:
        self.number += 1
        self.act(observe, probe=probe, status=status, number=self.number)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    """Probes, a person's word against them, its release, silence, and a probe that is withdrawn."""
    with closing(founded(Settings(data_dir=tmp_path / "desk"))) as story:
        probed = Probed(Office(story))
        story.clock.now = AT
        probed.says(UP)
        probed.says(DOWN, "inside")
        probed.act(set_status, known={"web"}, status=UP, through=Through.PERSON, by=ANN)
        probed.says(UP, "inside")
        probed.says(DOWN)
        probed.act(release, by=ANN)
        probed.says(None)
        probed.act(withdraw_probe, probe="https")
        entries = tuple(envelope for _, envelope in story.desk.log.envelopes())
    return Evidence(entries, tmp_path / "evidence").publish()


def test_an_honest_desk_says_what_its_probes_say(evidence: Evidence) -> None:
    assert evidence.verified().findings == []


def test_a_component_is_not_better_than_its_probes_say(evidence: Evidence) -> None:
    place = evidence.index("component.status_set", status="major_outage")
    assert Fault.PROBED in republished(evidence.changed(place, lambda said: said | {"status": "operational"}))


def test_a_component_is_not_known_while_its_probes_are_silent(evidence: Evidence) -> None:
    place = evidence.index("component.status_set", which=-2)
    assert Fault.PROBED in republished(evidence.changed(place, lambda said: said | {"status": "operational"}))


def test_an_older_result_is_not_told_after_a_newer_one(evidence: Evidence) -> None:
    place = evidence.index("component.probe_turned", probe="https", number=4)
    assert Fault.PROBED in republished(evidence.changed(place, lambda said: said | {"number": 0}))
