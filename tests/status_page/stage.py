"""A desk with components and published tickets, and its page: what the tests of the page tell their stories with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from httpx2 import Response
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.language import preferred
from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.label import Label
from domain.desk import DeskFounded, found
from domain.event import Source
from domain.instant import HOUR, MINUTE, Duration
from domain.ticket.assignment import accept
from projections import ALL
from service.settings import Settings
from status_page.page import Configured, Page, configured_by, read_page
from status_page.pages import Pages
from store.streams import Command
from tests.cast import ACME, ANN, AT, LEVEL
from tests.projections.story import Story, begin

ADDRESS: Final = "https://status.example.org"
FOUNDED: Final = DeskFounded(
    at=AT,
    desk="d" * 32,
    origin="status.example.org/log",
    log_key="key",
    zone="Europe/Moscow",
    languages=("ru", "en"),
    currency="RUB",
)
CONTRACT: Final = ContractSigned(
    at=AT, key="c" * 32, organisation=ACME, level=LEVEL, since=AT - 400 * 24 * HOUR, consent=Consent.GIVEN
)


@dataclass(frozen=True)
class Stage:
    """What happens, and the page that is made of it."""

    story: Story
    pages: Pages
    client: TestClient

    def configure(self, *events: Any) -> None:
        self.story.tell("configuration", self.story.desk.name("configuration"), *events)

    def define(self, *keys: str, group: str = "servers", label: str = "") -> None:
        """Components of a group, without a status."""
        named = [(key, Label(label or f"Узел {key}", label or f"Node {key}")) for key in keys]
        told = [ComponentDefined(at=AT, key=k, group=group, label=n, place=1, uptime_target=0) for k, n in named]
        self.configure(ComponentGroupDefined(at=AT, key=group, label=Label("Серверы", "Servers"), place=1), *told)

    def set(self, key: str, to: ComponentStatus, source: Source = Source.LIVE) -> None:
        told = StatusSet(at=self.story.clock.now, component=key, status=to, through=Through.PROBE)
        stream = self.story.desk.name("component", key)
        self.story.desk.components.act(Command(uuid4().hex, source), stream, lambda _: [told])

    def taken(self, after: Duration = MINUTE, **changes: Any) -> None:
        """A ticket that was opened, and accepted by a person after a while."""
        stream = self.story.open(**changes)
        self.story.after(after)
        self.story.do(stream, accept, by=ANN, teams=frozenset({"front"}))

    def page(self) -> Page:
        """The page as a value, as of now."""
        story, configured = self.story, Configured()
        for each in story.desk.log.read(story.desk.name("configuration")):
            configured = configured_by(configured, each.event)
        with story.seen() as connection:
            head, now = story.desk.log.head(), story.clock.now
            return read_page(connection, configured, FOUNDED.zone, position=head, at=now, is_behind=False)

    def get(self, path: str = "/en/", **headers: str) -> Response:
        """The page as it is sent, up to date."""
        self.story.projector.catch_up()
        self.pages.refresh()
        return self.ask(path, **headers)

    def ask(self, path: str = "/en/", method: str = "GET", **headers: str) -> Response:
        """What is sent now."""
        said = {"Accept-Encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, headers=said, follow_redirects=False)


@contextmanager
def open_stage(settings: Settings) -> Iterator[Stage]:
    """Level gold is published: its only client agreed."""
    story = begin(settings)
    story.desk.founding.act(Command(uuid4().hex), story.desk.stream, found, FOUNDED)
    story.tell("configuration", story.desk.name("configuration"), CONTRACT)
    pages = Pages(story.desk, story.following(ALL), preferred, ADDRESS)
    client = TestClient(pages.over(PlainTextResponse("somebody else")))
    yield Stage(story, pages, client)
    story.close()
