"""Alerts are told to the staff: by the signed webhook that tells them of escalations, too."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.event import Id
from domain.instant import MINUTE, Duration, Instant
from projections.notices import STAFF
from service.posting import Unreachable, post
from service.webhooks import described, receiver_of, signed
from store.desk import Desk

REST: Final[Duration] = MINUTE
"""How long a receiver that failed is left alone: other alerts do not wait for it."""
PATIENCE: Final = 3.0
"""Seconds that it gets for an answer."""

LOGGER: Final = logging.getLogger("glasno.alerts")


@dataclass
class Herald:
    """Tells the staff; one that was not reached rests."""

    desk: Desk
    allow_private: bool
    _rests_until: Instant = 0

    def has_receiver(self) -> bool:
        """Whether anybody wants to be told."""
        return receiver_of(self.desk, STAFF) is not None

    def tell(self, kind: str, message: Id, data: Mapping[str, Any], *, timestamp: str) -> bool:
        """Whether it arrived; told again it has the same id. Where there is nobody any more, nothing is left to do."""
        at, receiver = self.desk.now(), receiver_of(self.desk, STAFF)
        if receiver is None:
            return True
        if at < self._rests_until:
            return False
        body = json.dumps({"type": kind, "timestamp": timestamp, "data": data}).encode()
        headers = described() | signed(receiver.secret, f"msg_{message}", body, at)
        failed = self._failed(receiver.url, body, headers)
        if failed is not None:
            self._rests_until = at + REST
            LOGGER.warning("the staff was not told of an alert (%s): it is tried again", failed)
        return failed is None

    def _failed(self, url: str, body: bytes, headers: Mapping[str, str]) -> str | None:
        try:
            answer = post(url, body, headers, allow_private=self.allow_private, seconds=PATIENCE)
        except Unreachable as fault:
            return str(fault)
        return None if answer.is_good else f"status_{answer.status}"
