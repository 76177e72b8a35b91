"""What becomes of one message: its effect once, or a reason why it can have none."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.alert import end
from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, SECOND
from domain.probe_kind import TcpCheck
from domain.refusal import Refused
from monitoring.probes import Look, Why, reports
from monitoring.probes.reports import Report
from service.inbox.arrived import Arrived, Unusable
from service.inbox.channels import channels
from service.prober.messages import telling
from store.log import Conflict, Log
from store.streams import Command
from tests.service.inbox.sending import alert, fired, payload, receipts
from tests.service.running import Running

PROBE = ProbeDefined(
    at=1, key="port", component="web", every=MINUTE, timeout=SECOND, fails_after=1, recovers_after=1,
    says=ComponentStatus.MAJOR_OUTAGE, tcp=TcpCheck("a:1"), probers=("fra",),
)  # fmt: skip
SEEN = Look(ComponentStatus.MAJOR_OUTAGE, Why.REFUSED, "x", 0.5, 7)


def take(
    running: Running, channel: str, body: bytes, *, message_id: str = "1", sender: str = "", ahead: int = 0
) -> None:
    message = Arrived(channel, sender, message_id, running.clock.now + ahead, body)
    channels(running.desk, running.views)[channel](message)


def probed(running: Running) -> None:
    desk = running.desk
    desk.configuration.act(Command(desk.new_id()), desk.name("configuration"), lambda _: [PROBE])


def kept(running: Running) -> list[Report]:
    with running.views.connect() as connection:
        return [*reports.reported(connection)]


def told(running: Running, *, at: int = 0, sent: int = 0, probe: str = "port", sender: str = "fra") -> list[Report]:
    """What is kept of a result whose clock is so far from ours."""
    now = running.clock.now
    take(running, "probes", telling(probe, now + at, SEEN, now + sent), sender=sender)
    return kept(running)


def test_an_alert_is_taken_with_its_receipt(any_running: Running) -> None:
    take(any_running, "alertmanager", payload(alert(1), alert(2)))
    assert len(fired(any_running.desk)) == 2
    assert any_running.desk.log.read_all()[-1].envelope.command == any_running.desk.log.read_all()[-2].envelope.command
    assert receipts(any_running.desk) == 1


def test_a_message_that_comes_again_does_nothing_whatever_happened_meanwhile(any_running: Running) -> None:
    desk, body = any_running.desk, payload(alert(1))
    take(any_running, "alertmanager", body)
    [stream] = [each.stream for each in desk.log.read_all() if each.event.__class__.__name__ == "AlertFired"]
    desk.alerts.act(Command(desk.new_id()), stream, end, ended_at=any_running.clock.now)
    head = desk.log.head()
    take(any_running, "alertmanager", body)
    assert desk.log.head() == head
    take(any_running, "alertmanager", body, message_id="2")
    assert desk.log.head() > head


def test_what_is_no_news_has_a_receipt_all_the_same(running: Running) -> None:
    for message_id in ("1", "2", "2"):
        take(running, "alertmanager", payload(alert(1)), message_id=message_id)
    assert (len(fired(running.desk)), receipts(running.desk)) == (1, 2)


def test_another_message_under_an_id_that_was_used_is_refused(running: Running) -> None:
    take(running, "alertmanager", payload(alert(1)))
    with pytest.raises(Refused, match="idempotency_key_reused"):
        take(running, "alertmanager", payload(alert(2)))
    take(running, "alertmanager", payload(alert(2)), sender="other")


def test_many_alerts_that_were_stored_in_part_are_stored_once(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, append, commits = payload(*(alert(number) for number in range(600))), Log.append, [0]

    def failing(log: Log, *rest: Any) -> Any:
        commits[0] += 1
        if commits[0] == 2:
            raise OSError("the server is away")
        return append(log, *rest)

    monkeypatch.setattr(Log, "append", failing)
    with pytest.raises(OSError, match="away"):
        take(running, "alertmanager", body)
    assert (len(fired(running.desk)), receipts(running.desk)) == (250, 0)
    for _ in range(2):
        take(running, "alertmanager", body)
    assert (len(set(fired(running.desk))), len(fired(running.desk)), receipts(running.desk)) == (600, 600, 1)


def test_two_that_take_the_same_message_at_once_take_it_once(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    append, body = Log.append, payload(alert(1))

    def overtaken(*_: Any) -> Any:
        monkeypatch.setattr(Log, "append", append)
        take(running, "alertmanager", body)
        raise Conflict("others were faster")

    monkeypatch.setattr(Log, "append", overtaken)
    take(running, "alertmanager", body)
    assert (len(fired(running.desk)), receipts(running.desk)) == (1, 1)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"alerts": 1}', b"\xff"])
def test_what_is_no_payload_can_never_be_taken(running: Running, body: bytes) -> None:
    with pytest.raises(Unusable, match="no payload of Alertmanager"):
        take(running, "alertmanager", body)


def test_a_result_is_kept_as_it_was_seen(any_running: Running) -> None:
    probed(any_running)
    at = any_running.clock.now
    assert told(any_running) == [Report("port", "fra", at, SEEN)]
    assert told(any_running) == [Report("port", "fra", at, SEEN)]


def test_a_clock_that_is_wrong_is_told_and_not_believed(running: Running) -> None:
    probed(running)
    for apart in (6 * SECOND, -6 * SECOND):
        with pytest.raises(Unusable, match="the clocks of prober fra and of NATS are 6000 ms apart"):
            told(running, at=apart, sent=apart)
    with pytest.raises(Unusable, match="before it was seen"):
        told(running, at=SECOND)
    assert len(told(running, at=-5 * SECOND, sent=-5 * SECOND)) == 1


def test_a_future_that_prober_and_nats_agree_on_is_not_believed(running: Running) -> None:
    probed(running)
    seen = telling("port", at := running.clock.now + 6 * SECOND, SEEN, at)
    with pytest.raises(Unusable, match="the clock of NATS is 6000 ms ahead of the desk's"):
        take(running, "probes", seen, sender="fra", ahead=6 * SECOND)
    assert kept(running) == []


def test_what_a_prober_was_not_asked_for_or_saw_too_long_ago_counts_nothing(running: Running) -> None:
    probed(running)
    assert told(running, sender="msk") == told(running, probe="moon") == []
    assert told(running, at=-3 * MINUTE - 1) == []
    assert len(told(running, at=-3 * MINUTE)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=200)
@given(body=st.binary(max_size=40) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["probe", "at", "sent_at", "status", "why", "detail", "took"]), inner),
    max_leaves=9,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_whatever_a_prober_sends_is_kept_or_unusable(running: Running, body: bytes) -> None:
    try:
        take(running, "probes", body, sender="fra")
    except Unusable:
        assert kept(running) == []
