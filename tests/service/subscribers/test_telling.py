"""What becomes of that which does not arrive."""

import pytest

from domain.incident import IncidentStatus
from domain.instant import MINUTE, SECOND
from domain.subscription import Step, SubscriptionDeliveredAgain, SubscriptionUndeliverable
from projections.subscribers import dead_letters
from service.mail import Postman
from service.subscribers import deliveries
from service.subscribers.telling import INVITING
from service.webhooks import DELAYS
from tests.service.mailbox import Mailbox, receiving_mail
from tests.service.running import Receiver, mislaid_keys
from tests.service.subscribers.town import Town, post_of

ANN, BOB = "ann@acme.example", "bob@acme.example"


def dead(town: Town) -> list[tuple[int, str]]:
    with town.running.views.connect() as connection:
        return [(each.attempts, each.why) for each in dead_letters(connection)]


def told_again(town: Town, stream: str) -> int:
    events = [each.event for each in town.running.desk.log.read(stream)]
    return sum(isinstance(each, SubscriptionDeliveredAgain) for each in events)


def test_a_server_that_is_away_is_nobody_elses_fault(any_town: Town) -> None:
    with receiving_mail() as box:
        pass
    stream = any_town.subscribe(ANN)
    any_town.open()
    for _ in range(20):
        any_town.running.clock.now += MINUTE
        any_town.mail(box)
    any_town.keep()
    assert (dead(any_town), any_town.done(), any_town.state(stream).undelivered) == ([], [], frozenset())
    with receiving_mail(box):
        any_town.mail(box)
    any_town.keep()
    assert (len(box.got), any_town.done()) == (1, [(1, 0)])


