"""Incidents and works as the Statuspage API, version 2, tells them."""

from domain.code import code_of
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.event import Source
from domain.incident import Affected
from projections.announced import Kind
from projections.incidents import Incident, Update
from status_page.files.statuspage_page import SPOKEN, STATUSES, Json, Page, component_json
from status_page.files.told import body_of, changed_at, name_of, title_of


def incident_json(page: Page, incident: Incident) -> Json:
    """An incident with all its updates; of works also when they are to be done."""
    told = {
        "id": incident.code,
        "name": title_of(page.edition, incident, SPOKEN),
        "status": incident.status.value,
        "created_at": page.stamp(incident.created),
        "updated_at": page.stamp(max(incident.created, changed_at(incident))),
        "monitoring_at": page.stamp(incident.monitoring_at),
        "resolved_at": page.stamp(incident.resolved_at),
        "impact": incident.impact,
        "shortlink": f"{page.edition.address}/incidents/{incident.code}",
        "started_at": page.stamp(incident.started_at),
        "page_id": page.code,
        "incident_updates": [_update_json(page, incident, each) for each in incident.updates],
        "components": [component_json(page, page.known[key]) for key in incident.components if key in page.known],
    }
    return told | _planned(page, incident) if incident.kind is Kind.WORKS else told


def _planned(page: Page, incident: Incident) -> Json:
    return {
        "scheduled_for": page.stamp(incident.scheduled_for),
        "scheduled_until": page.stamp(incident.scheduled_until),
    }


def _update_json(page: Page, incident: Incident, update: Update) -> Json:
    return {
        "id": code_of("update", update.id),
        "status": update.status.value,
        "body": body_of(page.edition, update, SPOKEN),
        "incident_id": incident.code,
        "created_at": page.stamp(update.rec),
        "updated_at": page.stamp(update.reworded_at or update.rec),
        "display_at": page.stamp(update.at),
        "affected_components": [_affected_json(page, each) for each in update.affected] or None,
        "deliver_notifications": incident.source is Source.LIVE,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _affected_json(page: Page, affected: Affected) -> Json:
    return {
        "code": code_of("component", affected.component),
        "name": _full_name(page, affected.component),
        "old_status": STATUSES[affected.old],
        "new_status": STATUSES[affected.new],
    }


def _full_name(page: Page, key: str) -> str:
    """With its group, if it has one."""
    configured, name = page.edition.configured.state, name_of(page.edition, key, SPOKEN)
    component = configured.of(ComponentDefined).get(key)
    group = configured.of(ComponentGroupDefined).get(component.group) if component else None
    return f"{group.label.en} - {name}" if group else name
