"""A desk with components and published tickets, and its page: what the tests of the page tell their stories with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from httpx2 import Response
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.language import preferred
from api.subscriptions import reception_of
from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.label import Label
from domain.desk import DeskFounded, found
from domain.event import Id, Source
from domain.incident import IncidentStatus, Update, open_incident, post
from domain.instant import DAY, HOUR, MINUTE, Duration
from domain.maintenance import Update as WorksUpdate
from domain.maintenance import WorksStatus, announce, tick
from domain.ticket.assignment import accept
from projections import ALL
from service.settings import Settings
from status_page.edition import Edition, Mark, configured_at, edition
from status_page.serving import Site
from store.streams import Command
from tests.cast import ACME, ANN, AT, LEVEL
from tests.projections.story import Story, begin

TITLE: Final = {"en": "Web is down", "ru": "Сайт не работает"}
TEXT: Final = {"en": "We are looking.", "ru": "Разбираемся."}
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
    site: Site
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

    def incident(
        self, components: Mapping[str, ComponentStatus], *, title: Mapping[str, str] = TITLE, ago: Duration = 0
    ) -> Id:
        """An incident that began a while ago."""
        stream, first = uuid4().hex, Update(uuid4().hex, IncidentStatus.INVESTIGATING, TEXT, components)
        self.story.desk.incidents.act(
            Command(uuid4().hex), stream, open_incident, stream=stream, title=title, first=first,
            known=frozenset(components), through=Through.PERSON, at=self.story.clock.now - ago,
        )  # fmt: skip
        return stream

    def tell(self, stream: Id, status: IncidentStatus, **text: str) -> None:
        """More of an incident."""
        update = Update(uuid4().hex, status, text or TEXT)
        self.story.desk.incidents.act(
            Command(uuid4().hex), stream, post, stream=stream, update=update, known=frozenset(),
            through=Through.PERSON, at=self.story.clock.now,
        )  # fmt: skip

    def works(self, *components: str, after: Duration = 2 * DAY, lasting: Duration = HOUR) -> Id:
        """Planned works."""
        stream, first = uuid4().hex, WorksUpdate(uuid4().hex, WorksStatus.SCHEDULED, TEXT)
        start = self.story.clock.now + after
        self.story.desk.maintenances.act(
            Command(uuid4().hex), stream, announce, stream=stream, title=TITLE, first=first,
            components=frozenset(components), known=frozenset(components), start=start, end=start + lasting,
            at=self.story.clock.now,
        )  # fmt: skip
        return stream

    def begin_or_end(self, works: Id) -> None:
        """What the timer does."""
        desk, now = self.story.desk, self.story.clock.now
        desk.maintenances.act(Command(uuid4().hex), works, tick, stream=works, update=uuid4().hex, at=now)

    def taken(self, after: Duration = MINUTE, **changes: Any) -> None:
        """A ticket that was opened, and accepted by a person after a while."""
        stream = self.story.open(**changes)
        self.story.after(after)
        self.story.do(stream, accept, by=ANN, teams=frozenset({"front"}))

    @contextmanager
    def edition(self, *, is_behind: bool = False) -> Iterator[Edition]:
        """What documents are made of, as of now."""
        self.story.projector.catch_up()
        desk, views = self.story.desk, self.story.projector.engine
        mark = Mark(desk.log.head(), self.story.clock.now, is_behind)
        with edition(desk, views, mark, configured_at(desk, mark.position), ADDRESS) as opened:
            yield opened

    def get(self, path: str = "/en/", **headers: str) -> Response:
        """The page as it is sent, up to date."""
        self.story.projector.catch_up()
        self.site.press.refresh()
        return self.ask(path, **headers)

    def ask(self, path: str = "/en/", method: str = "GET", **headers: str) -> Response:
        """What is sent now."""
        said = {"Accept-Encoding": "identity"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, headers=said, follow_redirects=False)


@contextmanager
def open_stage(settings: Settings, founded: DeskFounded = FOUNDED, *, offers_mail: bool = True) -> Iterator[Stage]:
    """Level gold is published: its only client agreed."""
    story = begin(settings)
    story.desk.founding.act(Command(uuid4().hex), story.desk.stream, found, founded)
    story.tell("configuration", story.desk.name("configuration"), CONTRACT)
    views = story.following(ALL)
    reception = reception_of(story.desk, views, offers_mail=offers_mail)
    site = Site(story.desk, views, preferred, ADDRESS, reception)
    client = TestClient(site.over(PlainTextResponse("somebody else")))
    yield Stage(story, site, client)
    story.close()
