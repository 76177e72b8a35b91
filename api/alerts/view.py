"""Alerts as the staff sees them: what fires, what is parked, what waits for a person, and what was done about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Query
from pydantic import Field

from api.announced import Code
from api.deps import Asker, TheAsker, TheDesk
from api.problems import problems
from api.reading import Cursor, Limit, Reader, our_cursor, reading_now
from api.routing import routes
from api.texts import TextOut, text_out
from api.types import InstantOut, Out
from domain.access import may, rights
from domain.alert import AlertAction
from domain.code import code_of
from domain.event import Id
from domain.refusal import Refused
from domain.token import TokenScope
from monitoring.alertmanager.intake import GENERATOR
from projections import alerts
from projections.alerts import AlertState, Standing
from store.desk import Desk

router = routes("/v1/alerts", "alerts", 400, 401, 403, 422, 429, 503)


class AlertOut(Out):
    """An alert, and what was done about it since it began to fire last."""

    id: str
    fingerprint: str
    state: AlertState = Field(description="`standing`, `parked` or `over`")
    is_draft: bool = Field(description="A person has to publish or dismiss the incident that it proposes")
    started_at: InstantOut
    ended_at: InstantOut | None = Field(description="When it is said to have ended")
    labels: dict[str, str]
    action: AlertAction | None = Field(description="None: nothing was done yet")
    rule: str = Field(description="The key of the rule that it was done by; empty: there was none for it")
    component: str
    incident: str | None
    tickets: list[str] = Field(description="Those that were opened for it or noted on, and that the caller may see")
    dismissed: bool


class AlertDetailOut(AlertOut):
    """With its texts."""

    annotations: TextOut
    generator: str = Field(description="A link to what it was computed from; empty if there is none")
    by: Id | None = Field(description="The person whose token handed it over; None: it was found by asking")


class Alerts(Out):
    """A page of alerts, those that came last first."""

    items: list[AlertOut]
    cursor: str | None = Field(description="For the next page; None if this is the last one")


AlertReader: TypeAlias = Annotated[Reader, Depends(reading_now(alerts.NAME))]


@dataclass(frozen=True)
class Addressed:
    """The alert of the address, which is looked for once the request is known to make sense."""

    desk: Desk
    reader: Reader
    code: str

    def found(self) -> Standing:
        """`Refused` if there is none, even of those that came just now."""
        for position in (0, self.desk.log.head()):
            with self.reader.open(including=position) as reading:
                found = alerts.one(reading.connection, self.code)
            if found is not None:
                return found
        raise Refused("alert_unknown")


def addressed(desk: TheDesk, asker: TheAsker, reader: AlertReader, alert: Code) -> Addressed:
    """For the staff."""
    _demand_staff(asker)
    return Addressed(desk, reader, alert)


TheAlert: TypeAlias = Annotated[Addressed, Depends(addressed)]


@router.get("", summary="Alerts", operation_id="listAlerts")
def list_alerts(
    desk: TheDesk,
    asker: TheAsker,
    reader: AlertReader,
    *,
    state: Annotated[AlertState | None, Query(description="None: all")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Alerts:
    """Those that came last first; for the staff. As of now: what they were is in the log."""
    _demand_staff(asker)
    with our_cursor(), reader.open() as reading:
        page = alerts.page(reading.connection, state, cursor=cursor, limit=limit)
    return Alerts(items=[AlertOut(**shown(desk, asker, each)) for each in page.alerts], cursor=page.cursor)


@router.get("/{alert}", summary="An alert", operation_id="getAlert", responses=problems(404))
def get_alert(desk: TheDesk, asker: TheAsker, alert: TheAlert) -> AlertDetailOut:
    """With its annotations; for the staff."""
    found = alert.found()
    text = text_out(desk, found.text)
    annotations = {name: said for name, said in text.parts.items() if name != GENERATOR}
    return AlertDetailOut(
        **shown(desk, asker, found),
        annotations=TextOut(state=text.state, parts=annotations),
        generator=text.parts.get(GENERATOR, ""),
        by=found.by,
    )


def shown(desk: Desk, asker: Asker, alert: Standing) -> Mapping[str, Any]:
    """The fields that lists have as well."""
    told = {name: getattr(alert, name) for name in AlertOut.model_fields if hasattr(alert, name)}
    incident = None if alert.incident is None else code_of("incident", alert.incident)
    return {**told, "id": alert.code, "incident": incident, "tickets": _references(desk, asker, alert.tickets)}


def _references(desk: Desk, asker: Asker, tickets: Sequence[Id]) -> list[str]:
    known = (desk.tickets.load(each)[0] for each in tickets)
    return [each.reference for each in known if rights(asker.caller, each).see]


def _demand_staff(asker: Asker) -> None:
    """Of those who announce, or with the token that alerts are handed over with."""
    if not may(asker.caller, TokenScope.ALERTS_WRITE):
        asker.demand(TokenScope.COMPONENTS_WRITE)
