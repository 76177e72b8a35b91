"""The metrics of one organisation, for Prometheus: never among those of the desk, for whoever may read its figures."""

from typing import Final

from fastapi import Response
from fastapi.responses import PlainTextResponse
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from api.deps import TheAsker, TheDesk, TheViews
from api.figures import demand_figures
from api.routing import routes
from api.types import IdIn
from domain.refusal import Refused
from monitoring.exporter import sla, tickets
from monitoring.exporter.families import text
from monitoring.exporter.seen import looking

NEEDED: Final = tuple(dict.fromkeys((*tickets.NEEDED, *sla.NEEDED)))

router = routes("/v1", "figures", 400, 401, 403, 422, 429, 503)


@router.get(
    "/metrics/organisations/{organisation}",
    summary="The metrics of one organisation",
    operation_id="getOrganisationMetrics",
    response_class=PlainTextResponse,
)
def get_organisation_metrics(desk: TheDesk, views: TheViews, asker: TheAsker, organisation: IdIn) -> Response:
    """Its open tickets and clocks, and this month's verdicts against the goals of its level, as text for Prometheus."""
    demand_figures(asker, organisation)
    with looking(desk, views.engine, NEEDED) as seen:
        if not seen.are_current(NEEDED):
            raise Refused("views_behind", position=seen.head)
        told = [*tickets.standing(seen, organisation), *sla.of_organisation(seen, organisation)]
    return PlainTextResponse(text(told), media_type=CONTENT_TYPE_PLAIN_0_0_4)
