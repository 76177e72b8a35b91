"""What an SRE looks at first: is something wrong, with what, and for whom."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from monitoring.dashboards.parts import Section, bars, dashboard, lines, number, states

REQUESTS = "glasno_http_request_duration_seconds"


def overview() -> Dashboard:
    """Components, incidents, tickets, probes, requests."""
    return dashboard(
        "glasno-overview",
        "Glasno / SRE overview",
        "Whether the desk and what it reports on are well.",
        [_now(), _components(), _probes(), _requests()],
    )


def _now() -> Section:
    return "Now", [
        number(
            "Alerts",
            "Alerts of the desk that fire.",
            "short",
            'count(ALERTS{alertname=~"Glasno.*",alertstate="firing"}) or vector(0)',
            bad=1,
        ),
        number(
            "Open incidents",
            "Announced on the page and not over.",
            "short",
            'sum(max by (impact) (glasno_incidents_open{job=~"$job"}))',
            bad=1,
        ),
        number(
            "Clocks overdue",
            "Open clocks whose deadline has passed.",
            "short",
            'sum(max by (clock, level, kind, priority) (glasno_sla_clocks{job=~"$job",state="overdue"}))',
            bad=1,
        ),
        number(
            "Hanging tickets",
            "Nobody did what was to be done.",
            "short",
            'max(glasno_tickets_hanging{job=~"$job"})',
            bad=1,
        ),
    ]


def _components() -> Section:
    return "Components", [
        states(
            "Components that do not work",
            "1 while a component is in an outage or under works.",
            ('1 - max by (component) (glasno_component_up{job=~"$job"})', "{{component}}"),
            bad=1,
        ),
        bars(
            "Downtime of the month that is used up",
            "Of what its target allows; red when it is missed.",
            "percentunit",
            (
                (
                    'component:glasno_component_unavailable:month_seconds{job=~"$job"}'
                    ' / component:glasno_uptime_budget:seconds{job=~"$job"}'
                ),
                "{{component}}",
            ),
            bad=1,
        ),
        lines(
            "Incidents by impact",
            "Open ones, as announced.",
            "short",
            ('max by (impact) (glasno_incidents_open{job=~"$job"})', "{{impact}}"),
        ),
        lines(
            "Since something was told of an incident",
            "Of the open ones, the longest silence.",
            "s",
            (
                'time() - min by (impact) (glasno_incident_last_update_timestamp_seconds{job=~"$job"})',
                "{{impact}}",
            ),
        ),
    ]


def _probes() -> Section:
    return "Probes", [
        states(
            "Probes that fail",
            "1 while a probe says, confirmed, that its component does not work; nothing while it is silent.",
            ('1 - max by (component, probe) (glasno_probe_success{job=~"$job"})', "{{component}}: {{probe}}"),
            bad=1,
        ),
        lines(
            "Looks",
            "How long the last look of each probe took.",
            "s",
            ('max by (component, probe) (glasno_probe_duration_seconds{job=~"$job"})', "{{component}}: {{probe}}"),
        ),
        lines(
            "Certificates",
            "How long the chain that was shown is still valid.",
            "s",
            (
                (
                    "min by (component, probe) "
                    '(glasno_probe_tls_earliest_cert_expiry_timestamp_seconds{job=~"$job"}) - time()'
                ),
                "{{component}}: {{probe}}",
            ),
        ),
        lines(
            "Heartbeats",
            "How long ago each was heard.",
            "s",
            ('time() - max by (monitor) (glasno_heartbeat_last_timestamp_seconds{job=~"$job"})', "{{monitor}}"),
        ),
    ]


def _requests() -> Section:
    return "Requests", [
        lines(
            "Requests",
            "By status.",
            "reqps",
            (f'sum by (code) (rate({REQUESTS}_count{{job=~"$job"}}[$__rate_interval]))', "{{code}}"),
        ),
        lines(
            "Duration",
            "What 99 and 50 of 100 requests take at most.",
            "s",
            *(
                (
                    (
                        f"histogram_quantile({share}, sum by (le) "
                        f'(rate({REQUESTS}_bucket{{job=~"$job"}}[$__rate_interval])))'
                    ),
                    name,
                )
                for share, name in ((0.99, "99 %"), (0.5, "50 %"))
            ),
        ),
    ]
