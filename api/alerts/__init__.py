"""Alerts of the monitoring: they come in, are looked at, and become incidents where a person says so."""
