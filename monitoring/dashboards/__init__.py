"""Dashboards of Grafana as code: `python -m monitoring.dashboards` writes the JSON files anew (a development tool)."""
