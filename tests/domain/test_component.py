import pytest

from domain.component import Component, ComponentStatus, Event, StatusSet, Through, evolve, set_status
from domain.event import Content
from domain.refusal import Refused

AT = 1_000
ANN = "a1" * 16
DOWN = Component(ComponentStatus.MAJOR_OUTAGE, Through.PROBE)


def told(component: Component, through: Through = Through.PROBE, **facts: str) -> list[Event]:
    status = ComponentStatus.MAJOR_OUTAGE
    return set_status(component, key="web", known=frozenset({"web"}), status=status, through=through, at=AT, **facts)


def test_the_first_status_is_set() -> None:
    (event,) = told(Component())
    assert event == StatusSet(at=AT, component="web", status=ComponentStatus.MAJOR_OUTAGE, through=Through.PROBE)
    assert evolve(Component(), event) == DOWN


def test_the_same_status_again_is_no_news() -> None:
    assert told(DOWN) == []
    assert told(DOWN, Through.ALERT) == []


def test_a_person_who_confirms_a_probe_is_news_once() -> None:
    (event,) = told(DOWN, Through.PERSON, by=ANN)
    assert told(evolve(DOWN, event), Through.PERSON, by=ANN) == []


def test_a_person_need_not_say_why() -> None:
    down = StatusSet(at=AT, component="web", status=ComponentStatus.MAJOR_OUTAGE, through=Through.PERSON, by=ANN)
    assert told(Component(), Through.PERSON, by=ANN) == [down]


def test_the_persons_words_are_sealed_under_the_persons_key() -> None:
    (event,) = told(Component(), Through.PERSON, by=ANN, why="Disk is full")
    assert event.why == Content(ANN, {"why": "Disk is full"})


def test_an_unknown_component_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        set_status(
            Component(),
            key="web",
            known=frozenset(),
            status=ComponentStatus.DEGRADED,
            through=Through.PROBE,
            at=AT,
        )
    assert refusal.value == Refused("component_unknown", component="web")


@pytest.mark.parametrize("facts", [{"through": Through.PERSON}, {"through": Through.PROBE, "why": "Disk is full"}])
def test_a_person_is_named(facts: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        told(Component(), **facts)  # type: ignore[arg-type]
    assert refusal.value == Refused("person_required", component="web")
