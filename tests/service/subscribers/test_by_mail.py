"""Against a real mail server: what arrives, and what it says."""

import re
from email.headerregistry import AddressHeader

import pytest

from domain.incident import IncidentStatus
from domain.subscription import Step
from store.subscriptions import subscription_by
from tests.service.mailbox import Mailbox, Taken
from tests.service.subscribers.town import ADDRESS, Town

ANN, BOB = "ann@acme.example", "bob@acme.example"


def told(box: Mailbox, to: str) -> Taken:
    [taken] = box.of(to)
    return taken


def link_in(text: str) -> str:
    [found] = set(re.findall(rf"{ADDRESS}/(?:en|ru)/subscription/[\w-]{{43}}", text))
    return str(found)


def test_whoever_asks_is_sent_a_link_of_their_own(any_town: Town, box: Mailbox) -> None:
    stream = any_town.subscribe(ANN, "api", is_confirmed=False)
    any_town.mail(box)
    any_town.mail(box)
    mail = told(box, ANN)
    link = link_in(mail.text)
    assert link == link_in(mail.html)
    assert subscription_by(any_town.running.desk, link.rpartition("/")[2]) == stream
    assert (any_town.state(stream).is_invited, any_town.state(stream).step) == (True, Step.REQUESTED)
    assert mail.message["Subject"] == "Confirm your subscription: Service status and SLA"
    assert "Of what: Network" in mail.text
    assert "4\N{NO-BREAK SPACE}Nov 2026, 10:00" in mail.text


def test_whoever_did_not_confirm_hears_nothing_else(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN, is_confirmed=False)
    town.mail(box)
    town.open()
    town.mail(box)
    assert len(box.got) == 1


def test_each_update_arrives_once_in_the_language_of_the_reader(any_town: Town, box: Mailbox) -> None:
    any_town.subscribe(ANN)
    any_town.subscribe(BOB, "api", language="ru")
    any_town.subscribe("other@acme.example", "web")
    stream = any_town.open()
    for status in (IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING, IncidentStatus.RESOLVED):
        any_town.mail(box)
        any_town.post(stream, status)
    any_town.mail(box)
    any_town.mail(box)
    assert [mail.text.splitlines()[0] for mail in box.of(ANN)] == [
        f"{said}: Network outage" for said in ("Investigating", "Identified", "Monitoring", "Resolved")
    ]
    assert [mail.text.splitlines()[0] for mail in box.of(BOB)] == [
        "Выясняется причина: Сбой сети",
        "Причина установлена: Сбой сети",
        "Наблюдение после исправления: Сбой сети",
        "Устранён: Сбой сети",
    ]
    assert box.of("other@acme.example") == []
    any_town.keep()
    assert any_town.done() == [(2, 0)] * 4


def test_what_is_told_of_an_incident_stays_together(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    first, second = town.open(), town.open({})
    town.post(first, IncidentStatus.RESOLVED)
    town.mail(box)
    messages = [mail.message for mail in box.of(ANN)]
    assert len({str(each["Message-ID"]) for each in messages}) == 3
    assert [str(each["References"]) for each in messages].count(str(messages[0]["References"])) == 2
    assert {str(each["Subject"]) for each in messages} == {"[Service status and SLA] Network outage"}
    assert second != first


def test_one_click_unsubscribes(town: Town, box: Mailbox) -> None:
    stream = town.subscribe(ANN, language="ru")
    town.open()
    town.mail(box)
    mail = told(box, ANN)
    link = link_in(mail.text)
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in mail.raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail.raw
    assert subscription_by(town.running.desk, link.rpartition("/")[2]) == stream
    assert link in mail.html


def test_the_headers_say_who_sends_and_that_nobody_typed_it(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.open()
    town.mail(box)
    message = told(box, ANN).message
    assert isinstance(message["From"], AddressHeader)
    assert (str(message["From"]), str(message["To"])) == ("Acme status <status@acme.example>", ANN)
    assert (message["Auto-Submitted"], message["List-Id"]) == ("auto-generated", "<announcements.acme.example>")
    assert message["Date"] == "Mon, 02 Nov 2026 10:00:00 +0000"
    assert re.fullmatch(r"<[0-9a-f]{32}@acme\.example>", str(message["Message-ID"]))
    assert max(map(len, told(box, ANN).raw.splitlines())) <= 998


def test_a_text_of_one_language_is_told_to_all(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.open(title={"ru": "Сбой & <сеть>"}, text={"ru": "Первая строка\nвторая"})
    town.mail(box)
    mail = told(box, ANN)
    assert mail.message["Subject"] == "[Service status and SLA] Сбой & <сеть>"
    assert "Первая строка\r\nвторая" in mail.text
    assert '<span lang="ru">Сбой &amp; &lt;сеть&gt;</span>' in mail.html


def test_no_space_of_a_long_title_is_lost(town: Town, box: Mailbox) -> None:
    title = "v2 🔥 Плановые Сбой работы: eu-west 100% оплаты связи API [Портал] with; работы: incident"
    town.subscribe(ANN)
    town.open(title={"en": title})
    town.mail(box)
    mail = told(box, ANN)
    assert mail.message["Subject"] == f"[Service status and SLA] {title}"
    assert all(len(line) <= 78 for line in mail.raw.splitlines() if line.startswith((b" =?", b"Subject:")))


def test_planned_works_are_told_with_their_time(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN, "web")
    works = town.plan()
    town.put_off(works)
    town.call_off(works)
    town.mail(box)
    planned, moved, cancelled = (mail.text.splitlines() for mail in box.of(ANN))
    assert planned[0] == "Scheduled: Network outage"
    assert "11:00" in planned[3]
    assert moved[0] == "Moved to another time: Network outage"
    assert "12:00" in moved[3]
    assert cancelled[0] == "Cancelled: Network outage"
    assert box.got[0].message["Subject"] == "[Service status and SLA] Planned works: Network outage"


def test_what_was_announced_is_told_as_it_was_said_then(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    stream = town.open()
    town.post(stream, IncidentStatus.RESOLVED)
    town.mail(box)
    assert "Network: operational → major outage" in box.got[0].text
    assert "Network: major outage → operational" in box.got[1].text


def test_all_mails_of_a_round_share_a_session(town: Town, box: Mailbox) -> None:
    for number in range(20):
        town.subscribe(f"reader-{number}@acme.example")
    town.open()
    town.mail(box)
    assert (len(box.got), len(box.sessions)) == (20, 1)


def test_what_time_alone_brings_is_told_so(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.begin(town.plan())
    town.mail(box)
    assert "At its time, as announced." in box.got[-1].text


@pytest.mark.parametrize("address", ["ann@почта.рф", "ann@Acme.Example", '"quoted"@acme.example'])
def test_an_address_is_written_as_mail_servers_read_it(town: Town, box: Mailbox, address: str) -> None:
    town.subscribe(address)
    town.open()
    town.mail(box)
    [taken] = box.got
    assert taken.to.isascii()
