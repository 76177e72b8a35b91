"""The SLA of tickets: what is due, what was breached, and what of the month's goals is left."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from monitoring.dashboards.parts import Section, bars, dashboard, lines

CLASS = "clock, level, kind, priority"


def sla() -> Dashboard:
    """Clocks, verdicts, goals, tickets."""
    return dashboard(
        "glasno-sla",
        "Glasno / SLA",
        "Deadlines ahead, breaches, and the goals of this month in the desk's zone.",
        [_clocks(), _goals(), _tickets()],
    )


def _clocks() -> Section:
    return "Clocks", [
        lines(
            "Open clocks by state",
            "Of all tickets; told from their instants at each look.",
            "short",
            (f'sum by (state) (max by ({CLASS}, state) (glasno_sla_clocks{{job=~"$job"}}))', "{{state}}"),
        ),
        lines(
            "Until the next deadline",
            "By clock and level; calendars and pauses are in it.",
            "s",
            (
                ('min by (clock, level) (glasno_sla_clock_next_due_timestamp_seconds{job=~"$job"}) - time()'),
                "{{clock}}, {{level}}",
            ),
        ),
        lines(
            "At risk or overdue",
            "By clock and level.",
            "short",
            (
                (
                    f"sum by (clock, level) (max by ({CLASS}, state) "
                    '(glasno_sla_clocks{job=~"$job",state=~"at_risk|overdue"})) > 0'
                ),
                "{{clock}}, {{level}}",
            ),
        ),
        lines(
            "Breaches",
            "Verdicts, by clock and level.",
            "short",
            (
                (
                    f"sum by (clock, level) (max by ({CLASS}) "
                    '(increase(glasno_sla_clocks_breached_total{job=~"$job"}[$__rate_interval]))) > 0'
                ),
                "{{clock}}, {{level}}",
            ),
        ),
    ]


def _goals() -> Section:
    return "Goals of this month", [
        lines(
            "Met so far",
            "By attainment/1; what was corrected is in it.",
            "percentunit",
            ('max by (clock, level) (glasno_sla_attainment_ratio{job=~"$job"})', "{{clock}}, {{level}}"),
        ),
        bars(
            "Breaches over the goal",
            "More than the goal allows of those decided so far.",
            "short",
            (
                'clamp_min(-1 * max by (clock, level) (glasno_sla_budget_remaining{job=~"$job"}), 0)',
                "{{clock}}, {{level}}",
            ),
            bad=1,
        ),
        lines(
            "Breaches left, as is expected",
            "Of as many as the last thirty days allowed; below zero the goal is being missed.",
            "short",
            ('clock_level:glasno_sla_budget_remaining:expected{job=~"$job"}', "{{clock}}, {{level}}"),
        ).min(None),  # type: ignore[arg-type]  # below zero is what matters
        lines(
            "Goals",
            "The share that is to be met.",
            "percentunit",
            ('max by (clock, level) (glasno_sla_goal_ratio{job=~"$job"})', "{{clock}}, {{level}}"),
        ),
    ]


def _tickets() -> Section:
    return "Tickets", [
        lines(
            "Open tickets",
            "By priority.",
            "short",
            (
                'sum by (priority) (max by (priority, stage) (glasno_tickets_open{job=~"$job"}))',
                "{{priority}}",
            ),
        ),
        lines(
            "Flow",
            "Opened, closed, opened again.",
            "short",
            *(
                (
                    (
                        "sum(max by (priority, channel) "
                        f'(increase(glasno_tickets_{what}_total{{job=~"$job"}}[$__rate_interval])))'
                    ),
                    what,
                )
                for what in ("opened", "closed", "reopened")
            ),
        ),
        lines(
            "Age of the oldest open ticket",
            "By priority.",
            "s",
            (
                'time() - min by (priority) (glasno_ticket_oldest_open_timestamp_seconds{job=~"$job"})',
                "{{priority}}",
            ),
        ),
        lines(
            "First response of the last day and the usual one",
            "By line: what nine of ten clients wait at most, open time, beside the 28 days before.",
            "s",
            *(
                (
                    (
                        f"max by (line) (glasno_line_first_response{which}_seconds"
                        '{job=~"$job",window="1d",percentile="90"})'
                    ),
                    f"{{{{line}}}}, {name}",
                )
                for which, name in (("", "last day"), ("_usual", "usual"))
            ),
        ),
        lines(
            "Hanging tickets",
            "Their next act is past.",
            "short",
            ('max(glasno_tickets_hanging{job=~"$job"})', "hanging"),
        ),
    ]
