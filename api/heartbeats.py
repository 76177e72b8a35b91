"""Heartbeats: an address that something calls as long as it works; who knows the address needs no token."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from api.deps import TheDesk, TheViews
from api.limits import Allowance
from api.problems import problems
from api.public import FOR_ANYBODY
from api.receipts import TheBody
from domain.configuration.probe import ProbeDefined
from domain.refusal import Refused
from monitoring import heartbeats
from monitoring.alertmanager.payload import is_watchdog_resolved
from store.desk import Desk

PATH: Final = "/v1/heartbeats"
LONGEST: Final = 1024 * 1024
"""Bytes of a body, which nobody keeps: some send what they have to say along."""
NEVER_KEPT: Final = {"Cache-Control": "no-store"}

router = APIRouter(prefix=PATH, tags=["heartbeats"], responses=problems(404, 413, 422, 429, 503))


def address_of(desk: Desk, key: str) -> str:
    """The path that a heartbeat is sent to: whoever knows it can send one."""
    return f"{PATH}/{_secret(desk, key)}"


@router.get(
    "/{secret}", summary="A heartbeat", operation_id="beat", status_code=204, response_class=Response,
    openapi_extra=FOR_ANYBODY,
)  # fmt: skip
@router.post(
    "/{secret}", summary="A heartbeat with a body", operation_id="beatWithBody", status_code=204,
    response_class=Response, openapi_extra=FOR_ANYBODY,
)  # fmt: skip
def beat(
    desk: TheDesk,
    views: TheViews,
    request: Request,
    body: TheBody,
    secret: Annotated[str, Path(description="As `glasno probes` prints it")],
) -> Response:
    """It works. The body may be anything; alerts of Alertmanager of which none fires say that it does not."""
    at, probe = desk.now(), _probe(desk, secret)
    allowance: Allowance = request.app.state.public_allowance
    allowance.take(probe.key if probe else request.client.host if request.client else "", at)
    if probe is None or probe.heartbeat is None:
        raise Refused("not_found")
    if is_watchdog_resolved(body):
        heartbeats.silenced(views.engine, probe.key, at)
    else:
        heartbeats.beat(views.engine, probe.key, at, probe.heartbeat.within)
    return Response(status_code=204, headers=NEVER_KEPT)


def _probe(desk: Desk, secret: str) -> ProbeDefined | None:
    """The one that is beaten for."""
    probes = desk.configured.state().of(ProbeDefined)
    return next((each for key, each in probes.items() if each.heartbeat and _secret(desk, key) == secret), None)


def _secret(desk: Desk, key: str) -> str:
    return desk.name("heartbeat", key)
