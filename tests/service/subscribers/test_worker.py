"""`glasno work` as a process of its own, and a mail server."""

import os
import signal

import pytest

from service.build import now
from tests.service.mailbox import receiving_mail
from tests.service.running import LIMIT, Start, wait_until
from tests.service.subscribers.town import Town


def test_a_worker_killed_before_it_noted_a_mail_sends_it_again_under_the_same_id(
    any_town: Town, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving_mail() as box:
        monkeypatch.setenv("GLASNO_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("GLASNO_MAIL_FROM", "status@acme.example")
        monkeypatch.setenv("GLASNO_PUBLIC_URL", "https://status.acme.example")
        any_town.running.clock.now = now()
        any_town.subscribe("ann@acme.example")
        any_town.open()
        worker = start()
        box.before_answering = lambda: os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(LIMIT) == -signal.SIGKILL
        box.before_answering = lambda: None
        start()
        wait_until(lambda: any_town.done() == [(1, 0)])
        first, second = box.got
    assert first.message["Message-ID"] == second.message["Message-ID"]
