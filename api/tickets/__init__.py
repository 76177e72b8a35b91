"""Tickets, noun by noun: each module has the bodies and the routes of one."""
