"""What is still to be relayed, for Prometheus: of an instant, so that a relay that hangs does not look well."""

from contextlib import suppress

from domain.instant import SECOND
from monitoring.metrics import RELAY_OLDEST_PENDING, RELAY_PENDING, RELAY_PUBLISH_FAILURES, RELAY_PUBLISHED
from service.relay.message import STREAM
from store.log import Log


def begin() -> None:
    """The counters are there before anything is counted."""
    RELAY_PUBLISHED.labels(STREAM)
    RELAY_PUBLISH_FAILURES.labels(STREAM)


def tell(log: Log, position: int) -> None:
    """What comes after the position up to which the stream is known to be relayed; positions have gaps."""
    missing = log.read_all(after=position, limit=1)
    RELAY_PENDING.labels(STREAM).set(max(log.head() - position, 0) if missing else 0)
    if missing:
        RELAY_OLDEST_PENDING.labels(STREAM).set(missing[0].envelope.rec / SECOND)
    else:
        with suppress(KeyError):
            RELAY_OLDEST_PENDING.remove(STREAM)
