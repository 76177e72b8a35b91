"""The rules do what their tests say, and their tests notice when a rule is wrong."""

import shutil
from pathlib import Path

import pytest

from tests.monitoring.rules import GENERATED, OF_OTHERS, ROOT, RULES, names_in, promtool, served, shipped
from tests.status_page.stage import Stage

TESTS = sorted(path.name for path in RULES.glob("*.tests.yml"))
MUTANTS = [
    ("alerts", "> 900", "> 90"),
    ("alerts", "max_over_time(glasno_alerts_parked_age_seconds[5m])", "glasno_alerts_parked_age_seconds"),
    ("alerts", "increase(glasno_alerts_rejected_total[15m])", "glasno_alerts_rejected_total"),
    ("alerts", "increase(glasno_alerts_unanswerable_total[15m])", "glasno_alerts_unanswerable_total"),
    ("uptime", "> 0.02\n", "> 0.2\n"),
    ("uptime", "> 14.4", "> 144"),
    ("uptime", "max by (job, component) (increase(", "sum by (job, component) (increase("),
    ("uptime", "component_uptime_target_ratio) == 1", "component_uptime_target_ratio) == 2"),
    ("uptime-days", "> 0.10\n", "> 0.01\n"),
    ("uptime-days", "(max by (job) (glasno_sla_period_end", "(0 * max by (job) (glasno_sla_period_end"),
    ("sla", ") < 300", ") < 30"),
    ("sla", 'priority=~"critical|high"} > 0', 'priority=~"critical|high"} > -600'),
    ("sla", "keep_firing_for: 15m", "keep_firing_for: 1m"),
    ("sla", "kind, priority) (increase(", "kind, priority) (changes("),
    ("sla", "max_over_time(glasno_sla_budget_allowed[30d:1h]) or ", ""),
    ("sla", "budget_remaining:expected >= 0", "budget_remaining:expected >= -9"),
    ("slowdown", "> 1.5", "> 1.45"),
    ("slowdown", "> 60 +", ">"),
    ("slowdown", ">= 10", ">= 9"),
    ("slowdown", ">= 30", ">= 29"),
    ("slowdown", "for: 30m", "for: 10m"),
    ("probes", 'last_over_time(glasno_probe_success{component!=""}[10m])', 'glasno_probe_success{component!=""}'),
    ("probes", 'success{component!=""}', "success"),
    ("probes", "> 300 +", "> 900 +"),
    ("probes", "unless max by (job, component, probe) (glasno_probe_success)", ""),
    ("probes", "by (job, component, probe, prober)", "by (job, component, probe)"),
    ("probes", "glasno_heartbeat_last_timestamp_seconds == 0, ", "glasno_heartbeat_last_timestamp_seconds == 1, "),
    ("probes", "for: 1d\n    labels: {severity: info}", "for: 1h\n    labels: {severity: info}"),
    ("probes", "< 3 * 86400", "< 1 * 86400"),
    ("relay", "> 60", "> 600"),
    ("relay", "> 10", "> 100"),
    ("relay", "max by (job, stream) (glasno", "min by (job, stream) (glasno"),
    ("relay", "min by (job, stream) (increase", "max by (job, stream) (increase"),
    ("inbox", 'outcome="buried"', 'outcome=~".+"'),
    ("inbox", "> 10\n", "> 2\n"),
    ("inbox", "min_over_time(", "max_over_time("),
    ("inbox", "> 100\n", "> 1000\n"),
    ("inbox", "> 10\n", "> 100\n"),
    ("leases", "unless max by", "unless min by"),
    ("leases", "for: 30s", "for: 5m"),
    ("leases", "max_over_time(glasno_lease_held[1h])", "glasno_lease_held"),
    ("pipeline", 'absent(glasno_build_info{job="glasno"})', 'absent(up{job="glasno"} == 2)'),
    ("pipeline", 'unless on (job) up{job="glasno"} == 0', ""),
    ("pipeline", "or absent(glasno_collector_success", "or absent(glasno_build_info"),
    ("pipeline", "(changes(glasno_projection_position[5m])) == 0", "(changes(glasno_projection_position[5m])) >= 0"),
    ("pipeline", "max_over_time(glasno_collector_success[2m])", "glasno_collector_success"),
    ("pipeline-work", "(glasno_integrity_checkpoint_tree_size > 0)", "(glasno_integrity_checkpoint_tree_size)"),
    ("pipeline-work", "glasno_work_failures_total unless glasno_work_failures_total", "glasno_work_failures_total"),
    ("pipeline-work", "and on (job, instance) up offset 15m", ""),
    ("pipeline-work", "max_over_time(glasno_integrity_forked[2m])", "glasno_integrity_forked"),
    ("pipeline-work", "> 0.05", "> 0.005"),
    ("pipeline-work", 'route!~"/healthz|/readyz"', 'route!~"/healthz"'),
    ("pipeline-work", "[10m])) > 5", "[10m])) > 0"),
]  # fmt: skip


