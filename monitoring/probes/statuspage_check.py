"""What somebody else's status page says of itself (Statuspage API v2, `summary.json`)."""

from typing import Final

import httpx2
import msgspec

from domain.component import WORST_FIRST, ComponentStatus
from domain.instant import Instant
from domain.probe_kind import StatuspageCheck
from monitoring.probes.look import LONGEST, Look, Why
from monitoring.probes.web import Answer, ask

LIMIT: Final = 4 * 1024 * 1024
"""Bytes of a summary."""
OF_A_COMPONENT: Final = {
    "operational": ComponentStatus.OPERATIONAL,
    "degraded_performance": ComponentStatus.DEGRADED,
    "partial_outage": ComponentStatus.PARTIAL_OUTAGE,
    "major_outage": ComponentStatus.MAJOR_OUTAGE,
    "under_maintenance": ComponentStatus.UNDER_MAINTENANCE,
}
OF_THE_PAGE: Final = {
    "none": ComponentStatus.OPERATIONAL,
    "minor": ComponentStatus.DEGRADED,
    "major": ComponentStatus.PARTIAL_OUTAGE,
    "critical": ComponentStatus.MAJOR_OUTAGE,
    "maintenance": ComponentStatus.UNDER_MAINTENANCE,
}


class Part(msgspec.Struct, frozen=True):
    """A component as it is shown there."""

    id: str
    name: str
    status: str


class Overall(msgspec.Struct, frozen=True):
    """The page as a whole."""

    indicator: str = ""


class Summary(msgspec.Struct, frozen=True):
    """What is read of it."""

    status: Overall = Overall()
    components: list[Part] = []


async def look_at_statuspage(check: StatuspageCheck, now: Instant) -> Look:
    """What it says; None if it cannot be read. Raises what `ask` raises and `zlib.error`."""
    answer = await ask(f"{check.page.rstrip('/')}/api/v2/summary.json", limit=LIMIT, now=now)
    if answer.status != httpx2.codes.OK:
        return Look(None, Why.STATUS, str(answer.status))
    summary = _summary(answer)
    if summary is None:
        return Look(None, Why.UNREADABLE)
    return _of_component(summary, check.component) if check.component else _of_page(summary)


def _summary(answer: Answer) -> Summary | None:
    try:
        return msgspec.json.decode(answer.body(LIMIT), type=Summary) if answer.is_whole else None
    except (ValueError, RecursionError):
        return None


def _of_component(summary: Summary, wanted: str) -> Look:
    """By its id, else by its name; of several of one name, such as a group and its member, the worst."""
    of_id = [each.status for each in summary.components if each.id == wanted]
    words = of_id or [each.status for each in summary.components if each.name == wanted]
    looks = [_look(OF_A_COMPONENT.get(word), word) for word in words]
    return min(looks, key=lambda each: WORST_FIRST.index(each.status), default=Look(None, Why.COMPONENT_UNKNOWN))


def _of_page(summary: Summary) -> Look:
    word = summary.status.indicator
    return _look(OF_THE_PAGE.get(word), word)


def _look(status: ComponentStatus | None, word: str) -> Look:
    if status is None:
        return Look(None, Why.WORD_UNKNOWN, word[:LONGEST])
    return Look(status) if status is ComponentStatus.OPERATIONAL else Look(status, Why.SAID, word)
