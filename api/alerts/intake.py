"""Alerts come in: what Alertmanager posts to its webhook is stored, and answered at once by the work loop."""

from typing import Any, Final

from pydantic import Field

from api.deps import TheAsker, TheDesk
from api.receipts import TheBody
from api.routing import routes
from api.types import Out
from domain.refusal import Refused
from domain.token import TokenScope
from monitoring.alertmanager.intake import take_in
from monitoring.alertmanager.payload import Malformed, Read, read_webhook
from monitoring.metrics import ALERTS_RECEIVED, ALERTS_REJECTED

PATH: Final = "/v1/alerts/alertmanager"
LONGEST: Final = 2**20
"""Bytes of a payload."""
RECEIVED: Final = ALERTS_RECEIVED.labels("alertmanager")
REJECTED: Final = ALERTS_REJECTED.labels("alertmanager")
"""Told from the start, 0 while nothing came: an increase from nowhere is not seen."""
FIRING: Final = {
    "status": "firing",
    "labels": {"alertname": "WebDown", "component": "web", "severity": "critical"},
    "annotations": {"summary": "The web site does not answer"},
    "startsAt": "2026-10-05T09:30:00.000Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "https://prometheus.example/graph?g0.expr=up",
    "fingerprint": "4b60698dd621c2ee",
}
PAYLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A payload of version 4; what is not known in it is left alone",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["alerts"],
                    "properties": {"alerts": {"type": "array", "items": {"type": "object"}}},
                },
                "examples": {"firing": {"value": {"version": "4", "alerts": [FIRING]}}},
            },
        },
    },
}

router = routes("/v1/alerts", "alerts", 400, 401, 403, 413, 422, 429, 503)


class TakenOut(Out):
    """What came of a payload."""

    received: int = Field(description="Alerts that could be used")
    new: int = Field(description="Those of them that began to fire, or fire after all")
    ended: int = Field(description="Those of them that are said to be over: that is to be confirmed yet")
    rejected: list[str] = Field(description="Why others, or annotations, were left out; one code for each")


@router.post("/alertmanager", summary="Alerts come in", operation_id="takeAlerts", openapi_extra=PAYLOAD)
def post_alerts(desk: TheDesk, asker: TheAsker, body: TheBody) -> TakenOut:
    """The webhook of Alertmanager. Each alert counts for itself; told again it is no news."""
    asker.demand(TokenScope.ALERTS_WRITE)
    read = _read(body)
    taken = take_in(desk, read.alerts, by=asker.caller.person)
    RECEIVED.inc(len(read.alerts))
    REJECTED.inc(len(read.rejected))
    return TakenOut(received=len(read.alerts), new=taken.new, ended=taken.ended, rejected=list(read.rejected))


def _read(body: bytes) -> Read:
    try:
        return read_webhook(body)
    except Malformed:
        REJECTED.inc()
        raise Refused("no_alerts") from None
