"""A desk with people, each with a token, behind the API: what the tests of the API tell their stories with."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from api.app import build_app
from api.limits import Limits
from api.subscriptions import reception_of
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.label import Label
from domain.event import Content, Id
from domain.instant import Instant
from domain.organisation import register as register_organisation
from domain.person import Decision, Grant, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant, join_organisation, join_team
from domain.token import TokenScope
from projections.engine import Projector
from service import build
from service.evidence import proving_of
from service.settings import Settings
from service.views import views_of
from store.desk import Desk
from store.people import issue_token
from store.streams import Command
from tests.cast import AT

JSON: Final = {"Content-Type": "application/json"}
ALL_SCOPES: Final = frozenset(TokenScope)
OPENING: Final = {
    "kind": "incident",
    "impact": "high",
    "urgency": "high",
    "subject": "Nothing prints in Tula",
    "body": "Since 9:20 the label printers are silent.",
}
SECRETS: Final = (
    "Nothing prints in Tula",
    "label printers are silent",
    "a loose cable",
    "toner is out",
    "please hurry",
)
"""Words of the tickets that no stranger may ever read."""
ROUTES: Final[list[BaseRoute]] = []
"""Of the first app: FastAPI prepares those of each anew, which takes longer than most tests."""


class SetClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now: Instant = AT

    def __call__(self) -> Instant:
        return self.now


@dataclass(frozen=True)
class Member:
    """A person and what the person presents."""

    id: Id
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Office:
    """The desk, its views, its people, and a client for each of them."""

    desk: Desk
    views: Projector
    clock: SetClock
    client: TestClient
    acme: Id
    people: Mapping[str, Member]
    settings: Settings

    def ask(self, who: str | None, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Ask as somebody; whoever reads sees views that are up to date."""
        if method == "GET":
            self.views.catch_up()
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        said |= self.people[who].headers if who else {}
        if body is None:
            return self.client.request(method, path, headers=said)
        return self.client.request(method, path, content=json.dumps(body), headers=said | JSON)

    def open(self, who: str = "cy", **changes: Any) -> str:
        """The address of a new ticket."""
        answer = self.ask(who, "POST", "/v1/tickets", OPENING | changes)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])


@dataclass(frozen=True)
class Furnished:
    """A desk with people that nobody uses: made once, it can be entered or copied (`tests.api.copies`)."""

    settings: Settings
    acme: Id
    people: Mapping[str, Member]


def open_office(
    settings: Settings, patch: pytest.MonkeyPatch, limits: Limits | None = None
) -> AbstractContextManager[Office]:
    """A new office."""
    return enter(furnish(settings), patch, limits)


def furnish(settings: Settings) -> Furnished:
    """Ann, Lea (a lead) and Ada (an auditor) work; Cy and his colleague Cleo are of Acme, Eve is of Evil."""
    with pytest.MonkeyPatch.context() as patch:
        desk, views = _opened(settings, patch, SetClock())
    acme, evil = (_organisation(desk, key) for key in ("acme", "evil"))
    _components(desk)
    people = {
        "ann": _person(desk, Right.AGENT, team="service-desk"),
        "ben": _person(desk, Right.AGENT, team="engineers"),
        "lea": _person(desk, Right.LEAD, team="service-desk"),
        "ada": _person(desk, Right.AUDITOR),
        "cy": _person(desk, firm=acme),
        "cleo": _person(desk, firm=acme),
        "eve": _person(desk, Right.SEES_ORGANISATION, firm=evil),
    }
    views.catch_up()
    _close(desk, views)
    return Furnished(settings, acme, people)


@contextmanager
def enter(furnished: Furnished, patch: pytest.MonkeyPatch, limits: Limits | None = None) -> Iterator[Office]:
    """The office for as long as a test needs it."""
    clock = SetClock()
    desk, views = _opened(furnished.settings, patch, clock)
    proving, reception = proving_of(furnished.settings, desk), reception_of(desk, views, offers_mail=True)
    app = _prepared(build_app(desk, views, reception, version="test", limits=limits, proving=proving))
    with TestClient(app, raise_server_exceptions=True) as client:
        yield Office(desk, views, clock, client, furnished.acme, furnished.people, furnished.settings)
    _close(desk, views)


def _prepared(app: FastAPI) -> FastAPI:
    """With the routes of the first app; whose desk they act on the request says."""
    ROUTES.extend(() if ROUTES else app.router.routes)
    app.router.routes[:] = ROUTES
    return app


def _opened(settings: Settings, patch: pytest.MonkeyPatch, clock: SetClock) -> tuple[Desk, Projector]:
    patch.setattr(build, "now", clock)
    desk = build.build_desk(settings)
    return desk, views_of(settings, desk)


def _close(desk: Desk, views: Projector) -> None:
    views.engine.dispose()
    desk.close()


def _organisation(desk: Desk, key: str) -> Id:
    stream = desk.name("organisation", key)
    name = Content(stream, {"name": key})
    desk.organisations.act(Command(desk.new_id()), stream, register_organisation, name=name, at=desk.now())
    return stream


def _person(desk: Desk, right: Right | None = None, team: str = "", firm: Id = "") -> Member:
    identity, at = desk.new_id(), desk.now()
    steps: list[Decision] = [partial(register, identity=identity, name="Somebody", at=at)]
    if firm:
        steps.append(partial(join_organisation, organisation=firm, at=at))
    if right:
        steps.append(partial(grant, grant=Grant(right, firm or None), at=at))
    if team:
        steps.append(partial(join_team, team=team, at=at))
    desk.people.act(Command(desk.new_id()), identity, in_turn, *steps)
    return Member(identity, token_for(desk, identity))


def token_for(desk: Desk, bearer: Id, scopes: frozenset[TokenScope] = ALL_SCOPES, **facts: Any) -> str:
    """A new token of a person."""
    secret = (desk.new_id() * 2)[:43]
    facts = {"label": "test", "expires_at": None, "at": desk.now()} | facts
    return issue_token(desk, Command(desk.new_id()), bearer=bearer, secret=secret, scopes=scopes, **facts)


def _components(desk: Desk) -> None:
    label, at = Label("Сеть", "Network"), desk.now()
    group = ComponentGroupDefined(at=at, key="carriers", label=label, place=1)
    component = ComponentDefined(at=at, key="uplink", group="carriers", label=label, place=1, uptime_target=99_900)
    stream = desk.name("configuration")
    desk.configuration.act(Command(desk.new_id()), stream, lambda _: [group, component])
