from collections.abc import Sequence
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alert import (
    Alert,
    AlertAction,
    AlertAnswered,
    AlertDismissed,
    AlertEnded,
    AlertFired,
    AlertFiredAgain,
    AlertPublished,
    AlertSettled,
    Event,
    answer,
    dismiss,
    end,
    evolve,
    fire,
    publish,
    settle,
)
from domain.event import Content
from domain.instant import DAY, MINUTE
from domain.refusal import Refused

AT = 100 * DAY
STREAM, ANN, INCIDENT = "5" * 32, "a1" * 16, "1" * 32
LABELS = {"alertname": "WebDown", "component": "web"}
TOLD = {"summary": "The web does not answer."}


def then(alert: Alert, *told: Sequence[Event]) -> Alert:
    return reduce(evolve, [each for events in told for each in events], alert)


def fired(alert: Alert, at: int = AT) -> list[Event]:
    facts: dict[str, Any] = {"stream": STREAM, "fingerprint": "f" * 16, "labels": LABELS, "annotations": TOLD}
    return fire(alert, started_at=AT, at=at, **facts)


def answered(alert: Alert, action: AlertAction, incident: str | None = None) -> list[Event]:
    return answer(alert, rule="down", action=action, at=AT, component="web", incident=incident)


FIRES = then(Alert(), fired(Alert()))
DRAFT = then(FIRES, answered(FIRES, AlertAction.DRAFT))
OPENED = then(FIRES, answered(FIRES, AlertAction.INCIDENT, INCIDENT))
PARKED = then(OPENED, end(OPENED, ended_at=AT + MINUTE))
OVER = then(PARKED, settle(PARKED, beat=AT + 3 * MINUTE, margin=2 * MINUTE, at=AT + 3 * MINUTE))


def test_an_alert_fires_with_its_texts_under_a_key_of_its_own() -> None:
    (event,) = fired(Alert())
    assert event == AlertFired(at=AT, fingerprint="f" * 16, labels=LABELS, text=Content(STREAM, TOLD))


def test_told_again_it_is_no_news() -> None:
    assert fired(FIRES) == []


def test_what_never_fired_here_does_not_end() -> None:
    assert end(Alert(), ended_at=AT) == []
    assert settle(FIRES, beat=AT + DAY, margin=0, at=AT) == []


def test_its_end_is_told_once_and_is_not_before_its_beginning() -> None:
    assert end(FIRES, ended_at=AT - 1) == [AlertEnded(at=AT)]
    assert end(PARKED, ended_at=AT + 2 * MINUTE) == []


def test_its_end_is_believed_when_the_monitoring_lived_on_for_long_enough() -> None:
    assert settle(PARKED, beat=AT + 3 * MINUTE - 1, margin=2 * MINUTE, at=AT + DAY) == []
    assert OVER.is_settled
    assert settle(OVER, beat=AT + DAY, margin=0, at=AT) == []


def test_what_fires_after_all_never_ended_and_what_was_done_about_it_stands() -> None:
    assert fired(PARKED, AT + 2 * MINUTE) == [AlertFiredAgain(at=AT + 2 * MINUTE)]
    assert then(PARKED, fired(PARKED)) == OPENED


def test_what_fires_after_it_counted_as_over_is_answered_anew() -> None:
    again = then(OVER, fired(OVER))
    assert again == FIRES


def test_it_is_answered_once() -> None:
    (event,) = answered(FIRES, AlertAction.NOTIFY)
    assert event == AlertAnswered(at=AT, rule="down", action=AlertAction.NOTIFY, component="web")
    assert answered(OPENED, AlertAction.NOTIFY) == []
    assert answered(Alert(), AlertAction.NOTIFY) == []


def test_a_draft_is_published_by_a_person() -> None:
    assert DRAFT.is_draft
    (event,) = publish(DRAFT, incident=INCIDENT, by=ANN, at=AT)
    assert event == AlertPublished(at=AT, incident=INCIDENT, by=ANN)
    published = then(DRAFT, [event])
    assert (published.incident, published.is_draft) == (INCIDENT, False)
    assert publish(published, incident=INCIDENT, by=ANN, at=AT) == []


def test_a_draft_is_dismissed_by_a_person() -> None:
    (event,) = dismiss(DRAFT, by=ANN, at=AT, why="A test.")
    assert event == AlertDismissed(at=AT, by=ANN, why=Content(ANN, {"why": "A test."}))
    gone = then(DRAFT, [event])
    assert not gone.is_draft
    assert dismiss(gone, by=ANN, at=AT) == []


def test_of_what_is_over_nobody_needs_to_decide() -> None:
    over = then(DRAFT, end(DRAFT, ended_at=AT))
    assert over.is_draft
    assert not then(over, settle(over, beat=AT, margin=0, at=AT)).is_draft


def test_what_is_no_draft_is_neither_published_nor_dismissed() -> None:
    for alert in (FIRES, OPENED, then(DRAFT, dismiss(DRAFT, by=ANN, at=AT))):
        with pytest.raises(Refused, match="alert_no_draft"):
            publish(alert, incident="2" * 32, by=ANN, at=AT)
    with pytest.raises(Refused, match="alert_no_draft"):
        dismiss(OPENED, by=ANN, at=AT)
    with pytest.raises(Refused, match="alert_unknown"):
        dismiss(Alert(), by=ANN, at=AT)


INSTANTS = st.integers(0, 100)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        AlertFired,
        at=INSTANTS,
        fingerprint=st.just("f" * 16),
        labels=st.just(LABELS),
        text=st.just(Content(STREAM, TOLD)),
    ),
    st.builds(AlertEnded, at=INSTANTS),
    st.builds(AlertFiredAgain, at=INSTANTS),
    st.builds(AlertSettled, at=INSTANTS, beat=INSTANTS),
    st.builds(AlertAnswered, at=INSTANTS, rule=st.just("down"), action=st.sampled_from(AlertAction)),
    st.builds(AlertPublished, at=INSTANTS, incident=st.just(INCIDENT), by=st.just(ANN)),
    st.builds(AlertDismissed, at=INSTANTS, by=st.just(ANN), why=st.none()),
)


@given(st.lists(EVENTS, max_size=12), INSTANTS)
def test_any_order_of_events_is_a_history(events: list[Event], at: int) -> None:
    alert = then(Alert(), events)
    assert not fired(then(alert, fired(alert, at)), at)
    assert not settle(then(alert, settle(alert, beat=at, margin=0, at=at)), beat=at, margin=0, at=at)
