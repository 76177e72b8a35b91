"""The receiver in `docs/subscriptions.md`, run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.instant import MINUTE, SECOND
from service.build import now
from service.webhooks import signed
from store.webhook_secrets import secret_text

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/subscriptions.md"
SECRET = bytes(range(32))


@pytest.fixture
def received() -> Callable[..., tuple[int, str]]:
    found: dict[str, Any] = {}
    exec(DOCUMENT.read_text().partition("```python\n")[2].partition("```")[0], found)  # noqa: S102 -- ours
    told: Callable[..., tuple[int, str]] = found["received"]
    return told


def message(told: Any, *, secret: bytes = SECRET, ago: int = 0) -> tuple[dict[str, str], bytes]:
    body = json.dumps(told).encode()
    return signed(secret, "msg_1", body, now() - ago), body


def test_it_answers_the_challenge(received: Callable[..., tuple[int, str]]) -> None:
    status, body = received(secret_text(SECRET), *message({"meta": {}, "challenge": "x"}), set())
    assert (status, json.loads(body)) == (200, {"challenge": "x"})


def test_it_takes_an_announcement_once(received: Callable[..., tuple[int, str]]) -> None:
    seen: set[str] = set()
    answers = [received(secret_text(SECRET), *message({"incident": {}}), seen) for _ in range(2)]
    assert (answers, seen) == ([(204, "")] * 2, {"msg_1"})


@pytest.mark.parametrize(
    "said", [message({"challenge": "x"}, secret=SECRET[::-1]), message({"challenge": "x"}, ago=5 * MINUTE + 2 * SECOND)]
)
def test_it_answers_nobody_else(received: Callable[..., tuple[int, str]], said: tuple[dict[str, str], bytes]) -> None:
    assert received(secret_text(SECRET), *said, set())[0] == 401
