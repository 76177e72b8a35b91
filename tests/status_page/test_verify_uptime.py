"""Uptime as the script of the page computes it is what the verifier computes, to the millisecond."""

import json
import random
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from audit.verifier.components import Components
from audit.verifier.decode import Decoder
from audit.verifier.entry import Entry
from audit.verifier.figures import uptime_rows, window
from audit.verifier.report import Report
from domain import component
from domain.component import ComponentStatus
from domain.event import Source
from domain.instant import HOUR
from domain.uptime import Rule
from tests.servers import missing

HERE = Path(__file__).parent
SCRIPT = HERE.parents[1] / "status_page/static/verify_uptime.js"
HISTORIES = 400
ZONES = ("Etc/UTC", "Europe/Moscow", "America/New_York", "Asia/Beirut", "America/Sao_Paulo", "Australia/Lord_Howe")
"""Beirut's and São Paulo's clocks were put forward at midnight."""
RULE = Rule()
WEEK = 7 * 24 * HOUR


def test_the_script_computes_what_the_verifier_does(tmp_path: Path) -> None:
    histories = [history(random.Random(seed)) for seed in range(HISTORIES)]  # noqa: S311 -- nothing secret
    found = scripted(histories, tmp_path)
    assert found == [verified(**each) for each in histories]
    assert {bool(each["unannounced"]) for each in found} == {True, False}
    assert all(any(each["sum"][part] for each in found) for part in ("accountable", "weighed", "excused", "unknown"))


def test_months_begin_in_every_zone_when_they_do(tmp_path: Path) -> None:
    months = [f"{year}-{month:02}" for year in (2017, 2018, 2021, 2026) for month in range(1, 13)]
    bare: dict[str, Any] = {
        "events": [told(0, "status_set", Source.LIVE, status="operational")],
        "weights": RULE.weights,
    }
    histories = [{**bare, "month": month, "zone": zone} for month in months for zone in ZONES]
    spans = [(each["since"], each["until"]) for each in scripted(histories, tmp_path)]
    assert spans == [window(each["month"], each["zone"]) for each in histories]


def history(chance: random.Random) -> dict[str, Any]:
    """What could be said of a component, in any order, around the beginning of a month."""
    month, zone = f"2026-{chance.randrange(1, 13):02}", chance.choice(ZONES)
    start = window(month, zone)[0] - WEEK
    times = sorted(start + chance.randrange(6 * WEEK) // HOUR * HOUR for _ in range(chance.randrange(1, 25)))
    return {"events": [said(chance, at) for at in times], "month": month, "zone": zone, "weights": RULE.weights}


def said(chance: random.Random, at: int) -> dict[str, Any]:
    kind = chance.choice(("status_set", "status_set", "works_planned", "works_begun", "works_ended"))
    source, works = chance.choice([*Source]), {"works": chance.choice("ab")}
    start, end = at + chance.randrange(40) * HOUR, at + chance.randrange(40, 80) * HOUR
    if kind == "status_set":
        incident = {"incident": chance.choice("xy")} if chance.random() < 0.5 else {}
        told_of = at - chance.choice((0, 0, 30 * HOUR))
        status = chance.choice([*({"status": each.value} for each in ComponentStatus), {}])  # or nothing is known
        return told(told_of, kind, source, rec=at, **status, **incident)
    if kind == "works_planned":
        return told(at, kind, source, start=start, end=end, **works)
    excused = {"excused_from": start, "excused_until": end} if chance.random() < 0.7 and kind == "works_begun" else {}
    return told(at, kind, source, **works, **excused)


def told(at: int, kind: str, source: Source, **values: Any) -> dict[str, Any]:
    return {"ty": f"component.{kind}", "at": at, "rec": at, "src": source.value, "component": "web", **values}


def scripted(histories: Sequence[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    node = shutil.which("node") or missing("node is not installed: run tests/servers/install as root")
    (folder / "histories.json").write_text(json.dumps(histories))
    command = (node, str(HERE / "uptime.mjs"), str(SCRIPT), str(folder / "histories.json"))
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def verified(events: Sequence[dict[str, Any]], month: str, zone: str, weights: Any) -> dict[str, Any]:
    report, decoder = Report(), Decoder(get_args(component.Event))
    components = Components(report)
    for number, values in enumerate(events):
        values = {"through": "person", **values}  # noqa: PLW2901 -- the script does not need it
        entry = Entry(number, values["ty"], values["at"], values["rec"], Source(values["src"]), "s", number, values)
        components.follow(entry, decoder.event(entry.name, values), RULE.notice)
    since, until = during = window(month, zone)
    [row] = uptime_rows(components.said, ["web"], ["web"], during, Rule(weights, RULE.notice))
    return {"since": since, "until": until, "sum": asdict(row.uptime), "unannounced": ["web"] * bool(report.findings)}
