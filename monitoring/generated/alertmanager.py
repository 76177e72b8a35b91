"""A configuration of Alertmanager: who is told how soon, what is told once, and the heartbeat."""

from typing import Final

ALERTMANAGER: Final = """\
# Made by `glasno rules alertmanager`. Say in `receivers` who is told and how: without that nobody is.
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
receivers:
- name: glasno
- name: glasno-urgent
- name: glasno-heartbeat   # something that tells when it hears nothing for three minutes; send_resolved: true
- name: glasno-nobody
"""


def alertmanager() -> str:
    """The same for every desk: what differs by contract is in the labels."""
    return ALERTMANAGER
