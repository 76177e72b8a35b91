"""What is true of every look."""

import asyncio
import gc
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.probe_kind import Check, HeartbeatCheck, HttpCheck, TcpCheck, TlsCheck
from monitoring.probes import Look, Why
from monitoring.probes.looking import look
from tests.monitoring.probes.certificates import root, serving_with
from tests.monitoring.probes.serving import (
    IMPATIENCE,
    PATIENCE,
    answering,
    hanging,
    http,
    looked,
    looked_at,
    now,
    serving,
)
from tests.servers.ports import free_port

HANGING: list[Callable[[int], Check]] = [
    lambda port: HttpCheck(f"http://127.0.0.1:{port}/"),
    lambda port: HttpCheck(f"https://127.0.0.1:{port}/"),
    lambda port: TlsCheck(f"127.0.0.1:{port}"),
]


def opened() -> int:
    """How many descriptors this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_heartbeat_cannot_be_looked_at() -> None:
    assert looked(HeartbeatCheck(60_000)).status is None


def test_it_tells_how_long_it_took_by_the_clock_it_was_given() -> None:
    seconds = iter([5.0, 5.25]).__next__
    seen = asyncio.run(look(TcpCheck(f"127.0.0.1:{free_port()}"), seconds=PATIENCE, now=now(), clock=seconds))
    assert (seen.why, seen.took) == (Why.REFUSED, 0.25)


@pytest.mark.parametrize("check", HANGING, ids=["http", "https", "tls"])
def test_whoever_runs_it_can_end_it(check: Callable[[int], Check]) -> None:
    async def ended(port: int) -> bool:
        seen = asyncio.create_task(look(check(port), seconds=PATIENCE, now=now(), clock=lambda: 0.0))
        await asyncio.sleep(IMPATIENCE)
        seen.cancel()
        await asyncio.wait([seen])
        return seen.cancelled()

    with serving(hanging) as port:  # which ends only when the connection does
        assert asyncio.run(ended(port))


@pytest.mark.parametrize("check", HANGING, ids=["http", "https", "tls"])
def test_nothing_stays_open(check: Callable[[int], Check]) -> None:
    gc.disable()  # it would close what was forgotten
    try:
        with serving(hanging) as port:
            before = opened()
            assert looked(check(port), IMPATIENCE).why is Why.TIMED_OUT
        assert opened() < before  # the listener is gone, too
    finally:
        gc.enable()


def test_each_look_makes_a_connection_of_its_own() -> None:
    asked: list[bytes] = []
    with serving(answering(http(), asked)) as port:

        async def twice() -> list[Look]:
            check = HttpCheck(f"http://127.0.0.1:{port}/")
            return [await look(check, seconds=PATIENCE, now=now(), clock=lambda: 0.0) for _ in range(2)]

        assert [each.why for each in asyncio.run(twice())] == [Why.NOTHING, Why.NOTHING]
    assert len(asked) == 2
    assert b"Connection: close\r\n" in asked[0]


@pytest.mark.usefixtures("authority")
def test_a_verdict_stands_though_the_end_of_a_bad_certificate_cannot_be_learned(tmp_path: Path) -> None:
    served = serving_with([root("localhost").certificate], tmp_path)
    shown = 0

    def once(*_: object) -> int | None:
        nonlocal shown
        shown += 1
        return ssl.AlertDescription.ALERT_DESCRIPTION_INTERNAL_ERROR if shown > 1 else None

    served.sni_callback = once
    seen = looked_at(hanging, lambda port: TlsCheck(f"localhost:{port}"), tls=served)
    assert (seen.why, seen.expires_at) == (Why.CERTIFICATE_SELF_SIGNED, None)


def test_the_codes_are_short_words() -> None:
    assert all(each.isidentifier() and each == each.lower() for each in Why if each)
