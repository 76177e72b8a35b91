"""What Alertmanager posts to a webhook (its payload of version 4), and how much of it is believed.

A payload tells a whole group again when one of its alerts changes, so that firing and resolved ones come together: what
counts is the status of each alert. The same labels have the same fingerprint when they fire again: an alert is known by
`(fingerprint, startsAt)`. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from domain.instant import Instant
from monitoring.alertmanager.times import NONE, instant_of

MOST_ALERTS: Final = 1_000
MOST_LABELS: Final = 64
"""And as many annotations."""
LONGEST_NAME: Final = 128
"""Bytes."""
LONGEST_VALUE: Final = 4_096
"""Bytes."""
NUL: Final = "\x00"
"""Which not every database stores."""
ELLIPSIS: Final = "…"
FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")
LINK: Final = re.compile(r"https?://\S+")
FIRING: Final = "firing"
RESOLVED: Final = "resolved"


class Unusable(StrEnum):
    """Why an alert, or an annotation of it, was left out."""

    SHAPE = "shape"
    STATUS = "status"
    FINGERPRINT = "fingerprint"
    STARTS_AT = "starts_at"
    ENDS_AT = "ends_at"
    LABELS = "labels"
    ANNOTATION = "annotation"
    TOO_MANY = "too_many"


class Malformed(ValueError):
    """This is no JSON object with a list of alerts."""


class Rejected(ValueError):
    """The alert cannot be used."""

    def __init__(self, why: Unusable) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class FiredAlert:
    """One alert, from when it began to fire."""

    fingerprint: str
    """Of the labels: 16 hexadecimal digits, the same when they fire again."""
    started_at: Instant
    ended_at: Instant | None
    """None while it fires."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator: str = ""
    """A link to what it was computed from; empty if there is none that a browser could be given."""


@dataclass(frozen=True)
class Read:
    """A payload."""

    alerts: tuple[FiredAlert, ...]
    rejected: tuple[str, ...]
    """A code of `Unusable` for each alert, and each annotation, that was left out."""


class Sent(msgspec.Struct, kw_only=True):
    """An alert as the webhook and the API both write it."""

    labels: dict[str, str]
    fingerprint: str
    starts_at: str = msgspec.field(name="startsAt")
    annotations: dict[str, str] | None = None
    generator: str = msgspec.field(name="generatorURL", default="")


class _Told(Sent, kw_only=True):
    status: str
    ends_at: str = msgspec.field(name="endsAt", default=NONE)


class _Status(msgspec.Struct):
    status: str


class _Payload(msgspec.Struct):
    alerts: list[msgspec.Raw]


PAYLOAD: Final = msgspec.json.Decoder(_Payload)
TOLD: Final = msgspec.json.Decoder(_Told)
STATUS: Final = msgspec.json.Decoder(_Status)


def read_webhook(document: bytes) -> Read:
    """Its alerts, each on its own: what is wrong with one costs no other. `Malformed` if there is no list of them."""
    sent = _alerts_of(document)
    alerts: list[FiredAlert] = []
    rejected: list[str] = [Unusable.TOO_MANY] * (len(sent) - MOST_ALERTS)
    for each in sent[:MOST_ALERTS]:
        try:
            told = _told(each)
            alerts.append(fired(told, _ended(told)))
        except Rejected as fault:
            rejected.append(fault.why)
        else:
            rejected += [Unusable.ANNOTATION] * (len(told.annotations or {}) - len(alerts[-1].annotations))
    return Read(tuple(alerts), tuple(rejected))


def is_watchdog_resolved(document: bytes) -> bool:
    """Whether these are alerts of which none fires: what came to a heartbeat's address then is no beat.

    Whatever else is sent there is one.
    """
    try:
        return not any(_is_firing(each) for each in _alerts_of(document))
    except Malformed:
        return False


def fired(sent: Sent, ended_at: Instant | None) -> FiredAlert:
    """The alert within bounds; `Rejected` if what it is known by is not: its fingerprint, its beginning, its labels.

    A text that is too long ends with an ellipsis, a name that is too long is left out, and so is what is too many.
    """
    started_at = instant_of(sent.starts_at)
    if not FINGERPRINT.fullmatch(sent.fingerprint.lower()):
        raise Rejected(Unusable.FINGERPRINT)
    if started_at is None:
        raise Rejected(Unusable.STARTS_AT)
    if ended_at is not None and ended_at < started_at:
        raise Rejected(Unusable.ENDS_AT)
    if not _are_labels(sent.labels):
        raise Rejected(Unusable.LABELS)
    annotations = _annotations(sent.annotations or {})
    return FiredAlert(sent.fingerprint.lower(), started_at, ended_at, sent.labels, annotations, _link(sent.generator))


def _alerts_of(document: bytes) -> list[msgspec.Raw]:
    try:
        return PAYLOAD.decode(document).alerts
    except (ValueError, RecursionError):
        raise Malformed("no JSON object with a list of alerts") from None


def _told(raw: msgspec.Raw) -> _Told:
    try:
        return TOLD.decode(raw)
    except (ValueError, RecursionError):
        raise Rejected(Unusable.SHAPE) from None


def _ended(told: _Told) -> Instant | None:
    """None while it fires, whatever end a firing alert is said to have."""
    if told.status == FIRING:
        return None
    if told.status != RESOLVED:
        raise Rejected(Unusable.STATUS)
    ended_at = instant_of(told.ends_at)
    if ended_at is None:
        raise Rejected(Unusable.ENDS_AT)
    return ended_at


def _is_firing(raw: msgspec.Raw) -> bool:
    try:
        return STATUS.decode(raw).status == FIRING
    except (ValueError, RecursionError):
        return False


def _are_labels(labels: Mapping[str, str]) -> bool:
    fit = (
        _is_name(name) and len(value.encode()) <= LONGEST_VALUE and NUL not in value for name, value in labels.items()
    )
    return 0 < len(labels) <= MOST_LABELS and all(fit)


def _annotations(given: Mapping[str, str]) -> Mapping[str, str]:
    named = [(name, _cut(value.replace(NUL, ""))) for name, value in given.items() if _is_name(name)]
    return dict(named[:MOST_LABELS])


def _is_name(text: str) -> bool:
    """Any text, as Prometheus has it from 3.0 on; before, letters, digits and underscores."""
    return 0 < len(text.encode()) <= LONGEST_NAME and NUL not in text


def _cut(text: str) -> str:
    whole = text.encode()
    if len(whole) <= LONGEST_VALUE:
        return text
    return whole[: LONGEST_VALUE - len(ELLIPSIS.encode())].decode(errors="ignore") + ELLIPSIS


def _link(text: str) -> str:
    return text if LINK.fullmatch(text) and text.isprintable() and len(text) <= LONGEST_VALUE else ""
