"""Looks over the network: so many at a time, and none outlives the process that began it."""

import asyncio
from concurrent.futures import CancelledError

import pytest

from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, SECOND, Instant
from domain.probe_kind import HeartbeatCheck
from monitoring.probes import Look
from service.looks import AT_A_TIME, looking
from tests.service.probing import GOOD

PROBE = ProbeDefined(
    at=0, key="web", component="web", every=MINUTE, timeout=SECOND, fails_after=2, recovers_after=2,
    says=ComponentStatus.MAJOR_OUTAGE, heartbeat=HeartbeatCheck(MINUTE),
)  # fmt: skip


def test_so_many_look_at_a_time() -> None:
    looking_now, most = 0, 0

    async def looker(_: ProbeDefined, __: Instant) -> Look:
        nonlocal looking_now, most
        looking_now += 1
        most = max(most, looking_now)
        await asyncio.sleep(0.01)
        looking_now -= 1
        return GOOD

    with looking(looker) as begin:
        looks = [begin(PROBE, 0) for _ in range(3 * AT_A_TIME)]
        assert {each.result(timeout=30) for each in looks} == {GOOD}
    assert most == AT_A_TIME


def test_a_look_that_hangs_holds_up_no_other_and_is_given_up_at_the_end() -> None:
    async def looker(_: ProbeDefined, at: Instant) -> Look:
        await asyncio.sleep(3600 if at else 0)
        return GOOD

    with looking(looker) as begin:
        hanging = begin(PROBE, 1)
        assert begin(PROBE, 0).result(timeout=30) == GOOD
        assert not hanging.done()
    with pytest.raises(CancelledError):
        hanging.result(timeout=30)


def test_what_is_no_look_learns_nothing() -> None:
    with looking() as begin:
        assert begin(PROBE, 0).result(timeout=30).status is None
