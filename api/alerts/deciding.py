"""Drafts are decided on: a person publishes the incident that an alert proposes, or says that it is none."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body
from pydantic import Field

from api.alerts.view import TheAlert
from api.announcing import AnnouncedOut, Texts, TheAnnouncing, Titles, spoken
from api.deps import TheAsker, TheDesk
from api.incident_templates import Opening, filled
from api.receipts import TheRequest, once
from api.routing import routes
from api.types import In, Out, Text
from domain.alert import dismiss, publish
from domain.component import Through
from domain.configuration.component import ComponentDefined
from domain.event import Id
from domain.incident import Event, Incident, IncidentStatus, Update, open_incident
from domain.instant import Instant
from domain.token import TokenScope
from monitoring.alertmanager.wording import words_of
from projections.alerts import Standing
from store.desk import Desk
from store.streams import Intent

router = routes("/v1/alerts", "alerts", 400, 401, 403, 404, 409, 412, 413, 422, 429, 503)


class Dismissal(In):
    """Why nothing is announced."""

    why: Text | None = Field(default=None, description="For the desk's own history")


WORDED = {"value": {"title": {"ru": "Сайт открывается не у всех", "en": "Not everybody can open the web site"}}}
REHEARSAL = {"value": {"why": "We switched it off ourselves, for a rehearsal."}}


class DismissedOut(Out):
    """What came of a request."""

    id: str
    position: int = Field(description="For X-After-Position of a later query; 0 if it was already so")
    events: list[str] = Field(description="What was stored; empty if it was already so", examples=[["alert.dismissed"]])


@router.post("/{alert}/incident", status_code=201, summary="Publish the incident", operation_id="publishAlert")
def post_incident(
    announcing: TheAnnouncing,
    alert: TheAlert,
    body: Annotated[Opening | None, Body(openapi_examples={"worded": WORDED})] = None,
) -> AnnouncedOut:
    """To everybody, at once. What is left out is said by the template of the rule, or in the usual words."""
    desk, asker, stream = announcing.desk, announcing.asker, announcing.desk.new_id()
    found = alert.found()
    said = worded(desk, found, body or Opening())
    since = announcing.at(said.at)
    decide, along = publishing(desk, found, said, stream=stream, by=announcing.by, at=asker.at, since=since)
    done = announcing.with_also(along)(desk.incidents, stream, decide)
    announcing.response.headers["Location"] = f"/v1/incidents/{done.id}"
    return done


@router.post("/{alert}/dismissal", summary="Announce nothing", operation_id="dismissAlert")
def post_dismissal(
    desk: TheDesk,
    asker: TheAsker,
    asked: TheRequest,
    alert: TheAlert,
    body: Annotated[Dismissal | None, Body(openapi_examples={"rehearsal": REHEARSAL})] = None,
) -> DismissedOut:
    """The alert goes on to stand; nobody but the staff is told."""
    asker.demand(TokenScope.COMPONENTS_WRITE)
    found = alert.found()
    facts: dict[str, Any] = {"by": asker.caller.person, "at": asker.at, "why": (body and body.why) or ""}
    acted = once(
        desk, asked, desk.alerts, found.stream, lambda command: desk.alerts.act(command, found.stream, dismiss, **facts)
    )
    return DismissedOut(id=found.code, position=acted.position, events=[each.envelope.name for each in acted.events])


def worded(desk: Desk, alert: Standing, body: Opening) -> Opening:
    """What is to be announced: what the body says, else a template that it names, else what the rule says."""
    said, usual = filled(desk, body), words_of(desk.configured.state(), alert.rule, alert.component)
    unsaid = {
        "title": Titles.model_construct(None, **usual.title),
        "text": Texts.model_construct(None, **usual.text),
        "status": usual.status,
        "components": dict(usual.components),
    }
    return said.model_copy(update={name: value for name, value in unsaid.items() if getattr(said, name) is None})


def publishing(
    desk: Desk, alert: Standing, said: Opening, *, stream: Id, by: Id, at: Instant, since: Instant
) -> tuple[Callable[[Incident], list[Event]], Intent]:
    """Opening the incident, and what is stored of it with the alert in the same commit.

    An alert found it, so that the alert's end ends it unless a person has told more of it.
    """
    first = Update(
        desk.name("update", stream),
        said.status or IncidentStatus.INVESTIGATING,
        spoken(said.text),
        said.components or {},
    )
    known = frozenset(desk.configured.state().of(ComponentDefined))

    def decide(state: Incident) -> list[Event]:
        publish(desk.alerts.load(alert.stream)[0], incident=stream, by=by, at=at)  # refused as a draft before the rest
        return open_incident(
            state, stream=stream, title=spoken(said.title), first=first, known=known, through=Through.ALERT, at=since,
            by=by, impact=said.impact,
        )  # fmt: skip

    return decide, desk.alerts.intend(alert.stream, publish, incident=stream, by=by, at=at)