def test_the_linter_of_prometheus_finds_nothing() -> None:
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", *RULES.glob("*.rules.yml"))
    files = len([*RULES.glob("*.rules.yml")])
    assert (checked.returncode, checked.stdout.count("SUCCESS")) == (0, files), checked.stderr


@pytest.mark.parametrize("name", TESTS)
def test_each_rule_fires_when_it_should_and_not_else(name: str) -> None:
    tested = promtool("test", "rules", RULES / name)
    assert tested.returncode == 0, tested.stderr


@pytest.mark.parametrize(("name", "right", "wrong"), MUTANTS)
def test_a_rule_that_is_wrong_is_noticed(tmp_path: Path, name: str, right: str, wrong: str) -> None:
    for path in RULES.glob("*.yml"):
        shutil.copy(path, tmp_path)
    mutant = tmp_path / f"{name.partition('-')[0]}.rules.yml"
    text = mutant.read_text()
    assert right in text
    mutant.write_text(text.replace(right, wrong))
    assert promtool("check", "rules", mutant).returncode == 0
    tested = promtool("test", "rules", tmp_path / f"{name}.tests.yml")
    assert "exp:" in tested.stderr
    assert tested.returncode == 1


def test_every_alert_has_cases_in_which_it_fires_and_in_which_it_does_not() -> None:
    cases = "".join((RULES / name).read_text() for name in TESTS).split("  - expr: ")
    for alert in alerts():
        told = [f'alertname="{alert}", severity' in case for case in cases if f'alertname="{alert}",alertstate' in case]
        assert True in told, alert
        assert False in told or alert == "Watchdog", alert


def test_every_metric_that_a_rule_reads_is_served_or_recorded(stage: Stage) -> None:
    recorded = {rule["record"] for rule in shipped() if "record" in rule}
    known = {*served(stage), *recorded, *OF_OTHERS, *GENERATED}
    read = {name for rule in shipped() for name in names_in(rule["expr"])}
    assert read - known == set()
    assert recorded - read == set()


def test_every_alert_says_what_it_is_and_what_to_do() -> None:
    for rule in shipped():
        if "alert" in rule:
            assert rule["labels"]["severity"] in ("critical", "warning", "info", "none")
            assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
            assert rule["annotations"]["runbook_url"] == f"docs/runbooks/alerts/{rule['alert']}.md"


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    pages = {path.stem: path.read_text() for path in (ROOT / "docs/runbooks/alerts").glob("*.md")}
    assert pages.keys() == alerts() | {"GlasnoSLABurnRate"}
    for alert, text in pages.items():
        assert text.startswith(f"# {alert}\n")
        assert all(f"\n## {part}\n" in text for part in ("Who is hit", "Look", "Do", "Silence"))


def test_every_alert_is_in_the_list_of_the_documentation() -> None:
    told = (ROOT / "docs/monitoring.md").read_text()
    assert {alert for alert in alerts() if f"`{alert}`" not in told} == set()


def alerts() -> set[str]:
    return {rule["alert"] for rule in shipped() if "alert" in rule}
