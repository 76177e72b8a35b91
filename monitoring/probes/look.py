"""What one look at a thing showed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.component import ComponentStatus
from domain.instant import Instant

LONGEST: Final = 40
"""Characters of a detail."""


class Why(StrEnum):
    """What was wrong, as a code; put into words elsewhere."""

    NOTHING = ""
    REFUSED = "refused"
    LOST = "lost"
    """The connection was reset, or closed before its time."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    """There is no way to the network or the host. Detail: the system's name of the error."""
    NAME_UNKNOWN = "name_unknown"
    NAME_UNRESOLVED = "name_unresolved"
    """No resolver could say whether the name exists."""
    TLS_FAILED = "tls_failed"
    """Detail: OpenSSL's name of the error."""
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_SELF_SIGNED = "certificate_self_signed"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    """Detail: OpenSSL's number of the reason."""
    CERTIFICATE_OTHER_NAME = "certificate_other_name"
    CERTIFICATE_EXPIRES = "certificate_expires"
    """It is good, but not for long."""
    STATUS = "status"
    """Detail: the HTTP status that came."""
    BODY = "body"
    """The text that was looked for is not there."""
    ANSWER_BROKEN = "answer_broken"
    """What came is not of the protocol, or not whole."""
    SERVER_FAILED = "server_failed"
    """A DNS server did not do what it was asked for. Detail: its code (RFC 6895, 2.3)."""
    RECORD_MISSING = "record_missing"
    """The name exists and has no such record, or not the expected one. Detail: the one that is missing."""
    SAID = "said"
    """The other status page says so. Detail: its word."""
    WORD_UNKNOWN = "word_unknown"
    """The other status page uses a word that the API does not have. Detail: the word."""
    COMPONENT_UNKNOWN = "component_unknown"
    UNREADABLE = "unreadable"
    """The answer is no such document as was asked for, or too long."""
    SERIES_ZERO = "series_zero"
    """Detail: how many series are 0, of how many."""
    SERIES_MISSING = "series_missing"
    """The query yields no series, or one that is no number."""
    OVERDUE = "overdue"
    """A heartbeat stays away."""
    CALLED_OFF = "called_off"
    """A heartbeat was told to be over."""
    NEVER_CALLED = "never_called"
    """Nobody knows yet what is to send the heartbeat."""
    AWAITED = "awaited"
    """A heartbeat is late, but the desk has not been listening for long enough itself."""
    ADDRESS_INVALID = "address_invalid"
    PROBER_FAILED = "prober_failed"
    """Our own fault: out of descriptors or memory, no resolver configured. Detail: the name of the error."""


@dataclass(frozen=True)
class Look:
    """What was seen."""

    status: ComponentStatus | None
    """A failure is a major outage, more finely said only by other status pages; None: nothing could be learned."""
    why: Why = Why.NOTHING
    detail: str = ""
    took: float = 0.0
    """Seconds."""
    expires_at: Instant | None = None
    """When the chain of certificates ceases to be valid; of one that is not trusted, its first certificate."""
