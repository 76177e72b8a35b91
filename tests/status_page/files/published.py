"""A desk that tells of components, incidents and works, and the files that are made of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.label import Label
from domain.desk import DeskFounded, found
from domain.event import Id
from domain.incident import reword
from service.settings import Settings
from status_page.edition import Edition, Mark, configured_at, edition
from status_page.site import find
from store.streams import Command
from tests.cast import ANN, AT
from tests.projections.story import Story, begin

ADDRESS: Final = "https://status.example.org"
SHARED: Final = Path(__file__).resolve().parents[4] / "shared/data"
FOUNDED: Final = DeskFounded(
    at=AT,
    desk="d" * 32,
    origin="status.example.org/log",
    log_key="key",
    zone="Europe/Moscow",
    languages=("ru", "en"),
    currency="RUB",
)


@dataclass(frozen=True)
class Published:
    """What happens, and what is published of it."""

    story: Story

    def define(self, *keys: str, group: str = "servers", target: int = 0) -> None:
        """Components of a group, without a status."""
        named = [(key, Label(f"Узел {key}", f"Node {key}")) for key in keys]
        at, act = self.story.clock.now, self.story.tell
        told = [ComponentDefined(at=at, key=k, group=group, label=n, place=2, uptime_target=target) for k, n in named]
        defined = ComponentGroupDefined(at=at, key=group, label=Label("Серверы", "Servers"), place=1)
        act("configuration", self.story.desk.name("configuration"), defined, *told)

    def set(self, key: str, to: ComponentStatus) -> None:
        told = StatusSet(at=self.story.clock.now, component=key, status=to, through=Through.PROBE)
        self.story.tell("components", self.story.desk.name("component", key), told)

    def reword(self, stream: Id, update: Id | None = None, **text: str) -> None:
        """The title of an incident, or an update of it."""
        act, command = self.story.desk.incidents.act, Command(uuid4().hex)
        act(command, stream, reword, stream=stream, text=text, update=update, at=self.story.clock.now, by=ANN)

    @contextmanager
    def edition(self, address: str = ADDRESS, **changes: Any) -> Iterator[Edition]:
        """The newest one."""
        desk, engine = self.story.desk, self.story.engine
        self.story.projector.catch_up()
        mark = replace(Mark(desk.log.head(), self.story.clock.now), **changes)
        with edition(desk, engine, mark, configured_at(desk, mark.position), address) as opened:
            yield opened

    def file(self, address: str, **changes: Any) -> bytes | None:
        """What an address leads to."""
        target = find(address)
        assert target is not None
        with self.edition(**changes) as opened:
            return target.route.make(opened, target.language or "en", target.names)

    def bytes(self, address: str, **changes: Any) -> bytes:
        made = self.file(address, **changes)
        assert made is not None
        return made

    def text(self, address: str, **changes: Any) -> str:
        return self.bytes(address, **changes).decode()

    def json(self, address: str, **changes: Any) -> Any:
        return json.loads(self.bytes(address, **changes))


@contextmanager
def publishing(settings: Settings, zone: str = FOUNDED.zone) -> Iterator[Published]:
    """A desk in a zone."""
    story = begin(settings)
    story.desk.founding.act(Command(uuid4().hex), story.desk.stream, found, replace(FOUNDED, zone=zone))
    yield Published(story)
    story.close()
