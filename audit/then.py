"""The desk as it was known at a position of the log: configuration, names and references, for whoever tells of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from domain.configuration import Configuration
from domain.configuration.category import CategoryDefined
from domain.configuration.line import LineDefined
from domain.configuration.team import TeamDefined
from domain.event import Content, Id, Sealed
from domain.organisation import OrganisationRegistered, OrganisationRenamed
from domain.person.identity import Registered, Renamed
from store.desk import Desk
from store.log import Recorded
from store.sealing import Erased, Unreadable, Unsealed

NAMED: Final = (Registered, Renamed, OrganisationRegistered, OrganisationRenamed)

NO_NAME: Final = {"ru": "имя удалено", "en": "erased name"}
ILLEGIBLE: Final = {"ru": "имя не читается", "en": "unreadable name"}


@dataclass(frozen=True)
class Then:
    """What was known then, in one language (`ru` or `en`)."""

    language: str
    zone: str
    """IANA name of the desk's zone."""
    configuration: Configuration
    names: Callable[[Id], str]
    """What a person or an organisation was called; its id if it was not known then."""
    references: Callable[[Id], str]
    """The reference of another ticket."""
    text: Callable[[Sealed], Unsealed]
    """What a content field says, or why it says nothing."""

    def label(self, kind: type[LineDefined | TeamDefined | CategoryDefined], key: str) -> str:
        """What was configured under that key, or the key if nothing was."""
        defined = self.configuration.of(kind).get(key)
        return self._of(defined) if defined else key

    def level(self, key: str, version: int) -> str:
        """What a version of a service level was called."""
        published = self.configuration.levels.published.get((key, version))
        return self._of(published) if published else key

    def _of(self, labelled: Any) -> str:
        return str(getattr(labelled.label, self.language))


def then(desk: Desk, position: int, language: str) -> Then:
    """The desk as it was known at the position; texts are read now, as far as they were not erased since."""

    def known(stream: Id) -> Sequence[Recorded[Any]]:
        return [each for each in desk.log.read(stream) if each.position <= position]

    return Then(
        language=language,
        zone=desk.founding.fold(known(desk.stream)).zone,
        configuration=desk.configuration.fold(known(desk.name("configuration"))),
        names=cache(lambda stream: _name(desk, stream, known(stream), language)),
        references=cache(lambda stream: desk.tickets.fold(known(stream)).reference or stream),
        text=lambda sealed: _text(desk, sealed),
    )


def _name(desk: Desk, stream: Id, known: Sequence[Recorded[Any]], language: str) -> str:
    """Whoever has lost the name can still be told from others by the beginning of the id."""
    named = [each.event.name for each in known if isinstance(each.event, NAMED)]
    if not named:
        return stream
    match _text(desk, named[-1]):
        case Erased():
            return f"{NO_NAME[language]} {stream[:8]}"
        case Unreadable():
            return f"{ILLEGIBLE[language]} {stream[:8]}"
        case text:
            return text["name"]


def _text(desk: Desk, sealed: Sealed) -> Unsealed:
    return sealed.text if isinstance(sealed, Content) else desk.log.text(sealed)
