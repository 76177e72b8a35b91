"""Logs that are not signed any more, and that go on under another name: what is there of them still, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.desk import DeskLogSucceeded
from projections.words import word
from status_page.words import Language, instant, number
from store.desk import Desk

SAID: Final[Mapping[Language, str]] = {
    "en": "On {at} the log {former} was continued as {origin}: {because}.",
    "ru": "{at} журнал {former} продолжен как {origin}: {because}.",
}
WHOLE: Final[Mapping[Language, str]] = {
    "en": "All of its {size} entries are in this one.",
    "ru": "Все его записи ({size}) есть и в этом.",
}
LOST: Final[Mapping[Language, str]] = {
    "en": "Of its {size} entries the first {kept} are in this one, {lost} are lost.",
    "ru": "Записей в нём было {size}: первые {kept} есть и в этом, утрачено {lost}.",
}


@dataclass(frozen=True)
class FormerLog:
    """One of them, by the entry that says so."""

    said: DeskLogSucceeded
    zone: str
    kept: int
    """How many of its first entries are in the present log: a later successor may have kept fewer."""

    @property
    def number(self) -> int:
        """Its evidence is at `/evidence/former/` and this."""
        return self.said.number - 1

    def told(self, language: Language) -> str:
        """When it went on, why, and how much of it is left."""
        said, lost = self.said, self.said.former_size - self.kept
        counts = {"size": said.former_size, "kept": self.kept, "lost": lost}
        left = (LOST if lost else WHOLE)[language]
        names = {"former": said.former_origin, "origin": said.origin, "because": word(said.because, language)}
        when = SAID[language].format(at=instant(said.at, language, self.zone), **names)
        return f"{when} {left.format(**{name: number(count, language) for name, count in counts.items()})}"


def former_logs(desk: Desk) -> Sequence[FormerLog]:
    """The first one first."""
    zone, past = desk.founding.load(desk.stream)[0].zone, [each.event for each in desk.successions]
    return [FormerLog(said, zone, min(each.kept for each in past[place:])) for place, said in enumerate(past)]
