"""Talking to Alertmanager: what it sends, what it answers, and the silences that planned works want of it."""
