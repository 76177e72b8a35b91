"""What Prometheus is told of what the stream does not have yet."""

import pytest
from prometheus_client import REGISTRY

from monitoring.metrics import RELAY_OLDEST_PENDING, RELAY_PENDING
from service.relay import pending
from store.desk import Desk
from tests.service.relay.happening import happen


def told(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"glasno_relay_{name}", {"stream": "GLASNO"})


def test_counters_are_there_before_anything_is_counted() -> None:
    pending.begin()
    assert told("published_total") is not None
    assert told("publish_failures_total") is not None


def test_what_waits_is_told_with_its_age(sqlite_desk: Desk) -> None:
    head = sqlite_desk.log.head()
    pending.tell(sqlite_desk.log, head)
    assert (told("pending_events"), told("oldest_pending_timestamp_seconds")) == (0, None)
    happen(sqlite_desk, 2)
    first, *later = sqlite_desk.log.read_all(after=head)
    pending.tell(sqlite_desk.log, head)
    assert told("pending_events") == 1 + len(later)
    assert told("oldest_pending_timestamp_seconds") == first.envelope.rec / 1000
    pending.tell(sqlite_desk.log, sqlite_desk.log.head())
    assert (told("pending_events"), told("oldest_pending_timestamp_seconds")) == (0, None)


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    RELAY_PENDING.clear()
    RELAY_OLDEST_PENDING.clear()
