"""Alerts are answered by incidents, tickets, notes and notices; what ended is settled; Alertmanager is asked and told.

The API only takes alerts in (`api.alerts`). What is done about them is done here: each unit is harmless to repeat.
"""
