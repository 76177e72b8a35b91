"""Configuration is data in the log: calendars, levels, contracts, lines, teams, reasons, rules, components."""

from domain.configuration.configure import configure
from domain.configuration.state import Configuration, Event, evolve
from domain.configuration.wanted import Wanted, missing

__all__ = ["Configuration", "Event", "Wanted", "configure", "evolve", "missing"]
