"""What is read of what a webhook is sent."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.alertmanager.payload import FiredAlert, Malformed, Unusable, is_watchdog_resolved, read_webhook

SINCE, UNTIL = 1_795_359_600_000, 1_795_359_900_250
FIRING: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "MailDown", "component": "mail"},
    "annotations": {"summary": "Почта не отвечает"},
    "startsAt": "2026-11-22T15:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "https://prometheus.example/graph?g0.expr=up",
    "fingerprint": "00ff00ff00ff00ff",
}
RESOLVED = FIRING | {"status": "resolved", "endsAt": "2026-11-22T18:05:00.250999999+03:00"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["firing", "resolved", FIRING, RESOLVED]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*FIRING, "alerts", "x"]) | st.text(), inner),
)


def payload(*alerts: Any, **others: object) -> bytes:
    return json.dumps({"version": "4", "status": "firing", "alerts": alerts, **others}).encode()


def only(alert: dict[str, Any]) -> FiredAlert:
    (found,) = read_webhook(payload(alert)).alerts
    return found


def rejected(alert: Any) -> tuple[str, ...]:
    """Why, if nothing of it was used."""
    read = read_webhook(payload(alert))
    assert read.alerts == ()
    return read.rejected


def test_an_alert_that_fires_has_no_end() -> None:
    assert only(FIRING) == FiredAlert(
        "00ff00ff00ff00ff",
        SINCE,
        None,
        {"alertname": "MailDown", "component": "mail"},
        {"summary": "Почта не отвечает"},
        "https://prometheus.example/graph?g0.expr=up",
    )
    assert only(FIRING | {"endsAt": RESOLVED["endsAt"]}).ended_at is None


def test_an_alert_that_was_resolved_has_ended() -> None:
    assert only(RESOLVED).ended_at == UNTIL


def test_the_status_of_each_alert_counts_and_not_that_of_the_group() -> None:
    assert [each.ended_at for each in read_webhook(payload(FIRING, RESOLVED)).alerts] == [None, UNTIL]


def test_another_version_and_what_is_not_known_are_read() -> None:
    alert = FIRING | {"muted": {"by": [1]}}
    assert read_webhook(payload(alert, version="5", routeLabels={})).alerts == (only(FIRING),)


def test_one_bad_alert_costs_no_other() -> None:
    read = read_webhook(payload({"status": "firing"}, FIRING, 7))
    assert (len(read.alerts), read.rejected) == (1, (Unusable.SHAPE, Unusable.SHAPE))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "unknown"}, Unusable.STATUS),
        ({"fingerprint": "00ff"}, Unusable.FINGERPRINT),
        ({"fingerprint": "00ff00ff00ff00fg"}, Unusable.FINGERPRINT),
        ({"startsAt": "yesterday"}, Unusable.STARTS_AT),
        ({"startsAt": "0001-01-01T00:00:00Z"}, Unusable.STARTS_AT),
        ({"status": "resolved"}, Unusable.ENDS_AT),
        ({"status": "resolved", "endsAt": "2026-11-22T14:59:59Z"}, Unusable.ENDS_AT),
        ({"labels": {}}, Unusable.LABELS),
        ({"labels": {"": "x"}}, Unusable.LABELS),
        ({"labels": {"n" * 129: "x"}}, Unusable.LABELS),
        ({"labels": {"n": "я" * 2049}}, Unusable.LABELS),
        ({"labels": {"n": "\x00"}}, Unusable.LABELS),
        ({"labels": {str(number): "x" for number in range(65)}}, Unusable.LABELS),
        ({"labels": {"n": 1}}, Unusable.SHAPE),
        ({"startsAt": None}, Unusable.SHAPE),
    ],
)
def test_what_an_alert_is_known_by_is_whole_or_the_alert_is_left_out(change: dict[str, Any], why: Unusable) -> None:
    assert rejected(FIRING | change) == (why,)


def test_labels_at_their_limits_are_kept() -> None:
    labels = {f"{number:0128}": "я" * 2048 for number in range(64)}
    assert only(FIRING | {"labels": labels}).labels == labels


def test_a_long_text_is_cut_between_two_letters() -> None:
    cut = only(FIRING | {"annotations": {"summary": "xя" * 2000}}).annotations["summary"]
    assert cut == "xя" * 1364 + "x…"
    assert len(cut.encode()) == 4096


def test_annotations_that_cannot_be_used_are_left_out_and_counted() -> None:
    many = {"n" * 129: "x"} | {str(number): "x" for number in range(65)}
    read = read_webhook(payload(FIRING | {"annotations": many}))
    assert list(read.alerts[0].annotations) == [str(number) for number in range(64)]
    assert read.rejected == (Unusable.ANNOTATION,) * 2


def test_an_alert_needs_no_annotations_and_no_link() -> None:
    bare = {name: value for name, value in FIRING.items() if name not in ("annotations", "generatorURL", "endsAt")}
    assert (only(bare).annotations, only(bare).generator) == ({}, "")
    assert only(bare | {"annotations": None}).annotations == {}


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://", "https://x/ y", "https://x/\u202e", "http://" + "x" * 4096]
)
def test_what_is_no_link_for_a_browser_is_none(link: str) -> None:
    assert only(FIRING | {"generatorURL": link}).generator == ""


def test_no_zero_byte_is_kept() -> None:
    assert only(FIRING | {"annotations": {"summary": "a\x00b"}}).annotations == {"summary": "ab"}


def test_a_fingerprint_is_the_same_however_its_letters_are_written() -> None:
    assert only(FIRING | {"fingerprint": "00FF00FF00FF00FF"}) == only(FIRING)


def test_of_more_than_a_thousand_alerts_the_rest_is_left_out() -> None:
    read = read_webhook(payload(*[FIRING] * 1002))
    assert (len(read.alerts), read.rejected) == (1000, (Unusable.TOO_MANY,) * 2)


@pytest.mark.parametrize(
    "document", [b"", b"ok", b"[]", b"{}", b'{"alerts": {}}', b"\xff", b"[" * 100_000, b'{"alerts":[]']
)
def test_what_has_no_list_of_alerts_is_malformed(document: bytes) -> None:
    with pytest.raises(Malformed):
        read_webhook(document)
    assert not is_watchdog_resolved(document)


def test_what_is_nested_without_end_is_malformed() -> None:
    with pytest.raises(Malformed):
        read_webhook(b'{"alerts":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}")


def test_an_invalid_letter_costs_only_its_alert() -> None:
    broken = payload(FIRING, FIRING | {"status": "?"}).replace(b'"?"', b'"\xff"')
    assert (len(read_webhook(broken).alerts), read_webhook(broken).rejected) == (1, (Unusable.SHAPE,))


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_malformed(document: bytes) -> None:
    try:
        read = read_webhook(document)
    except Malformed:
        assert not is_watchdog_resolved(document)
    else:
        assert read == read_webhook(document)


@given(st.lists(JSON))
def test_every_alert_is_used_or_rejected(alerts: list[Any]) -> None:
    read = read_webhook(payload(*alerts))
    left_out = [each for each in read.rejected if each != Unusable.ANNOTATION]
    assert len(read.alerts) + len(left_out) == len(alerts)


def test_alerts_of_which_none_fires_are_no_beat() -> None:
    assert is_watchdog_resolved(payload(RESOLVED))
    assert is_watchdog_resolved(payload(RESOLVED | {"fingerprint": ""}, 7))


@pytest.mark.parametrize(
    "document", [payload(FIRING), payload(RESOLVED, {"status": "firing"}), b"", b"ok", b'{"a": 1}']
)
def test_whatever_else_comes_is_a_beat(document: bytes) -> None:
    assert not is_watchdog_resolved(document)
