from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml
from click.testing import CliRunner, Result

from service.__main__ import glasno
from service.settings import Settings
from tests.service.desk_files import default

Run: TypeAlias = Callable[..., Result]
DEMONSTRATION = Path(__file__).resolve().parents[3] / "service/demo/desk.yaml"


@pytest.fixture
def run(sqlite_settings: Settings) -> Run:
    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(glasno, arguments, env={"GLASNO_DATA_DIR": str(sqlite_settings.data_dir)})
        assert result.exit_code == 0, result.output
        return result

    return invoke


def test_the_rules_are_those_of_the_levels_in_force_and_what_is_left_out_is_told(run: Run) -> None:
    run("apply", str(DEMONSTRATION))
    made = run("rules", "prometheus")
    assert made.stdout.startswith(
        "# Made by `glasno rules prometheus` for these levels: basic/1, business/1, premium/1.\n"
    )
    refused = "first_response of basic: no burn rate of 14.4 over 1h: 14.4 * (1 - 0.9) = 1.44, and no share"
    assert refused in made.stderr
    assert f"# {refused}" in made.stdout
    records = "clock_level:glasno_sla_imminent:seconds"
    thresholds = [rule for rule in rules(made.stdout) if rule.get("record") == records]
    assert [(each["expr"], each["labels"]["level"]) for each in thresholds] == [("vector(180)", "premium")]
    assert run("rules", "prometheus").stdout == made.stdout


def test_a_new_desk_has_the_rules_that_fit_every_desk(run: Run) -> None:
    assert {"Watchdog", "GlasnoSLABreached"} <= {rule.get("alert") for rule in rules(run("rules", "prometheus").stdout)}


def test_alerts_link_to_where_the_runbook_is(run: Run) -> None:
    for address in ("https://wiki.example/glasno", "https://wiki.example/glasno/"):
        made = run("rules", "prometheus", "--runbooks", address)
        links = {rule["annotations"]["runbook_url"] for rule in rules(made.stdout) if "alert" in rule}
        assert "https://wiki.example/glasno/GlasnoSLABreached.md" in links
        assert {link.rpartition("/")[0] for link in links} == {"https://wiki.example/glasno"}


def test_goals_of_levels_that_nobody_has_are_not_published(run: Run) -> None:
    run("apply", str(DEMONSTRATION))
    kinds = [each["kind"] for each in yaml.safe_load_all(run("rules", "openslo").stdout)]
    assert kinds == ["DataSource", *["Service", *["SLO"] * 2], *["Service", *["SLO"] * 4]]


def test_alertmanager_is_told_of_a_heartbeat(run: Run) -> None:
    routes = yaml.safe_load(run("rules", "alertmanager").stdout)["route"]["routes"]
    assert routes[0]["matchers"] == ['alertname = "Watchdog"']


def test_alertmanager_may_reach_the_desk_from_inside(run: Run) -> None:
    told = yaml.safe_load(run("rules", "alertmanager", "--to", "http://caddy:8080").stdout)["receivers"][0]
    assert told["webhook_configs"][0]["url"] == "http://caddy:8080/v1/alerts/alertmanager"


def test_alertmanager_tells_the_desk_and_calls_the_heartbeat_that_is_named(run: Run, tmp_path: Path) -> None:
    values = default() | {"probes": {"heart": {"component": "", "heartbeat": "3m"}}, "alerts": {"heartbeat": "heart"}}
    assert called(run) == ("http://127.0.0.1:8000/v1/alerts/alertmanager", "http://127.0.0.1:8000/v1/heartbeats/SECRET")
    (tmp_path / "desk.yaml").write_text(yaml.safe_dump(values, allow_unicode=True))
    run("apply", str(tmp_path / "desk.yaml"))
    assert called(run)[1] in run("probes").stdout


def called(run: Run) -> tuple[str, str]:
    """What Alertmanager is to call with alerts, and with the heartbeat."""
    receivers = {each["name"]: each for each in yaml.safe_load(run("rules", "alertmanager").stdout)["receivers"]}
    desk, urgent, heart = (
        receivers[name]["webhook_configs"][0] for name in ("glasno", "glasno-urgent", "glasno-heartbeat")
    )
    assert desk == urgent
    assert (desk["send_resolved"], heart["send_resolved"]) == (True, True)
    return desk["url"], heart["url"]


def test_the_dashboards_are_written(run: Run, tmp_path: Path) -> None:
    told = run("rules", "grafana", str(tmp_path / "new" / "dashboards")).stdout.splitlines()
    assert [Path(line).name for line in told] == ["overview.json", "pipeline.json", "sla.json"]
    shipped = Path(__file__).resolve().parents[3] / "monitoring/dashboards"
    assert all(Path(line).read_bytes() == (shipped / Path(line).name).read_bytes() for line in told)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(glasno, ["rules", "grafana", str(tmp_path / "file" / "under")])
    assert (result.exit_code, "Not a directory" in result.output) == (1, True)


def rules(text: str) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
