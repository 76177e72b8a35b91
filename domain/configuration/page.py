"""The public page in the log: what it is called, how to reach the desk, what priorities mean, what is owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from domain.classification import Priority
from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Instant


class ChannelKind(StrEnum):
    """By what the desk is reached."""

    PHONE = "phone"
    MAIL = "mail"
    WEB = "web"
    CHAT = "chat"
    MESSENGER = "messenger"


@dataclass(frozen=True)
class Channel:
    """A way to reach the desk."""

    kind: ChannelKind
    label: Label
    address: str
    """A telephone number, an address of mail, a URL: whatever is told to people."""
    calendar: str
    """Its newest version says when somebody is there."""

    @property
    def key(self) -> str:
        """What tells it apart."""
        return f"{self.kind} {self.address}"


@event(
    "page.described",
    visibility=Visibility.CLEAR,
    en="The public page was described",
    ru="Задано описание публичной страницы",
)
class PageDescribed:
    """Complete; all of it is published."""

    key: ClassVar[str] = ""

    at: Public[Instant]
    name: Public[Label | None]
    """None: the usual one."""
    channels: Public[tuple[Channel, ...]]
    priorities: Public[Mapping[Priority, Label]]
    """Examples, in words."""
    owed: Public[Mapping[str, Label]]
    """By level, what the client gets when a promise of it is missed."""


PLAIN: Final = PageDescribed(at=0, name=None, channels=(), priorities={}, owed={})
"""In force until the page is described; never stored itself."""
