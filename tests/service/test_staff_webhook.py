"""What the escalation ladder says arrives at the staff's own web server, or is visibly given up."""

import base64
import hashlib
import hmac
import json
from typing import Any

from domain.instant import MINUTE, SECOND
from domain.ticket.assignment import accept
from domain.ticket.notices import StaffTold, retry
from projections.notices import STAFF, dead_letters
from service import attempts
from service.jobs import Job
from service.timers import ticking
from service.webhooks import DELAYS, delivering, remove_address, set_address
from store.webhook_secrets import secret_text
from tests.cast import ACME, ANN
from tests.service.running import Receiver, Running, escalate, receiving

STEP = {"reference": "123456788", "notice": 2, "clock": "reaction", "instance": 1, "per_mille": 750, "whom": "lead"}


def job(running: Running) -> Job[Any]:
    return delivering(running.desk, running.views, allow_private=True)


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in receiver.got]


def listed(running: Running) -> tuple[list[str], list[str]]:
    """Why the last attempt failed: of what is still to be delivered, and of the dead letters."""
    with running.views.connect() as connection:
        return [each.why for each in attempts.pending(connection)], [each.why for each in dead_letters(connection)]


def test_the_staff_is_told_what_the_ladder_says(any_running: Running, receiver: Receiver) -> None:
    set_address(any_running.desk, STAFF, receiver.url)
    stream = any_running.open()
    any_running.clock.now += 45 * MINUTE
    any_running.work(ticking(any_running.desk, any_running.views), job(any_running))
    any_running.work(job(any_running))
    assert bodies(receiver) == [
        {
            "type": "ticket.escalated",
            "timestamp": "2026-11-02T10:45:00.000Z",
            "data": STEP | {"due": "2026-11-02T11:00:00.000Z"},
        }
    ]
    stored = any_running.desk.log.read(stream)[-1].event
    assert stored == StaffTold(at=any_running.clock.now, notice=2, attempts=1)
    assert listed(any_running) == ([], [])


def test_notices_to_the_staff_are_signed_with_its_own_secret(running: Running, receiver: Receiver) -> None:
    running.register_acme()
    known = set_address(running.desk, STAFF, receiver.url)
    assert known.secret != set_address(running.desk, ACME, receiver.url).secret
    running.act(running.open(), escalate)
    running.work(job(running))
    [(headers, body)] = [each for each in receiver.got if b"ticket.escalated" in each[1]]
    secret = base64.b64decode(secret_text(known.secret).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{running.clock.now // SECOND}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_each_setting_of_the_address_has_a_secret_of_its_own(running: Running) -> None:
    secrets = [set_address(running.desk, STAFF, f"https://{host}.example").secret for host in "aab"]
    remove_address(running.desk, STAFF)
    secrets.append(set_address(running.desk, STAFF, "https://b.example").secret)
    assert [secrets.index(each) for each in secrets] == [0, 0, 2, 3]


def test_a_failure_is_tried_again_under_the_same_id(running: Running, receiver: Receiver) -> None:
    set_address(running.desk, STAFF, receiver.url)
    receiver.answers = [503]
    running.act(running.open(), escalate)
    running.work(job(running))
    assert listed(running) == (["status_503"], [])
    running.clock.now += DELAYS[0]
    running.work(job(running))
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert (first, listed(running)) == (second, ([], []))


def test_a_dead_letter_to_the_staff_is_delivered_after_all(running: Running, receiver: Receiver) -> None:
    set_address(running.desk, STAFF, receiver.url)
    receiver.answers = [410]
    stream = running.open()
    running.act(stream, escalate)
    running.work(job(running))
    assert listed(running) == ([], ["status_410"])
    running.act(stream, retry, notice=2)
    running.work(job(running))
    assert (listed(running), len(receiver.got)) == (([], []), 2)


def test_a_clock_that_has_ended_meanwhile_is_no_longer_due(running: Running, receiver: Receiver) -> None:
    set_address(running.desk, STAFF, receiver.url)
    stream = running.open()
    running.act(stream, escalate)
    running.act(stream, accept, by=ANN, teams=frozenset({"service-desk"}))
    running.work(job(running))
    assert [each["data"]["due"] for each in bodies(receiver)] == [None]


def test_a_client_whose_receiver_fails_keeps_nothing_from_the_staff(running: Running, receiver: Receiver) -> None:
    running.register_acme()
    with receiving() as failing:
        failing.answers = [500]
        set_address(running.desk, ACME, failing.url)
        set_address(running.desk, STAFF, receiver.url)
        running.act(running.open(), escalate)
        running.work(job(running))
    assert (len(failing.got), len(receiver.got), listed(running)) == (1, 1, (["status_500"], []))


def test_what_the_ladder_said_before_there_was_an_address_is_not_undelivered(
    running: Running, receiver: Receiver
) -> None:
    running.act(running.open(), escalate)
    set_address(running.desk, STAFF, receiver.url)
    running.work(job(running))
    assert (receiver.got, listed(running)) == ([], ([], []))


def test_an_address_that_is_removed_leaves_dead_letters(running: Running, receiver: Receiver) -> None:
    set_address(running.desk, STAFF, receiver.url)
    running.act(running.open(), escalate)
    remove_address(running.desk, STAFF)
    running.work(job(running))
    assert (receiver.got, listed(running)) == ([], ([], ["no_address"]))
