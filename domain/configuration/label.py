"""How a configured thing is called in the languages of the interface."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    ru: str
    en: str
