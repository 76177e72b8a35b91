"""What goes over NATS between the desk and its probers."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, SECOND
from domain.probe_kind import (
    DnsCheck,
    DnsRecord,
    HttpCheck,
    PrometheusCheck,
    StatuspageCheck,
    TcpCheck,
    TlsCheck,
)
from monitoring.probes import Look, Why
from service.inbox.arrived import Unusable
from service.prober.messages import Told, tasks, tasks_of, telling, told_of

BARE = ProbeDefined(
    at=1, key="a", component="web", every=MINUTE, timeout=SECOND, fails_after=1, recovers_after=1,
    says=ComponentStatus.DEGRADED, probers=("fra", "msk"),
)  # fmt: skip
PROBES = {
    "http": replace(BARE, http=HttpCheck("https://a/", status=(200, 204))),
    "tcp": replace(BARE, tcp=TcpCheck("a:1"), probers=("fra",)),
    "dns": replace(BARE, dns=DnsCheck("a", DnsRecord.MX, ("b",))),
    "tls": replace(BARE, tls=TlsCheck("a:1"), probers=()),
    "statuspage": replace(BARE, statuspage=StatuspageCheck("https://a"), probers=("desk", "fra")),
    "prometheus": replace(BARE, prometheus=PrometheusCheck("http://a", "up")),
}
TIMES = st.integers(0, 2**53)
LOOKS = st.builds(
    Look, st.none() | st.sampled_from(ComponentStatus), st.sampled_from(Why), st.text(max_size=60).map(str.strip),
    st.floats(0, 60), st.none() | TIMES,
)  # fmt: skip


def test_each_prober_is_told_what_it_is_to_look_at_and_not_what_that_means() -> None:
    told = tasks(PROBES)
    assert told.keys() == {"fra", "msk"}
    assert [each.check for each in tasks_of(told["msk"])] == [
        PROBES[key].check for key in ("dns", "http", "prometheus")
    ]
    assert len(tasks_of(told["fra"])) == 5
    assert not any(each in told["fra"] for each in (b"web", b"degraded", b"msk"))


def test_what_a_prober_of_an_older_version_cannot_look_at_it_leaves_out() -> None:
    known, *_ = json.loads(tasks(PROBES)["msk"])
    newer = {**known, "dns": None, "telepathy": {"whom": "a"}}
    other = {**known, "dns": {"name": "a", "record": "SVCB"}}
    [task] = tasks_of(json.dumps([newer, known | {"more": 1}, other]).encode())
    assert task.check == PROBES["dns"].check


@given(TIMES, LOOKS, TIMES)
def test_what_is_told_is_what_is_heard(at: int, look: Look, sent_at: int) -> None:
    seen = (look.status, look.why, look.detail[:40], look.took, look.expires_at)
    assert told_of(telling("web", at, look, sent_at)) == Told("web", at, sent_at, *seen)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": -1},
        {"at": 2**60},
        {"status": "fine"},
        {"why": "so"},
        {"detail": "x" * 41},
        {"took": -1},
        {"probe": "x" * 65},
    ],
)
def test_what_no_prober_says_is_not_believed(wrong: dict[str, object]) -> None:
    good = {"probe": "web", "at": 1, "sent_at": 2}
    assert told_of(json.dumps(good).encode()) == Told("web", 1, 2)
    with pytest.raises(Unusable, match="no result of a prober"):
        told_of(json.dumps(good | wrong).encode())
