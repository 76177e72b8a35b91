"""Probers elsewhere: they look where the desk cannot, and tell it over NATS."""
