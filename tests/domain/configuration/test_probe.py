"""Probes as they are configured."""

from dataclasses import replace

from domain.component import ComponentStatus
from domain.configuration import Wanted, missing
from domain.configuration.definitions import Name
from domain.configuration.probe import ProbeDefined
from domain.configuration.wanted import Missing
from domain.instant import MINUTE, SECOND
from domain.probe import Pace
from domain.probe_kind import HeartbeatCheck, TcpCheck

PROBE = ProbeDefined(
    at=0, key="db", component="db", every=MINUTE, timeout=SECOND, fails_after=3, recovers_after=4,
    says=ComponentStatus.PARTIAL_OUTAGE, tcp=TcpCheck("db:5432"),
)  # fmt: skip


def wanting(probe: ProbeDefined) -> list[Missing]:
    return missing(Wanted(calendars=(), levels=(), definitions=(probe,)))


def test_a_probe_looks_at_one_thing_at_its_pace() -> None:
    assert (PROBE.kind, PROBE.check, PROBE.pace) == ("tcp", TcpCheck("db:5432"), Pace(MINUTE, 3, 4))


def test_whoever_is_named_looks_and_else_the_desk() -> None:
    assert PROBE.seats == ("desk",)
    assert replace(PROBE, probers=("fra", "msk")).seats == ("fra", "msk")


def test_the_component_of_a_probe_is_there() -> None:
    assert wanting(PROBE) == [Missing(Name("component", "db"), Name("probe", "db"))]


def test_a_heartbeat_may_be_of_no_component() -> None:
    assert wanting(replace(PROBE, component="", tcp=None, heartbeat=HeartbeatCheck(MINUTE))) == []
