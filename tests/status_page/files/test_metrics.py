from collections.abc import Mapping

import pytest
from prometheus_client import Metric, parser
from prometheus_client.openmetrics import parser as strict

from domain.component import ComponentStatus
from domain.instant import DAY, HOUR, SECOND
from tests.projections.announcing import announce, plan, wait
from tests.status_page.files.published import Published

ONE, WORKS = "1a" * 16, "3c" * 16
PUBLIC = ("glasno_page_", "glasno_component_", "glasno_incident", "glasno_maintenance_", "glasno_sla_month_")


def read(text: str) -> list[Metric]:
    return [*parser.text_string_to_metric_families(text)]


def samples(site: Published, **changes: bool) -> Mapping[str, float]:
    """By name and labels."""
    families = read(site.text("/metrics", **changes))
    return {
        f"{each.name}{{{','.join(each.labels.values())}}}": each.value for family in families for each in family.samples
    }


def test_it_reads_as_either_format(well: Published) -> None:
    announce(well.story, ONE)
    plan(well.story, WORKS)
    text = well.text("/metrics")
    either = read(text), [*strict.text_string_to_metric_families(text)]  # type: ignore[no-untyped-call]
    assert either[0] == either[1]
    assert {each.type for each in either[0]} == {"gauge"}
    assert all(each.documentation and each.name.startswith(PUBLIC) for each in either[0])


@pytest.mark.parametrize("status", ComponentStatus)
def test_a_component_has_one_status(site: Published, status: ComponentStatus) -> None:
    site.set("web", status)
    found = samples(site)
    shown = [each for each in ComponentStatus if found[f"glasno_component_status{{web,{each}}}"]]
    assert shown == [status]
    assert found["glasno_component_up{web}"] == (status in {ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED})
    assert found["glasno_component_maintenance{web}"] == (status is ComponentStatus.UNDER_MAINTENANCE)


def test_of_what_is_not_known_there_is_no_sample(site: Published) -> None:
    site.set("web", ComponentStatus.OPERATIONAL)
    found = samples(site)
    assert "glasno_component_up{web}" in found
    assert "glasno_component_up{mail}" not in found
    assert "glasno_component_uptime_ratio{mail}" not in found
    behind = samples(site, is_behind=True)
    assert "glasno_component_up{web}" not in behind
    assert behind["glasno_page_behind{}"] == 1


def test_the_month_is_told_in_seconds(site: Published) -> None:
    site.define("web", target=99_950)
    site.set("web", ComponentStatus.OPERATIONAL)
    site.story.after(DAY)
    site.set("web", ComponentStatus.PARTIAL_OUTAGE)
    site.story.after(HOUR)
    found = samples(site)
    assert found["glasno_component_month_accountable_seconds{web}"] == (DAY + HOUR) / SECOND
    assert found["glasno_component_month_unavailable_seconds{web}"] == 0.3 * HOUR / SECOND
    assert found["glasno_component_uptime_ratio{web}"] == 0.988
    assert found["glasno_component_uptime_target_ratio{web}"] == 0.9995


def test_open_incidents_are_counted_by_impact(site: Published) -> None:
    assert samples(site)["glasno_incidents_open{critical}"] == 0
    announce(site.story, ONE)
    found = samples(site)
    assert (found["glasno_incidents_open{critical}"], found["glasno_incidents_open{minor}"]) == (1, 0)
    assert found["glasno_incident_last_update_timestamp_seconds{critical}"] == site.story.clock.now / SECOND


def test_works_are_told_ahead_and_while_they_are_done(site: Published) -> None:
    plan(site.story, WORKS)
    start = site.story.clock.now + HOUR
    assert samples(site)["glasno_maintenance_next_start_timestamp_seconds{}"] == start / SECOND
    site.story.after(HOUR)
    wait(site.story, WORKS)
    found = samples(site)
    assert found["glasno_maintenance_active{}"] == 1
    assert "glasno_maintenance_next_start_timestamp_seconds{}" not in found
