"""What a Prometheus knows (HTTP API v1, instant query)."""

import math
from collections.abc import Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

import httpx2
import msgspec

from domain.component import ComponentStatus
from domain.instant import Instant
from domain.probe_kind import PrometheusCheck
from monitoring.probes.look import Look, Why
from monitoring.probes.web import Answer, ask

LIMIT: Final = 4 * 1024 * 1024
"""Bytes of an answer."""


Sample: TypeAlias = tuple[float, str]
"""Seconds since 1970, and a number in text, as JSON has neither NaN nor infinities."""


class Series(msgspec.Struct, frozen=True):
    """One series of an instant vector."""

    value: Sample


class Data(msgspec.Struct, frozen=True):
    """The result, which is shaped by its type."""

    resultType: str  # noqa: N815 -- their name
    result: Any


class Reply(msgspec.Struct, frozen=True):
    """What is read of an answer."""

    data: Data


async def look_at_prometheus(check: PrometheusCheck, now: Instant) -> Look:
    """Good, or failed, or None: it does not know. Raises what `ask` raises and `zlib.error`."""
    asked = urlencode({"query": check.query})
    answer = await ask(f"{check.server.rstrip('/')}/api/v1/query?{asked}", limit=LIMIT, now=now)
    if answer.status != httpx2.codes.OK:
        return Look(None, Why.STATUS, str(answer.status))
    values = _values(answer)
    return Look(None, Why.UNREADABLE) if values is None else _judged(values)


def _values(answer: Answer) -> list[float] | None:
    """Those of a vector or of a scalar."""
    if not answer.is_whole:
        return None
    try:
        data = msgspec.json.decode(answer.body(LIMIT), type=Reply).data
        if data.resultType == "scalar":
            return [float(msgspec.convert(data.result, Sample)[1])]
        return [float(each.value[1]) for each in msgspec.convert(data.result, list[Series])]
    except (ValueError, RecursionError):
        return None


def _judged(values: Sequence[float]) -> Look:
    if not values or any(math.isnan(each) for each in values):
        return Look(None, Why.SERIES_MISSING)
    if zeros := sum(each == 0 for each in values):
        return Look(ComponentStatus.MAJOR_OUTAGE, Why.SERIES_ZERO, f"{zeros}/{len(values)}")
    return Look(ComponentStatus.OPERATIONAL)
