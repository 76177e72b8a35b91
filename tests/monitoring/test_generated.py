"""What is made from the contracts in force: it validates, is always the same, and leaves out what could never fire."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import validator_for

from domain.configuration import Configuration
from domain.configuration.component import ComponentDefined
from domain.configuration.level import Goal
from domain.policy import Clock
from monitoring.generated.alertmanager import alertmanager
from monitoring.generated.goals import SPEEDS, Promised, notes, promised, refusal, uptime_notes
from monitoring.generated.openslo import openslo
from monitoring.generated.prometheus import prometheus
from tests.cast import AT
from tests.monitoring.rules import ROOT, names_in, promtool, rules_of, served, shipped
from tests.projections.story import level
from tests.servers.prometheus import amtool
from tests.status_page.stage import Stage

HERE = "http://127.0.0.1:8000/v1/alerts/alertmanager", "http://127.0.0.1:8000/v1/heartbeats/SECRET"
MANY = 100_000
GOLD = Promised(Clock.REACTION, "gold", 2, shortest=600, goal=95_000, decided=MANY)
QUERY = {
    "type": "object",
    "required": ["metricSource"],
    "properties": {
        "metricSource": {
            "type": "object",
            "required": ["metricSourceRef", "type", "spec"],
            "properties": {"spec": {"type": "object", "required": ["query"]}},
        }
    },
}
RATIO = {"required": ["bad", "total"], "properties": {"bad": QUERY, "total": QUERY}}
NAME = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"}
SLO: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "openslo/v1"},
        "kind": {"const": "SLO"},
        "metadata": {"required": ["name"], "properties": {"name": NAME}},
        "spec": {
            "additionalProperties": False,
            "required": ["service", "indicator", "timeWindow", "budgetingMethod", "objectives"],
            "properties": {
                "service": NAME,
                "indicator": {
                    "required": ["metadata", "spec"],
                    "properties": {"spec": {"properties": {"ratioMetric": RATIO}}},
                },
                "timeWindow": {"type": "array", "minItems": 1, "maxItems": 1},
                "budgetingMethod": {"enum": ["Occurrences", "Timeslices", "RatioTimeslices"]},
                "objectives": {"minItems": 1, "items": {"required": ["target"]}},
            },
        },
    },
}  # fmt: skip
"""Of the specification, what can be wrong here."""


def test_what_is_made_passes_the_linter_and_is_always_the_same(tmp_path: Path) -> None:
    made = prometheus([GOLD], [*notes([GOLD])])
    (tmp_path / "made.rules.yml").write_text(made)
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", tmp_path / "made.rules.yml")
    assert (checked.returncode, f"{len([*shipped()]) + 3} rules found" in checked.stdout) == (0, True), checked.stderr
    assert made == prometheus([GOLD], [*notes([GOLD])])


def test_a_rate_fires_when_it_should_and_not_else(tmp_path: Path) -> None:
    (tmp_path / "made.rules.yml").write_text(prometheus([GOLD], []))
    labels = 'job="glasno",instance="a",clock="reaction",level="gold",kind="incident",priority="low"'
    cases = {
        "rule_files": ["made.rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "name": "one of twenty is what the goal allows, all of them is more",
                "interval": "1m",
                "input_series": [
                    {"series": f"glasno_sla_clocks_decided_total{{{labels}}}", "values": "0+20x300"},
                    {"series": f"glasno_sla_clocks_breached_total{{{labels}}}", "values": "0+1x120 140+20x180"},
                ],
                "promql_expr_test": [_firing("119m"), _firing("180m", ("critical", 1), ("warning", 1))],
            }
        ],
    }
    (tmp_path / "made.tests.yml").write_text(yaml.safe_dump(cases))
    tested = promtool("test", "rules", tmp_path / "made.tests.yml")
    assert tested.returncode == 0, tested.stderr


def test_only_a_short_target_has_a_threshold_of_its_own() -> None:
    assert GOLD.imminent == 120
    assert replace(GOLD, shortest=86_400).imminent == 300
    assert replace(GOLD, shortest=20).imminent == 30
    records = [
        (rule["labels"], rule["expr"])
        for rule in rules_of(prometheus([GOLD, replace(GOLD, level="iron", shortest=3600)], []))
        if rule.get("record") == "clock_level:glasno_sla_imminent:seconds"
    ]
    assert records == [({"clock": "reaction", "level": "gold"}, "vector(120)")]


def test_a_rate_that_cannot_fire_or_always_would_is_refused_with_a_reason() -> None:
    fast, slow = SPEEDS
    assert refusal(GOLD, fast) is refusal(GOLD, slow) is None
    easy = replace(GOLD, goal=90_000)
    assert refusal(easy, fast) == "14.4 * (1 - 0.9) = 1.44, and no share of what is bad is above 1"
    assert refusal(easy, slow) is None
    rare = refusal(replace(GOLD, decided=999), fast)
    assert rare is not None
    assert rare.startswith("999 verdicts a month are fewer than 1000: one breach in 1h would be over the threshold")
    assert refusal(replace(GOLD, decided=1000), fast) is None
    assert "no breach is allowed" in str(refusal(replace(GOLD, goal=100_000), fast))
    assert "there is no goal" in str(refusal(replace(GOLD, goal=None), fast))


def test_it_is_told_where_the_first_breach_misses_the_goal() -> None:
    assert [*notes([GOLD])] == []
    assert [*notes([replace(GOLD, goal=None, decided=0)])] == []
    few = [*notes([replace(GOLD, decided=19)])]
    assert few[0].startswith("reaction of gold: 19 verdicts a month are fewer than the 20 of which one may be breached")
    assert len(few) == 3
    short = [*notes([replace(GOLD, shortest=100)])]
    assert "may learn of a deadline too late" in short[0]


def test_it_is_told_which_uptime_can_never_be_alerted_at(stage: Stage) -> None:
    stage.define("web")
    state = stage.story.desk.configured.state()
    assert [*uptime_notes(_with_target(state, 99_900))] == []
    assert [each.partition(": ")[0] for each in uptime_notes(_with_target(state, 80_000))] == ["component web"] * 2


def test_every_level_in_force_is_told_of(stage: Stage) -> None:
    stage.configure(replace(level(version=2), goals=(Goal(Clock.REACTION, 75_000),)))
    found = promised(stage.story.desk.configured.state(), {("reaction", "gold"): 7})
    reaction = next(each for each in found if each.clock is Clock.REACTION)
    assert (reaction.level, reaction.version, reaction.goal, reaction.decided) == ("gold", 2, 75_000, 7)
    assert reaction.shortest == 300
    assert {each.decided for each in found if each.clock is not Clock.REACTION} == {0}


def test_alertmanager_takes_what_is_made_and_sends_each_alert_where_it_belongs(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(alertmanager(*HERE))
    assert _ran(amtool(), "check-config", str(path)).returncode == 0
    for labels, receiver in {
        ("alertname=Watchdog", "severity=none"): "glasno-heartbeat",
        ("alertname=GlasnoSLABreachImminent", "severity=critical"): "glasno-urgent",
        ("alertname=GlasnoSLABreached", "severity=warning"): "glasno",
        ("alertname=GlasnoUptimeBudgetBurn", "severity=info"): "glasno-nobody",
    }.items():
        routed = _ran(amtool(), "config", "routes", "test", f"--config.file={path}", *labels)
        assert (routed.returncode, routed.stdout.strip()) == (0, receiver)


def test_a_published_goal_is_an_objective_over_the_month_of_the_desk(stage: Stage) -> None:
    stage.configure(replace(level(version=2), goals=(Goal(Clock.FIRST_RESPONSE, 97_500),)))
    state = stage.story.desk.configured.state()
    made = openslo(state, zone="Europe/Moscow", at=AT)
    source, service, slo = yaml.safe_load_all(made)
    assert (source["kind"], service["kind"]) == ("DataSource", "Service")
    validator_for(dict(SLO)).validate(slo)
    assert not validator_for(dict(SLO)).is_valid({**slo, "spec": {}})
    assert slo["metadata"]["name"] == "gold-first-response"
    assert slo["spec"]["objectives"][0]["target"] == 0.975
    calendar = {"startTime": "2026-11-01 00:00:00", "timeZone": "Europe/Moscow"}
    assert slo["spec"]["timeWindow"] == [{"duration": "1M", "calendar": calendar, "isRolling": False}]
    ratio = slo["spec"]["indicator"]["spec"]["ratioMetric"]
    read = {name for side in ("bad", "total") for name in names_in(ratio[side]["metricSource"]["spec"]["query"])}
    assert read == {"glasno_sla_clocks_breached_total", "glasno_sla_clocks_decided_total"} & {*served(stage)}


def test_a_level_that_is_not_published_is_not_told_of(stage: Stage) -> None:
    stage.configure(replace(level(version=2), goals=(Goal(Clock.FIRST_RESPONSE, 97_500),)))
    state = stage.story.desk.configured.state()
    assert len([*yaml.safe_load_all(openslo(state, zone="Europe/Moscow", at=0))]) == 1


def test_the_configurations_that_are_shipped_are_valid(tmp_path: Path) -> None:
    shipped_files = ROOT / "monitoring/config"
    rules = [*(ROOT / "monitoring/rules").glob("*.rules.yml")]
    for path in (*rules, shipped_files / "prometheus.yml"):
        target = tmp_path / ("rules" if "rules" in path.name else "") / path.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text())
    checked = promtool("check", "config", tmp_path / "prometheus.yml")
    assert (checked.returncode, f"{len(rules)} rule files found" in checked.stdout) == (0, True), checked.stderr
    assert (shipped_files / "alertmanager.yml").read_text() == alertmanager(*HERE)
    modules = yaml.safe_load((shipped_files / "blackbox.yml").read_text())["modules"]
    jobs = yaml.safe_load((shipped_files / "prometheus.yml").read_text())["scrape_configs"]
    assert {name for job in jobs for name in job.get("params", {}).get("module", [])} == modules.keys()


def _firing(at: str, *samples: tuple[str, int]) -> dict[str, Any]:
    expected = [{"labels": f'{{severity="{severity}"}}', "value": number} for severity, number in samples]
    expr = 'count by (severity) (ALERTS{alertname="GlasnoSLABurnRate",alertstate="firing"})'
    return {"expr": expr, "eval_time": at, "exp_samples": expected}


def _with_target(state: Configuration, share: int) -> Configuration:
    held = {
        name: replace(each, uptime_target=share) if isinstance(each, ComponentDefined) else each
        for name, each in state.definitions.items()
    }
    return replace(state, definitions=held)


def _ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
