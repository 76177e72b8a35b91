"""Against a real web server: notices arrive, or are visibly given up."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from domain.event import Id, Source
from domain.instant import DAY, HOUR, MINUTE, SECOND
from domain.organisation import remove_webhook
from domain.refusal import Refused
from domain.ticket.assignment import accept
from domain.ticket.notices import ClientTold, retry
from projections.notices import dead_letters
from service import attempts
from service.build import now
from service.jobs import Job
from service.webhooks import DELAYS, delivering, remove_address, set_address, signed
from store.streams import Command
from store.webhook_secrets import secret_text
from tests.cast import ACME, ANN
from tests.service.running import Receiver, Running, mislaid_keys

ROOT = Path(__file__).resolve().parents[2]


def served(running: Running, receiver: Receiver) -> Job[Any]:
    """The organisation gets notices."""
    running.register_acme()
    set_address(running.desk, ACME, receiver.url)
    return job(running)


def job(running: Running, *, allow_private: bool = True) -> Job[Any]:
    return delivering(running.desk, running.views, allow_private=allow_private)


def given_up(running: Running) -> list[tuple[str, int, str]]:
    with running.views.connect() as connection:
        return [(each.reference, each.attempts, each.why) for each in dead_letters(connection)]


def pending(running: Running) -> list[tuple[int, str]]:
    with running.views.connect() as connection:
        return [(each.attempts, each.why) for each in attempts.pending(connection)]


def test_the_client_is_told_of_a_new_stage(any_running: Running, receiver: Receiver) -> None:
    work = served(any_running, receiver)
    stream = any_running.open()
    any_running.work(work)
    [(headers, body)] = receiver.got
    assert json.loads(body) == {
        "type": "ticket.stage_changed",
        "timestamp": "2026-11-02T10:00:00.000Z",
        "data": {"reference": "123456788", "notice": 1, "stage": "opened"},
    }
    assert headers["content-type"] == "application/json"
    assert any_running.ticket(stream).untold == frozenset()
    assert (pending(any_running), given_up(any_running)) == ([], [])


def test_the_signature_is_that_of_the_shared_secret(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    running.open()
    running.work(work)
    [(headers, body)] = receiver.got
    secret = base64.b64decode(secret_text(secret_at(running, receiver.url)).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == running.clock.now // SECOND


def secret_at(running: Running, url: str, organisation: Id = ACME) -> bytes:
    """The secret once the address is that."""
    return set_address(running.desk, organisation, url).secret


def test_each_organisation_has_a_secret_of_its_own(running: Running) -> None:
    running.register_acme()
    running.register_acme("0" * 32)
    assert secret_at(running, "https://a.example") != secret_at(running, "https://a.example", "0" * 32)


def test_an_address_that_is_set_anew_has_a_new_secret(running: Running) -> None:
    running.register_acme()
    secrets = [secret_at(running, f"https://{host}.example") for host in "aab"]
    remove_address(running.desk, ACME)
    secrets.append(secret_at(running, "https://b.example"))
    assert [secrets.index(each) for each in secrets] == [0, 0, 2, 3]


def test_each_notice_is_delivered_once_and_in_order(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    stream = running.open()
    running.clock.now += MINUTE
    running.act(stream, accept, by=ANN, teams=frozenset({"service-desk"}))
    running.work(work)
    running.work(work)
    told = [json.loads(body)["data"]["stage"] for _, body in receiver.got]
    assert told == ["opened", "accepted"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 2


def test_without_a_webhook_nothing_is_undelivered(running: Running, receiver: Receiver) -> None:
    running.register_acme()
    running.open()
    set_address(running.desk, ACME, receiver.url)
    running.work(job(running))
    assert (receiver.got, pending(running), given_up(running)) == ([], [], [])


@pytest.mark.parametrize("source", [Source.IMPORT, Source.SIMULATION])
def test_what_did_not_happen_here_is_told_to_nobody(running: Running, receiver: Receiver, source: Source) -> None:
    work = served(running, receiver)
    running.open(source=source)
    running.work(work)
    assert (receiver.got, pending(running)) == ([], [])


def test_a_failure_is_tried_again_under_the_same_id(any_running: Running, receiver: Receiver) -> None:
    work = served(any_running, receiver)
    receiver.answers = [500]
    stream = any_running.open()
    any_running.work(work)
    assert pending(any_running) == [(1, "status_500")]
    any_running.clock.now += DELAYS[0] - 1
    any_running.work(work)
    assert len(receiver.got) == 1
    any_running.clock.now += 1
    any_running.work(work)
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second
    delivered = any_running.desk.log.read(stream)[-1].event
    assert delivered == ClientTold(at=any_running.clock.now, notice=1, attempts=2)


def test_after_a_day_of_failures_the_notice_is_a_dead_letter(any_running: Running, receiver: Receiver) -> None:
    work, began = served(any_running, receiver), any_running.clock.now
    receiver.answers = [503] * 20
    stream = any_running.open()
    any_running.work(work)
    for delay in DELAYS:
        assert given_up(any_running) == []
        any_running.clock.now += delay
        any_running.work(work)
    assert given_up(any_running) == [("123456788", len(DELAYS) + 1, "status_503")]
    assert pending(any_running) == []
    assert DAY <= any_running.clock.now - began <= DAY + HOUR
    any_running.clock.now += DAY
    any_running.work(work)
    assert len(receiver.got) == len(DELAYS) + 1
    assert any_running.ticket(stream).given_up == {1}


def test_whoever_is_gone_is_not_asked_again(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    receiver.answers = [410]
    running.open()
    running.work(work)
    assert given_up(running) == [("123456788", 1, "status_410")]


def test_a_redirect_is_a_failure(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    receiver.answers = [308]
    running.open()
    running.work(work)
    assert (pending(running), len(receiver.got)) == ([(1, "status_308")], 1)


def test_a_dead_letter_is_delivered_after_all(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    receiver.answers = [410]
    stream = running.open()
    running.work(work)
    running.act(stream, retry, notice=1)
    running.work(work)
    assert (given_up(running), pending(running), len(receiver.got)) == ([], [], 2)
    assert running.ticket(stream).untold == running.ticket(stream).given_up == frozenset()


def test_a_private_address_is_never_called(running: Running, receiver: Receiver) -> None:
    served(running, receiver)
    running.open()
    running.work(job(running, allow_private=False))
    assert (receiver.got, pending(running)) == ([], [(1, "address_private")])


def test_a_webhook_that_is_removed_leaves_dead_letters(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    running.open()
    command = Command(running.desk.new_id())
    running.desk.organisations.act(command, ACME, remove_webhook, at=running.clock.now)
    running.open("987654326")
    running.work(work)
    assert (given_up(running), receiver.got) == ([("123456788", 1, "no_address")], [])


def test_a_webhook_of_an_erased_organisation_leaves_dead_letters(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    running.open()
    running.desk.keys.destroy(ACME, running.clock.now)
    running.work(work)
    assert (given_up(running), receiver.got) == ([("123456788", 1, "no_address")], [])


def test_an_address_that_cannot_be_read_now_gives_nothing_up(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    running.open()
    with mislaid_keys(running, ACME):
        running.work(work)
    assert (given_up(running), pending(running)) == ([], [(0, "")])
    running.work(work)
    assert len(receiver.got) == 1


def test_a_receiver_that_fails_is_left_alone_for_a_while(any_running: Running, receiver: Receiver) -> None:
    work = served(any_running, receiver)
    receiver.answers = [500]
    any_running.open()
    any_running.open("987654326")
    any_running.work(work)
    any_running.work(work)
    assert len(receiver.got) == 1
    any_running.clock.now += DELAYS[0]
    any_running.work(work)
    assert len(receiver.got) == 3


def test_the_next_attempt_is_known(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    assert work.next_at(running.clock.now) is None
    receiver.answers = [500]
    running.open()
    running.work(work)
    assert work.next_at(running.clock.now) == running.clock.now + DELAYS[0]


def test_a_notice_that_a_reopening_made_void_is_not_delivered(running: Running, receiver: Receiver) -> None:
    work = served(running, receiver)
    stream = running.open()
    running.projector.catch_up()
    [unit] = work.due(running.clock.now, 10)
    running.act(stream, void)
    work.do(unit, running.clock.now)
    assert receiver.got == []


def void(_: object, *, at: int) -> list[ClientTold]:
    return [ClientTold(at=at, notice=1, attempts=1)]


def test_only_an_address_can_be_set(running: Running) -> None:
    running.register_acme()
    with pytest.raises(Refused, match="webhook_address_invalid"):
        set_address(running.desk, ACME, "gopher://acme.example/")


def test_the_same_address_again_is_no_news(running: Running, receiver: Receiver) -> None:
    served(running, receiver)
    before = running.desk.log.head()
    set_address(running.desk, ACME, receiver.url)
    assert running.desk.log.head() == before
    set_address(running.desk, ACME, receiver.url + "2")
    assert running.desk.log.head() > before


def test_the_receiver_of_the_documentation_verifies_what_the_desk_signs() -> None:
    code = (ROOT / "docs/webhooks.md").read_text().partition("```python\n")[2].partition("```")[0]
    documented: dict[str, Any] = {}
    exec(code, documented)  # noqa: S102 -- it is ours, and to be shown to work
    secret, at = b"s" * 32, now()
    headers = signed(secret, "msg_1", b"{}", at)
    assert documented["verified"](secret_text(secret), headers, b"{}") == b"{}"
    with pytest.raises(ValueError, match="wrong"):
        documented["verified"](secret_text(secret), headers, b"[]")
    with pytest.raises(ValueError, match="too old"):
        documented["verified"](secret_text(secret), signed(secret, "msg_1", b"{}", at - HOUR), b"{}")
    assert len(code.splitlines()) <= 20
