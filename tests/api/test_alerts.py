"""Alerts come in from Alertmanager, and the staff looks at them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError

from api.alerts.intake import LONGEST
from domain.alert import AlertAction
from domain.instant import DAY, HOUR, MINUTE
from domain.token import TokenScope
from monitoring.alertmanager.times import text_of
from projections.alerts import standing
from store.intake import ticket_of
from tests.api.alerts import SUMMARY, alert, answered, listed, seen, send, send_raw, size_of, taken
from tests.api.office import Member, Office, token_for
from tests.cast import AT


def limited(office: Office, *scopes: TokenScope, who: str = "ann") -> Office:
    """A token of that person with these scopes alone, of somebody called `prometheus`."""
    member = office.people[who]
    token = token_for(office.desk, member.id, frozenset(scopes))
    return Office(**{**vars(office), "people": {**office.people, "prometheus": Member(member.id, token)}})


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"glasno_alerts_{name}_total", {"receiver": "alertmanager"}) or 0


def test_an_alert_that_fires_is_taken_in_with_its_labels_and_texts(office: Office) -> None:
    assert taken(office, alert()) == (1, 1, 0, [])
    [shown] = listed(office)
    assert shown["labels"] == {"alertname": "UplinkDown", "component": "uplink", "severity": "critical"}
    assert (shown["state"], shown["action"], shown["started_at"]) == ("standing", None, "2026-11-02T10:00:00.000Z")
    told = office.ask("ann", "GET", f"/v1/alerts/{shown['id']}").json()
    assert told["annotations"]["parts"] == {"summary": SUMMARY, "description": "No answer for a minute."}
    assert told["generator"] == "http://prometheus.example/graph?g0.expr=up"
    assert told["by"] == office.people["ann"].id


def test_of_a_mixed_payload_each_alert_counts_for_itself(office: Office) -> None:
    send(office, alert(1), alert(2))
    assert taken(office, alert(1, ended_at=AT + MINUTE), alert(2), alert(3)) == (3, 1, 1, [])
    assert {each["fingerprint"][-1]: each["state"] for each in listed(office)} == {
        "1": "parked",
        "2": "standing",
        "3": "standing",
    }


def test_told_again_it_is_no_news(office: Office) -> None:
    send(office, alert(1), alert(2, ended_at=AT))
    head = office.desk.log.head()
    assert taken(office, alert(1), alert(2, ended_at=AT)) == (2, 0, 0, [])
    assert office.desk.log.head() == head


def test_one_that_is_over_and_fires_after_all_is_news_even_in_the_same_words(office: Office) -> None:
    send(office, alert())
    assert taken(office, alert(ended_at=AT + MINUTE)) == (1, 0, 1, [])
    assert taken(office, alert()) == (1, 1, 0, [])
    [shown] = listed(office)
    assert (shown["state"], shown["ended_at"]) == ("standing", None)


def test_fired_again_later_it_is_another_alert(office: Office) -> None:
    send(office, alert())
    assert taken(office, alert(started_at=AT + HOUR)) == (1, 1, 0, [])
    assert len({each["id"] for each in listed(office)}) == 2


def test_one_alert_may_begin_and_end_in_one_payload(office: Office) -> None:
    assert taken(office, alert(), alert(ended_at=AT + MINUTE)) == (2, 1, 1, [])
    assert [each["state"] for each in listed(office)] == ["parked"]


def test_the_end_of_what_never_fired_here_is_no_news(office: Office) -> None:
    assert taken(office, alert(ended_at=AT)) == (1, 0, 0, [])
    assert listed(office) == []


def test_nothing_that_is_told_lies_ahead_or_its_end_could_never_be_confirmed(office: Office) -> None:
    now, ahead = office.clock.now, office.clock.now + 365 * DAY
    assert taken(office, alert(started_at=ahead), alert(2)) == (2, 2, 0, [])
    assert taken(office, alert(started_at=ahead, ended_at=ahead + 1), alert(2, ended_at=ahead)) == (2, 0, 2, [])
    assert [each["ended_at"] for each in listed(office)] == [text_of(now)] * 2
    assert sorted(each["started_at"] for each in listed(office)) == sorted([text_of(now), text_of(AT)])


def test_a_bad_alert_costs_no_other(office: Office) -> None:
    bad = alert(2) | {"fingerprint": "x"}
    assert taken(office, bad, alert(1), {"status": "firing"}) == (1, 1, 0, ["fingerprint", "shape"])
    assert len(listed(office)) == 1


def test_an_alert_of_no_rule_is_taken_in_all_the_same(office: Office) -> None:
    assert taken(office, alert(alertname="Unheard", component="moon")) == (1, 1, 0, [])


def test_what_cannot_be_used_is_counted(office: Office) -> None:
    received, rejected = counted("received"), counted("rejected")
    send(office, alert(1), alert(2) | {"status": "odd"})
    send_raw(office, b"[]")
    assert (counted("received") - received, counted("rejected") - rejected) == (1, 2)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b'{"alerts": {}}', b"[" * 100_000])
def test_what_is_no_payload_is_refused(office: Office, body: bytes) -> None:
    answer = send_raw(office, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "no_alerts")


def test_a_payload_without_alerts_is_one(office: Office) -> None:
    assert taken(office) == (0, 0, 0, [])


def test_only_a_token_for_alerts_hands_them_over(office: Office) -> None:
    assert send(office, alert(), who=None).status_code == 401
    assert send(office, alert(), who="cy").status_code == 403
    assert send(office, alert(), who="ada").status_code == 403
    only = limited(office, TokenScope.ALERTS_WRITE)
    assert send(only, alert(), who="prometheus").status_code == 200
    other = limited(office, TokenScope.COMPONENTS_WRITE)
    assert send(other, alert(2), who="prometheus").status_code == 403


def test_a_payload_may_be_longer_than_other_bodies_but_not_endless(office: Office) -> None:
    many = [alert(number) for number in range(400)]
    assert 64 * 1024 < size_of(*many) < LONGEST
    assert taken(office, *many)[:3] == (400, 400, 0)
    answer = send_raw(office, b" " * (LONGEST + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_five_thousand_alerts_are_taken_in(office: Office) -> None:
    short = [{**alert(number), "annotations": {}, "generatorURL": ""} for number in range(5_000)]
    for start in range(0, 5_000, 1_000):
        assert taken(office, *short[start : start + 1_000]) == (1_000, 1_000, 0, [])
    assert taken(office, *short[:1_000]) == (1_000, 0, 0, [])
    office.views.catch_up()
    with office.views.engine.connect() as connection:
        assert len(standing(connection)) == 5_000


def test_of_more_than_a_thousand_the_rest_is_left_to_whoever_asks(office: Office) -> None:
    short = [{**alert(number), "annotations": {}, "generatorURL": ""} for number in range(1_002)]
    assert taken(office, *short) == (1_000, 1_000, 0, ["too_many", "too_many"])


def test_two_alertmanagers_that_tell_the_same_at_once_tell_it_once(office: Office) -> None:
    group = [alert(number) for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(lambda _: send(office, *group), range(4))]
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["new"] for answer in answers) == 20
    assert len(listed(office)) == 20


def test_while_the_database_is_away_it_is_to_be_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(office.desk.log, "append", away)
    answer = send(office, alert())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_lists_are_found_by_state(office: Office) -> None:
    send(office, alert(1), alert(2), alert(3))
    send(office, alert(2, ended_at=AT))
    states = {state: len(listed(office, state)) for state in ("standing", "parked", "draft", "over")}
    assert states == {"standing": 2, "parked": 1, "draft": 0, "over": 0}
    assert office.ask("ann", "GET", "/v1/alerts?state=odd").status_code == 422


def test_pages_go_on_where_the_last_one_ended(office: Office) -> None:
    send(office, *(alert(number) for number in range(5)))
    first = office.ask("ann", "GET", "/v1/alerts?limit=3").json()
    rest = office.ask("ann", "GET", f"/v1/alerts?limit=3&cursor={first['cursor']}").json()
    found = [each["fingerprint"][-1] for page in (first, rest) for each in page["items"]]
    assert (found, rest["cursor"]) == (["4", "3", "2", "1", "0"], None)
    assert office.ask("ann", "GET", "/v1/alerts?cursor=odd").json()["code"] == "cursor_invalid"


def test_what_was_done_is_told(office: Office) -> None:
    ticket = office.open()
    send(office, alert())
    [shown] = listed(office)
    noted = (ticket_of(office.desk, ticket[-9:]),)
    answered(office, seen(office, shown["id"]).stream, AlertAction.NOTE, rule="imminent", tickets=noted)
    told = office.ask("ann", "GET", f"/v1/alerts/{shown['id']}").json()
    assert (told["action"], told["rule"], told["tickets"]) == ("note", "imminent", [ticket[-9:]])
    [of_another_line] = listed(office, who="ben")
    assert of_another_line["tickets"] == []


def test_alerts_are_for_the_staff(office: Office) -> None:
    send(office, alert())
    [shown] = listed(office, who="lea")
    for path in ("/v1/alerts", f"/v1/alerts/{shown['id']}"):
        assert office.ask("cy", "GET", path).status_code == 403
        assert office.ask(None, "GET", path).status_code == 401
    assert listed(limited(office, TokenScope.ALERTS_WRITE), who="prometheus") == [shown]
    assert listed(limited(office, TokenScope.COMPONENTS_WRITE), who="prometheus") == [shown]


def test_there_is_no_alert_of_another_code(office: Office) -> None:
    assert office.ask("ann", "GET", "/v1/alerts/000000000000").json()["code"] == "alert_unknown"
