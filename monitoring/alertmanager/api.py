"""Alertmanager's API, version 2: the alerts that stand, and the silences that Glasno makes.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final, Self, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from domain.instant import Instant
from monitoring.alertmanager.exchange import Answer, Unavailable, ask
from monitoring.alertmanager.payload import FiredAlert, Sent, fired
from monitoring.alertmanager.times import instant_of, text_of

__all__ = ["Alertmanager", "Silence", "SilenceState", "Standing", "Unavailable"]

AUTHOR: Final = "Glasno"
COMPONENT: Final = "component"
EVERY: Final = "active=true&silenced=true&inhibited=true&unprocessed=true"
SAID: Final = 200
"""Bytes of a refusal that are told."""

T = TypeVar("T")
S = TypeVar("S")


class SilenceState(StrEnum):
    """By Alertmanager's clock."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Standing:
    """An alert that fires now, as Alertmanager knows it."""

    alert: FiredAlert
    receivers: frozenset[str]
    suppressed: bool
    """Silenced or inhibited: nobody is told of it."""


@dataclass(frozen=True)
class Silence:
    """Nobody is told of a component's alerts for a time."""

    id: str
    component: str
    starts_at: Instant
    """Never before it was made: Alertmanager begins what would have begun earlier at once."""
    ends_at: Instant
    comment: str
    state: SilenceState


class Alertmanager:
    """One Alertmanager, by its address (a base path included) and the bearer token that it asks for, if any.

    Each question has so many seconds for the whole of it, and a connection of its own; `Unavailable` if there is no
    answer, or none that can be used. Of a list what cannot be used is left out.
    """

    def __init__(self, address: str, seconds: float = 10.0, token: str = "") -> None:
        self._root, self._seconds = f"{address.rstrip('/')}/api/v2", seconds
        headers = {"User-Agent": "Glasno", "Accept-Encoding": "identity", "Content-Type": "application/json"}
        self._client = httpx2.Client(
            headers=httpx2.Headers(headers | ({"Authorization": f"Bearer {token}"} if token else {}), encoding="utf-8"),
            timeout=seconds,
            limits=httpx2.Limits(max_keepalive_connections=0),
            verify=ssl.create_default_context(),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def standing(self) -> list[Standing]:
        """Every alert that fires, those included that nobody is told of."""
        return _each_of(self._good("GET", f"/alerts?{EVERY}"), _Standing, _standing)

    def silences(self) -> list[Silence]:
        """Those of one component that Glasno made; what is over is kept for some days."""
        return _each_of(self._good("GET", "/silences"), _Silence, _silence)

    def silence(self, *, component: str, starts_at: Instant, ends_at: Instant, comment: str, known: str = "") -> str:
        """The id of a silence that now stands, in the place of the `known` one.

        A new one if Alertmanager no longer has that, or cannot change it without changing what was.
        """
        wanted = {
            "matchers": [{"name": COMPONENT, "value": component, "isRegex": False, "isEqual": True}],
            "startsAt": text_of(starts_at),
            "endsAt": text_of(ends_at),
            "createdBy": AUTHOR,
            "comment": comment,
        }
        answer = self._ask("POST", "/silences", wanted | ({"id": known} if known else {}))
        if known and answer.status == HTTPStatus.NOT_FOUND:
            answer = self._ask("POST", "/silences", wanted)
        return _decoded(_demand_good(answer), _Made).id

    def expire(self, silence: str, /) -> None:
        """End a silence, by its id; one that is over, or that nobody knows any more, is left as it is."""
        answer = self._ask("DELETE", _path(silence))
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND) and not self._is_over(silence):
            _demand_good(answer)

    def _is_over(self, silence: str) -> bool:
        """Asked again: up to 0.25 one that is not known is a fault of the server, as any other is."""
        answer = self._ask("GET", _path(silence))
        if answer.status == HTTPStatus.NOT_FOUND:
            return True
        return _decoded(_demand_good(answer), _Stated).status.state is SilenceState.EXPIRED

    def _good(self, method: str, path: str) -> bytes:
        return _demand_good(self._ask(method, path))

    def _ask(self, method: str, path: str, body: object = None) -> Answer:
        content = None if body is None else msgspec.json.encode(body)
        return ask(self._client, method, self._root + path, content, seconds=self._seconds)


class _Named(msgspec.Struct):
    name: str


class _AlertStatus(msgspec.Struct):
    state: str


class _Standing(Sent, kw_only=True):
    receivers: list[_Named]
    status: _AlertStatus


class _Matcher(msgspec.Struct, kw_only=True):
    name: str
    value: str
    is_regex: bool = msgspec.field(name="isRegex")
    is_equal: bool = msgspec.field(name="isEqual", default=True)


class _SilenceStatus(msgspec.Struct):
    state: SilenceState


class _Stated(msgspec.Struct):
    status: _SilenceStatus


class _Silence(_Stated):
    id: str
    comment: str
    author: str = msgspec.field(name="createdBy")
    starts_at: str = msgspec.field(name="startsAt")
    ends_at: str = msgspec.field(name="endsAt")
    matchers: list[_Matcher]


class _Made(msgspec.Struct):
    id: str = msgspec.field(name="silenceID")


def _standing(found: _Standing) -> Standing:
    """What has an end in the past is not among the answers; one in the future is only when it would be given up."""
    receivers = frozenset(each.name for each in found.receivers)
    return Standing(fired(found, None), receivers, found.status.state == "suppressed")


def _silence(found: _Silence) -> Silence:
    """`ValueError` if it is not one of ours: somebody else's, or of other things than a component."""
    (matcher,) = found.matchers
    starts_at, ends_at = instant_of(found.starts_at), instant_of(found.ends_at)
    plain = matcher.name == COMPONENT and matcher.is_equal and not matcher.is_regex
    if found.author != AUTHOR or not plain or starts_at is None or ends_at is None:
        raise ValueError(found.id)
    return Silence(found.id, matcher.value, starts_at, ends_at, found.comment, found.status.state)


def _each_of(body: bytes, shape: type[S], made: Callable[[S], T]) -> list[T]:
    usable: list[T] = []
    for each in _decoded(body, list[msgspec.Raw]):
        with suppress(ValueError, RecursionError):
            usable.append(made(msgspec.json.decode(each, type=shape)))
    return usable


def _decoded(body: bytes, shape: type[S]) -> S:
    try:
        return msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError):
        raise Unavailable("its answer is not what Alertmanager answers") from None


def _demand_good(answer: Answer) -> bytes:
    if answer.status != HTTPStatus.OK:
        raise Unavailable(f"it answered {answer.status} {answer.body[:SAID].decode(errors='replace')}".strip())
    return answer.body


def _path(silence: str) -> str:
    return f"/silence/{quote(silence, safe='')}"
