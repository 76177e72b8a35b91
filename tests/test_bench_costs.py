"""What the benchmarks of costs and of peers find is what `glasno bench simulate` computes with, and complete."""

from pathlib import Path

import msgspec
import pytest

from service.simulate import Stages, read_costs
from tests.bench import costs, large, peers
from tests.bench.stages import stages
from tests.servers.nats import running_nats
from tests.servers.postgres import Postgres

FEW = 600


def test_every_stage_of_a_short_log_is_measured(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "EVENTS", 10 * FEW)
    monkeypatch.setattr(large, "COMMITS", 1)
    with running_nats(tmp_path / "nats") as nats:
        found = stages(tmp_path / "desk", postgres, nats, FEW)
    assert found["events"] >= FEW
    assert found["grown"]["large"]["events"] > 5 * found["events"]
    assert msgspec.convert(found["stages"], Stages).project.both > 0
    assert found["bytes"].keys() == read_costs().bytes.keys()
    assert min(found["bytes"].values()) > 100


def test_the_costs_that_come_with_the_desk_can_be_told() -> None:
    lines = costs.table(msgspec.json.decode(Path("service/costs.json").read_bytes())["costs"])
    assert any(line.startswith("project") for line in lines)
    assert lines[-1].startswith("bytes a person")


def test_a_peer_that_lost_a_ticket_has_no_figure() -> None:
    every = {name: 3 * requests for name, requests in peers.REQUESTS.items()}
    peers._demand_all(every, 3)
    with pytest.raises(SystemExit, match="django-helpdesk has 1799"):
        peers._demand_all(every | {"django-helpdesk": 1799}, 3)
