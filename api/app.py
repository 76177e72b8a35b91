"""The application: every route, every problem, and how it describes itself."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import (
    access,
    components,
    configuration,
    erasures,
    figures,
    health,
    heartbeats,
    incident_templates,
    incidents,
    maintenances,
    me,
    organisation_metrics,
    page_links,
    probes,
    proofs,
    queues,
    sla,
    subscriptions,
    trail,
    uptime,
)
from api.alerts import deciding as alerts_deciding
from api.alerts import intake as alerts_intake
from api.alerts import view as alerts_view
from api.limits import Allowance, BodyLimit, Limits
from api.problems import Problem, report_problems
from api.requests import Heads, Requests
from api.tickets import (
    classification,
    clocks,
    history,
    joining,
    messages,
    opening,
    outcome,
    promises,
    responsibility,
    view,
    waiting,
)
from audit.proving import Proving
from monitoring import heartbeats as beats
from monitoring.probes import watches
from projections.engine import Projector
from store.desk import Desk
from store.reception import Reception

ROUTES: Final = (
    opening, view, history, messages, responsibility, classification, waiting, outcome, joining, promises, clocks,
    queues, trail, figures, organisation_metrics, sla, components, probes, uptime, incidents, incident_templates,
    maintenances, alerts_intake, alerts_view, alerts_deciding, subscriptions, configuration, page_links, proofs,
    access, erasures, me,
)  # fmt: skip

DESCRIPTION: Final = """\
A service desk whose history cannot be quietly rewritten. Commands are nouns; each is answered from its own events.

* Instants are RFC 3339 in UTC with milliseconds; durations are milliseconds.
* `Idempotency-Key` makes a request safe to send again; `If-Match` with an `ETag` makes it hold for one version only.
* What goes wrong is told as a problem (RFC 9457), in Russian or English as `Accept-Language` says.
* What a caller may not see is answered as if it were not there.
* What is done to a ticket is answered with a receipt: a promise, signed by the log, that it is in the log within its
  seconds. Whoever keeps it can show that something was left out; `/v1/tickets/{reference}/proofs` redeems it.
* What the status page shows anybody may read without a token: `/v1/components`, `/v1/incidents`, `/v1/maintenances`,
  `/v1/sla`. Shares are percent, floored to 0.001. Anybody may ask to be told of it: `/v1/subscriptions`.
"""


def build_app(
    desk: Desk,
    views: Projector,
    reception: Reception,
    *,
    version: str,
    limits: Limits | None = None,
    proving: Proving | None = None,
) -> FastAPI:
    """The API over a desk and its views; without `proving` it gives neither receipts nor proofs."""
    limits = limits or Limits()
    watches.prepare(views.engine)
    beats.prepare(views.engine)
    app = FastAPI(
        title="Glasno", version=version, description=DESCRIPTION, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.desk, app.state.views, app.state.reception = desk, views, reception
    app.state.proving, app.state.full_at = proving, 0
    app.state.allowance, app.state.public_allowance = (Allowance(limits.burst, limits.each) for _ in range(2))
    for router in (*(noun.router for noun in ROUTES), trail.of_ticket):
        app.router.routes += router.routes  # not included, which has each of them looked for twice
    app.include_router(health.router)
    app.include_router(heartbeats.router)
    report_problems(app)
    larger = {alerts_intake.PATH: alerts_intake.LONGEST, heartbeats.PATH: heartbeats.LONGEST}
    app.add_middleware(BodyLimit, limit=limits.body, larger=larger)
    app.add_middleware(Requests, new_id=desk.new_id)
    app.add_middleware(Heads)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # as FastAPI's documentation has it
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The description of the API, with the problems as they are."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = described["components"]["schemas"]
        problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs") | {"Problem": problem}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = described
    return app.openapi_schema
