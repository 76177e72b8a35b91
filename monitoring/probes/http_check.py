"""A web address answers as it should."""

import re
from typing import Final

from domain.component import ComponentStatus
from domain.instant import Instant
from domain.probe_kind import HttpCheck
from domain.web_address import target_of
from monitoring.probes.certificate import good_until
from monitoring.probes.look import Look, Why
from monitoring.probes.web import Answer, ask

LIMIT: Final = 64 * 1024
"""Bytes of the body that are read and searched."""
CHARSETS: Final = frozenset({"windows-1251", "koi8-r", "iso-8859-1", "windows-1252"})
"""Beside UTF-8, which everything else is taken for: not every codec is safe with a stranger's bytes."""


async def look_at_http(check: HttpCheck, now: Instant) -> Look:
    """Status, then body, then certificate are judged; raises what `ask` raises and `zlib.error`."""
    if target_of(check.url) is None:
        return Look(None, Why.ADDRESS_INVALID)
    answer = await ask(check.url, method=check.method, limit=LIMIT, now=now)
    if not _is_good(answer.status, check.status):
        return Look(ComponentStatus.MAJOR_OUTAGE, Why.STATUS, str(answer.status), expires_at=answer.expires_at)
    if check.body and not re.search(check.body, _text(answer)):
        return Look(ComponentStatus.MAJOR_OUTAGE, Why.BODY, expires_at=answer.expires_at)
    return good_until(answer.expires_at, check.certificate_days, now)


def _is_good(status: int, listed: tuple[int, ...]) -> bool:
    return status in (listed or range(200, 300))


def _text(answer: Answer) -> str:
    named = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("content-type", ""), re.IGNORECASE)
    charset = named[1].lower() if named else ""
    return answer.body(LIMIT).decode(charset if charset in CHARSETS else "utf-8", "replace")
