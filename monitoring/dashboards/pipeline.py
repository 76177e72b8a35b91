"""What everything else depends on: log, views, evidence, work, and the metrics themselves."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from monitoring.dashboards.parts import Section, dashboard, lines

APPENDS = "glasno_event_store_append_duration_seconds"


def pipeline() -> Dashboard:
    """From an event to what is seen of it."""
    return dashboard(
        "glasno-pipeline",
        "Glasno / pipeline",
        "Whether what is shown is what was stored, and what was stored is signed.",
        [_log(), _views(), _evidence(), _work()],
    )


def _log() -> Section:
    return "Log", [
        lines(
            "Events",
            "Stored per second.",
            "short",
            ('deriv(glasno_event_store_position{job=~"$job"}[$__rate_interval]) >= 0', "{{instance}}"),
        ),
        lines(
            "Appends",
            "What 99 and 50 of 100 take at most, commit included.",
            "s",
            *(
                (
                    (
                        f"histogram_quantile({share}, sum by (le) "
                        f'(rate({APPENDS}_bucket{{job=~"$job"}}[$__rate_interval])))'
                    ),
                    name,
                )
                for share, name in ((0.99, "99 %"), (0.5, "50 %"))
            ),
        ),
        lines(
            "Conflicts",
            "Appends that came second and were decided again.",
            "short",
            (
                ('sum(increase(glasno_event_store_append_conflicts_total{job=~"$job"}[$__rate_interval]))'),
                "conflicts",
            ),
        ),
        lines(
            "Processor",
            "Cores that each process uses.",
            "short",
            ('rate(process_cpu_seconds_total{job=~"$job"}[$__rate_interval])', "{{instance}}"),
        ),
    ]


def _views() -> Section:
    return "Views", [
        lines(
            "How far views are behind",
            "Age of the oldest event that a view lacks.",
            "s",
            ('max by (projection) (glasno_projection_lag_seconds{job=~"$job"})', "{{projection}}"),
        ),
        lines(
            "Views that stopped",
            "1 if a view failed at an event.",
            "short",
            ('max by (projection) (glasno_projection_stopped{job=~"$job"}) > 0', "{{projection}}"),
        ),
        lines(
            "Reading the views",
            "How long a look of Prometheus takes.",
            "s",
            ('glasno_collector_duration_seconds{job=~"$job"}', "{{instance}}"),
        ),
        lines(
            "Metrics that are whole",
            "1 if every family could be read.",
            "short",
            ('glasno_collector_success{job=~"$job"}', "{{instance}}"),
        ),
    ]


def _evidence() -> Section:
    return "Evidence", [
        lines(
            "Waiting for a signature",
            "Age of the oldest event under no signed checkpoint.",
            "s",
            ('max(glasno_integrity_unsigned_age_seconds{job=~"$job"})', "unsigned"),
        ),
        lines(
            "Entries under the newest checkpoint",
            "They never become fewer.",
            "short",
            ('max(glasno_integrity_checkpoint_tree_size{job=~"$job"})', "entries"),
        ),
    ]


def _work() -> Section:
    return "Work", [
        lines(
            "Failures",
            "Units of work that failed and are tried again.",
            "short",
            (
                ('sum by (work) (increase(glasno_work_failures_total{job=~"$job"}[$__rate_interval]))'),
                "{{work}}",
            ),
        ),
        lines(
            "Leaders",
            "How many processes work in each role: one, and none for a moment when it changes.",
            "short",
            ('sum by (role) (glasno_lease_held{job=~"$job"})', "{{role}}"),
        ),
        lines(
            "Events that are still to be relayed",
            "To NATS JetStream.",
            "short",
            ('max by (stream) (glasno_relay_pending_events{job=~"$job"})', "{{stream}}"),
        ),
        lines(
            "Alerts whose end is not confirmed",
            "How long the oldest of them has waited for a heartbeat.",
            "s",
            ('max(glasno_alerts_parked_age_seconds{job=~"$job"})', "parked"),
        ),
        lines(
            "Subscribers",
            "Attempts to tell them, by what came of it.",
            "short",
            (
                ('sum by (channel, outcome) (increase(glasno_subscribers_told_total{job=~"$job"}[$__rate_interval]))'),
                "{{channel}}: {{outcome}}",
            ),
        ),
        lines(
            "Clocks that disagree",
            "1 while no timer acts.",
            "short",
            ('max by (instance) (glasno_clocks_disagree{job=~"$job"})', "{{instance}}"),
        ),
        lines(
            "Calendars",
            "How long each is known for.",
            "s",
            (
                'min by (calendar) (glasno_calendar_end_timestamp_seconds{job=~"$job"}) - time()',
                "{{calendar}}",
            ),
        ),
    ]
