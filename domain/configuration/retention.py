"""For how long the desk keeps what was written to it and by it."""

from typing import ClassVar, Final

from domain.event import Public, Visibility, event
from domain.instant import DAY, Duration, Instant

SHORTEST: Final[Duration] = 30 * DAY
"""Of closed tickets: they may still be reopened, and figures of their month be disputed."""


@event(
    "retention.set",
    visibility=Visibility.CLEAR,
    en="It was set for how long texts are kept",
    ru="Задан срок хранения текстов",
)
class RetentionSet:
    """Complete. Whatever is due under it when somebody looks is deleted; a later one brings nothing back."""

    key: ClassVar[str] = ""

    at: Public[Instant]
    closed_tickets: Public[Duration | None]
    """Milliseconds of elapsed time from the end of a ticket on; None: for ever."""


KEPT: Final = RetentionSet(at=0, closed_tickets=None)
"""In force until another one is set: nothing is deleted. Never stored itself."""
