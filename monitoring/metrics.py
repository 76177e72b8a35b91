"""The metric objects of a process: whoever has something to count imports them; they know nothing of the desk.

Names and labels follow the Prometheus conventions: base units, `_total` on counters, deadlines as instants.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each one, which nothing reads

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

BUILD_INFO: Final = Gauge("glasno_build_info", "Always 1: what is running.", ["version", "revision"])
REQUEST_DURATION: Final = Histogram(
    "glasno_http_request_duration_seconds",
    "From the first byte of a request to the last of its answer; route is the template of its address.",
    ["method", "route", "code"],
    buckets=SECONDS,
)
REQUESTS_IN_PROGRESS: Final = Gauge("glasno_http_requests_in_progress", "Requests that are being answered.")
APPEND_DURATION: Final = Histogram(
    "glasno_event_store_append_duration_seconds", "One append, its commit included.", buckets=SECONDS
)
APPEND_CONFLICTS: Final = Counter(
    "glasno_event_store_append_conflicts", "Appends that came second and were decided again."
)
ALERTS_RECEIVED: Final = Counter(
    "glasno_alerts_received", "Alerts that were handed over and could be used, told again included.", ["receiver"]
)
ALERTS_REJECTED: Final = Counter(
    "glasno_alerts_rejected",
    "Alerts or annotations of them that could not be used, and payloads that were none.",
    ["receiver"],
)
WORK_FAILURES: Final = Counter("glasno_work_failures", "Units of work that failed and are tried again later.", ["work"])
INTEGRITY_TREE_SIZE: Final = Gauge(
    "glasno_integrity_checkpoint_tree_size", "Entries under the newest signed checkpoint."
)
INTEGRITY_SIGNED_AT: Final = Gauge(
    "glasno_integrity_checkpoint_timestamp_seconds", "When the newest checkpoint was signed."
)
INTEGRITY_UNSIGNED_AGE: Final = Gauge(
    "glasno_integrity_unsigned_age_seconds", "Age of the oldest event that is under no signed checkpoint; 0 if none."
)
INTEGRITY_FORKED: Final = Gauge(
    "glasno_integrity_forked", "1 while nothing is signed, because log or key are not those of what was signed."
)
LEASE_HELD: Final = Gauge(
    "glasno_lease_held", "1 while this process works in the role, which one process does at a time.", ["role"]
)
CLOCKS_DISAGREE: Final = Gauge(
    "glasno_clocks_disagree", "1 while wall, monotonic and database clocks disagree and no timer acts."
)
SUBSCRIBERS_TOLD: Final = Counter(
    "glasno_subscribers_told",
    "Attempts to tell subscribers something, by what came of them: delivered, failed (it is tried again), given_up, or "
    "postponed because the mail server takes nothing.",
    ["channel", "outcome"],
)
RELAY_PUBLISHED: Final = Counter(
    "glasno_relay_published", "Events that the stream has acknowledged to this process.", ["stream"]
)
RELAY_PUBLISH_FAILURES: Final = Counter(
    "glasno_relay_publish_failures",
    "How often relaying was cut short; it begins again where the stream ends.",
    ["stream"],
)
RELAY_PENDING: Final = Gauge("glasno_relay_pending_events", "Events that are still to be relayed.", ["stream"])
RELAY_OLDEST_PENDING: Final = Gauge(
    "glasno_relay_oldest_pending_timestamp_seconds",
    "When the oldest event that is still to be relayed was stored; absent if there is none.",
    ["stream"],
)
INBOX_MESSAGES: Final = Counter(
    "glasno_inbox_messages",
    "What came in over NATS, by what became of it: taken, put_off (it is tried again) or buried (it cannot be used).",
    ["channel", "outcome"],
)
INBOX_FAILURES: Final = Counter(
    "glasno_inbox_failures", "How often taking in what comes over NATS was cut short; it begins again."
)
INBOX_PENDING: Final = Gauge("glasno_inbox_pending_messages", "What has come in over NATS and is still to be taken.")
PROBER_RESULTS: Final = Counter(
    "glasno_prober_results",
    "Looks of this prober, by what became of them: sent, or dropped because NATS was away for too long.",
    ["outcome"],
)
PROBER_PROBES: Final = Gauge("glasno_prober_probes", "What this prober is to look at.")
MAILINGS_UNDER_WAY: Final = Gauge(
    "glasno_mailings_under_way", "Announcements that some subscribers are still to be told."
)
ALERTS_UNANSWERABLE: Final = Counter(
    "glasno_alerts_unanswerable", "Alerts that were to open an incident, and named no component of the page."
)
ALERTS_PARKED_AGE: Final = Gauge(
    "glasno_alerts_parked_age_seconds",
    "How long ago the alert ended whose end has waited longest to be confirmed; 0 if none waits.",
)