def test_a_server_that_is_away_is_left_alone_for_a_while_and_told_once(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with receiving_mail() as box:
        pass
    for number in range(5):
        town.subscribe(f"reader-{number}@acme.example")
    town.open()
    postman = Postman(post_of(box), town.running.clock)
    jobs = town.mailing(postman)
    for _ in range(3):
        town.work(*jobs, ready=postman.is_ready)
        assert not postman.is_ready()
        town.running.clock.now += MINUTE
    assert [record.name for record in caplog.records] == ["glasno.mail"]
    with receiving_mail(box):
        town.work(*jobs, ready=postman.is_ready)
    assert len(box.got) == 5


def test_whoever_cannot_take_it_now_is_tried_again_under_the_same_id(any_town: Town, box: Mailbox) -> None:
    stream = any_town.subscribe(ANN)
    any_town.subscribe(BOB)
    any_town.open()
    box.refusing = {ANN: "451 4.2.1 Greylisted"}
    any_town.mail(box)
    box.refusing = {}
    any_town.running.clock.now += DELAYS[0] - 1
    any_town.mail(box)
    any_town.keep()
    assert (len(box.of(BOB)), box.of(ANN), any_town.done()) == (1, [], [])
    any_town.running.clock.now += 1
    any_town.mail(box)
    any_town.keep()
    assert (len(box.of(BOB)), len(box.of(ANN)), any_town.done()) == (1, 1, [(2, 0)])
    assert (told_again(any_town, stream), dead(any_town)) == (0, [])


def test_whoever_does_not_exist_is_a_dead_letter_at_once(any_town: Town, box: Mailbox) -> None:
    stream = any_town.subscribe(ANN)
    any_town.open()
    box.refusing = {ANN: "550 5.1.1 No such user"}
    any_town.mail(box)
    any_town.keep()
    assert dead(any_town) == [(1, "status_550")]
    assert (any_town.done(), any_town.state(stream).step) == ([(0, 1)], Step.CONFIRMED)


def test_a_relay_that_does_not_let_us_is_tried_again(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.open()
    box.refusing = {ANN: "554 5.7.1 Relay access denied"}
    town.mail(box)
    assert dead(town) == []
    box.refusing = {}
    town.running.clock.now += DELAYS[0]
    town.mail(box)
    assert len(box.got) == 1


def test_a_message_that_is_refused_is_given_up_after_a_day(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.open()
    box.answers = ["550 5.6.0 Looks like spam"] * 20
    town.mail(box)
    for delay in DELAYS:
        assert dead(town) == []
        town.running.clock.now += delay
        town.mail(box)
    assert dead(town) == [(len(DELAYS) + 1, "status_550")]


def test_three_dead_letters_in_a_row_end_the_subscription(any_town: Town, box: Mailbox) -> None:
    stream, incident = any_town.subscribe(ANN), any_town.open()
    box.refusing = {ANN: "550 5.1.1 No such user"}
    for status in (IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING, IncidentStatus.RESOLVED):
        any_town.mail(box)
        any_town.post(incident, status)
    any_town.mail(box)
    any_town.keep()
    any_town.keep()
    assert any_town.state(stream).step is Step.FORGOTTEN
    assert any_town.done()[:2] == [(0, 1), (0, 1)]
    told = [each.event for each in any_town.running.desk.log.read(stream)]
    assert sum(isinstance(each, SubscriptionUndeliverable) for each in told) == 3


def test_one_that_arrives_makes_the_others_forgotten(town: Town, box: Mailbox) -> None:
    stream, incident = town.subscribe(ANN), town.open()
    box.refusing = {ANN: "550 5.1.1 No such user"}
    town.mail(box)
    town.post(incident, IncidentStatus.IDENTIFIED)
    town.mail(box)
    box.refusing = {}
    town.post(incident, IncidentStatus.RESOLVED)
    town.mail(box)
    assert (told_again(town, stream), town.state(stream).undelivered) == (1, frozenset())


def test_whoever_dies_before_the_note_delivers_again_under_the_same_id(
    town: Town, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.subscribe(ANN)
    town.open()
    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "note", lambda *_: 1 / 0)
        town.mail(box)
    town.mail(box)
    town.mail(box)
    first, second = box.got
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_a_memory_that_is_lost_tells_nobody_more_than_twice(any_town: Town, box: Mailbox) -> None:
    for to in (ANN, BOB):
        any_town.subscribe(to)
    any_town.open()
    box.refusing = {BOB: "451 4.2.1 Later"}
    any_town.mail(box)
    any_town.forget_deliveries()
    box.refusing = {}
    for _ in range(3):
        any_town.mail(box)
        any_town.keep()
    assert (len(box.of(ANN)), len(box.of(BOB))) == (2, 1)
    any_town.forget_deliveries()
    any_town.mail(box)
    assert (len(box.got), any_town.done()) == (3, [(2, 0)])


def test_whoever_unsubscribed_a_moment_ago_hears_nothing(town: Town, box: Mailbox) -> None:
    stream = town.subscribe(ANN)
    town.open()
    town.running.projector.catch_up()
    town.end(stream)
    for job in town.mailing(Postman(post_of(box), town.running.clock)):
        for unit in job.due(town.running.clock.now, 10):
            job.do(unit, town.running.clock.now)
    assert box.got == []


def test_a_receiver_that_fails_is_left_alone_for_a_while(town: Town, receiver: Receiver) -> None:
    town.subscribe(receiver.url)
    receiver.answers = [500]
    incident = town.open()
    town.post(incident, IncidentStatus.RESOLVED)
    town.call()
    town.call()
    assert len(receiver.got) == 1
    town.running.clock.now += DELAYS[0]
    town.call()
    assert len(receiver.got) == 3


def test_an_invitation_is_tried_three_times_and_then_waits_for_its_end(any_town: Town, box: Mailbox) -> None:
    stream = any_town.subscribe(ANN, is_confirmed=False)
    box.refusing = {ANN: "451 4.2.1 Later"}
    any_town.mail(box)
    for delay in INVITING:
        any_town.running.clock.now += delay
        any_town.mail(box)
    box.refusing = {}
    any_town.running.clock.now += 10 * MINUTE
    any_town.mail(box)
    assert (box.got, any_town.state(stream).step) == ([], Step.REQUESTED)
    assert sum(INVITING) < 10 * MINUTE


def test_an_invitation_arrives_at_the_second_attempt(town: Town, box: Mailbox) -> None:
    stream = town.subscribe(ANN, is_confirmed=False)
    box.refusing = {ANN: "451 4.2.1 Later"}
    town.mail(box)
    box.refusing = {}
    town.running.clock.now += INVITING[0]
    town.mail(box)
    assert (len(box.got), town.state(stream).is_invited) == (1, True)


def test_an_address_that_cannot_be_read_now_gives_nothing_up(town: Town, box: Mailbox) -> None:
    stream = town.subscribe(ANN)
    town.open()
    with mislaid_keys(town.running, stream):
        town.mail(box)
    assert (box.got, dead(town)) == ([], [])
    town.running.clock.now += 10 * SECOND
    town.mail(box)
    assert len(box.got) == 1


def test_many_are_called_at_a_time(town: Town, receiver: Receiver) -> None:
    for number in range(30):
        town.subscribe(f"{receiver.url}&reader={number}")
    town.open()
    town.call(hands=8)
    town.keep()
    assert (len(receiver.got), town.done()) == (30, [(30, 0)])
