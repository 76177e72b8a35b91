"""A configuration of Alertmanager: who is told how soon, what is told once, and the heartbeat."""

from typing import Final

ROUTES: Final = """\
# Made by `glasno rules alertmanager`. The desk is told: its rules about alerts say what it does. Add to `receivers` who
# else is, and how.
route:
  receiver: glasno
  group_by: [alertname, job, level, component]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
  # The heartbeat. repeat_interval is shorter than group_interval, so that it goes out at every group_interval: of two
  # that are the same every other beat is left out. Its "resolved" says that Prometheus is dead and Alertmanager is not.
  - receiver: glasno-heartbeat
    matchers: ['alertname = "Watchdog"']
    group_by: [alertname]
    group_wait: 0s
    group_interval: 1m
    repeat_interval: 50s
  - receiver: glasno-nobody
    matchers: ['severity = "info"']
  # What has a deadline in minutes waits for no others.
  - receiver: glasno-urgent
    matchers: ['alertname =~ "Glasno.*"', 'severity = "critical"']
    group_by: [alertname, job, level, clock, component, projection]
    group_wait: 5s
    group_interval: 1m
    repeat_interval: 1h
  - receiver: glasno
    matchers: ['alertname =~ "Glasno.*"']
inhibit_rules:
# The same alert at two severities is told once.
- source_matchers: ['severity = "critical"']
  target_matchers: ['severity =~ "warning|info"']
  equal: [alertname, job, instance, component, clock, level, kind, priority, projection, calendar]
# What is read from views that stand still is not worth a word beside that.
- source_matchers: ['alertname =~ "GlasnoMetricsMissing|GlasnoProjectionStalled"']
  target_matchers: ['alertname =~ "GlasnoCollectorFailed|GlasnoCollectorSlow|GlasnoProjectionLagging"']
  equal: [job]
# What is imminent is at risk as well.
- source_matchers: ['alertname = "GlasnoSLABreachImminent"']
  target_matchers: ['alertname = "GlasnoSLAClocksAtRisk"']
  equal: [job, clock, level, kind, priority]
"""
RECEIVERS: Final = """\
receivers:
- name: glasno
  webhook_configs:
  - &desk
    url: {alerts}
    send_resolved: true
    max_alerts: {most}   # what is left out of a payload the desk finds by asking, once a minute
    http_config:
      # Beside this file: a token of `glasno token issue PERSON --scope alerts:write`, readable by Alertmanager alone.
      authorization: {{credentials_file: glasno-token}}
- name: glasno-urgent
  webhook_configs: [*desk]
- name: glasno-heartbeat
  webhook_configs:
  # The one that the desk file names for its alerts: `glasno probes` prints it. Whoever knows it can beat.
  - url: {heartbeat}
    send_resolved: true
- name: glasno-nobody
"""
MOST: Final = 500
"""Alerts of one payload: of usual ones a thousand and more are longer than the desk reads."""


def alertmanager(alerts: str, heartbeat: str) -> str:
    """With the addresses at which the desk takes in alerts and hears its heartbeat; what differs else is in labels."""
    return ROUTES + RECEIVERS.format(alerts=alerts, heartbeat=heartbeat, most=MOST)
