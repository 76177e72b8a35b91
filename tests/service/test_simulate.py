"""What a load would take, computed from costs that are easy to count with."""

import json
from math import inf, isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.simulate import BOUND, MONTH, BadCosts, Costs, Load, Part, demand, kept, most, read_costs
from tests.service.simulated import COSTS, LOAD, written


def costs(tmp_path: Path, **changes: Any) -> Costs:
    return read_costs(written(tmp_path, COSTS | changes))


def test_events_at_the_peak_are_so_many_times_the_mean(tmp_path: Path) -> None:
    assert isclose(demand(LOAD, costs(tmp_path)).events, 100 * 20 * 10 * 5 / MONTH)


def test_requests_are_those_that_store_the_events_and_the_looks(tmp_path: Path) -> None:
    """An opening stores 4 events, a reply 2: a ticket of 10 is an opening and 3 replies, with 2 looks an event."""
    found = demand(LOAD, costs(tmp_path))
    assert isclose(found.requests, found.events * ((1 + 3) / 10 + 2))


def test_cores_are_what_requests_and_stages_cost(tmp_path: Path) -> None:
    found = demand(LOAD, costs(tmp_path))
    api = (1 * 8 + 3 * 4) / 10 + 1 + 3
    asked = (1 * 2 + 3 * 1) / 10 + 0.5 + 0.5
    stages = 0.2 + 0.05 + 0.01
    assert isclose(found.cores["api"], found.events * api / 1000)
    assert isclose(found.cores["views"], found.events * 1 / 1000)
    assert isclose(found.cores["postgres"], found.events * (asked + stages) / 1000)


def test_the_busiest_part_comes_first_and_says_how_far_a_desk_goes(tmp_path: Path) -> None:
    """The views take 1.2 ms an event, of one process after the other: two thirds of a second are 555 events."""
    name, rate = most(LOAD, costs(tmp_path))[0]
    assert name == "views"
    assert isclose(rate, BOUND * 1000 / 1.2)


def test_more_cores_let_postgres_go_further(tmp_path: Path) -> None:
    one, two = (dict(most(Load(**(vars(LOAD) | {"cores": cores})), costs(tmp_path))) for cores in (1, 2))
    assert isclose(two["postgres"], 2 * one["postgres"])
    assert two["views"] == one["views"]


def test_two_thirds_busy_one_waits_as_long_as_the_work_takes() -> None:
    assert isclose(Part("views", BOUND, 3).wait, 3)


def test_where_more_comes_than_can_be_done_the_wait_has_no_end() -> None:
    assert Part("views", 1, 3).wait == inf


def test_a_small_desk_has_two_of_each_that_serves_and_one_relay(tmp_path: Path) -> None:
    small = demand(LOAD, costs(tmp_path))
    assert (small.desks, small.processes) == (1, {"api": 2, "work": 2, "relay": 1})


def test_what_one_desk_cannot_do_is_shared_out_among_several(tmp_path: Path) -> None:
    many = demand(Load(**(vars(LOAD) | {"companies": 10_000_000})), costs(tmp_path))
    assert many.desks > 1
    assert many.parts[0].busy / many.desks <= BOUND
    assert many.processes["work"] >= 2 * many.desks


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_clients_never_take_less(one: int, other: int) -> None:
    known = read_costs()
    few, many = (demand(Load(**(vars(LOAD) | {"companies": each})), known) for each in sorted((one, other)))
    assert few.desks <= many.desks
    assert all(few.processes[name] <= many.processes[name] for name in few.processes)
    assert all(few.cores[name] <= many.cores[name] for name in few.cores)


def test_a_log_takes_the_bytes_of_its_events_and_the_keys_of_the_people(tmp_path: Path) -> None:
    found = kept(1_000, LOAD, costs(tmp_path))
    assert found.bytes == {"log": 300_000, "views": 2_000_000, "keys": 320 * 3 * 100}


def test_building_the_views_anew_takes_its_time_for_each_event(tmp_path: Path) -> None:
    assert isclose(kept(3_600_000, LOAD, costs(tmp_path)).rebuild, 0.6)


def test_how_long_until_a_log_has_so_many_events(tmp_path: Path) -> None:
    assert isclose(kept(40_000, LOAD, costs(tmp_path)).months, 2)


def test_the_costs_that_come_with_the_desk_are_as_measured() -> None:
    known = read_costs()
    assert known.events >= 10_000
    assert {"log", "sections", "views", "tiles"} <= known.bytes.keys()
    assert known.stages.project.both > known.stages.sign.both > 0


@pytest.mark.parametrize("text", ["", "{}", '{"costs": {}}', '{"costs": 7}', "[]", json.dumps({"costs": COSTS})[:-9]])
def test_a_file_that_holds_no_costs_is_refused(tmp_path: Path, text: str) -> None:
    (file := tmp_path / "costs.json").write_text(text)
    with pytest.raises(BadCosts, match=r"costs\.json"):
        read_costs(file)


def test_a_cost_below_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCosts, match="bytes_of_person"):
        costs(tmp_path, bytes_of_person=-1)


def test_a_reply_that_stores_nothing_is_refused(tmp_path: Path) -> None:
    nothing = COSTS["requests"] | {"reply": {"events": 0, "api": 4, "postgres": 1}}
    with pytest.raises(BadCosts, match="reply"):
        costs(tmp_path, requests=nothing)
