import pytest

from domain.instant import DAY
from domain.subscription import Proof, Step, SubscriptionConfirmed, SubscriptionEnd, give_up
from service.commands.subscribers import subscribers
from service.settings import Settings
from store.streams import Command
from store.subscriptions import signing_secret
from store.webhook_secrets import secret_text
from tests.service.announcing import Run, runner, told, why_not
from tests.service.mailbox import Mailbox
from tests.service.subscribers.town import Town

ANN, URL = "ann@acme.example", "https://acme.example/hook"


@pytest.fixture
def run(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """With a mail server."""
    monkeypatch.setenv("GLASNO_SMTP_URL", "smtp://127.0.0.1")
    monkeypatch.setenv("GLASNO_MAIL_FROM", "status@acme.example")
    monkeypatch.setenv("GLASNO_PUBLIC_URL", "https://status.acme.example")
    return runner(sqlite_settings, subscribers)


def test_the_staff_subscribes_an_address(run: Run, town: Town) -> None:
    summary = told(run("add", "--email", ANN, "--component", "api", "--language", "ru", "--json"))
    confirmed = town.running.desk.log.read(summary["id"])[-1].event
    assert isinstance(confirmed, SubscriptionConfirmed)
    assert (confirmed.proof, summary["secret"]) == (Proof.STAFF, None)
    listed = told(run("--json"))["subscribers"]
    assert listed == [
        {"id": summary["id"], "channel": "email", "address": ANN, "language": "ru", "components": ["api"]}
        | {"step": "confirmed", "why": None, "failures": 0}
    ]


def test_the_secret_of_a_webhook_is_told(run: Run, town: Town) -> None:
    summary = told(run("add", "--webhook", URL, "--json"))
    assert summary["secret"] == secret_text(signing_secret(town.running.desk, summary["id"]))
    another = run("add", "--webhook", URL + "2").stdout.split()
    assert another[-1] == secret_text(signing_secret(town.running.desk, another[0]))


def test_the_staff_removes_a_subscriber(run: Run, town: Town) -> None:
    stream = town.subscribe(ANN)
    assert told(run("remove", stream, "--json")) == {"id": stream, "removed": True}
    assert told(run("remove", stream, "--json")) == {"id": stream, "removed": False}
    [listed] = told(run("--json"))["subscribers"]
    assert (listed["step"], listed["why"]) == (Step.ENDED, SubscriptionEnd.REMOVED)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "--email", ANN, "--webhook", URL),
        ("add", "--email", "ann"),
        ("add", "--webhook", "gopher://acme.example"),
        ("add", "--email", ANN, "--component", "nothing"),
        ("remove", "0" * 32),
        ("remove", "ann"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(run: Run, town: Town, arguments: tuple[str, ...]) -> None:
    assert town.running.desk.log.head()
    assert "Error: " in why_not(run(*arguments))
    assert told(run("--json"))["subscribers"] == []


def test_without_a_mail_server_nobody_is_subscribed_by_mail(sqlite_settings: Settings, town: Town) -> None:
    assert town.running.desk.log.head()
    assert why_not(runner(sqlite_settings, subscribers)("add", "--email", ANN))


def test_all_is_listed_in_words(run: Run, town: Town, box: Mailbox) -> None:
    ann = town.subscribe(ANN)
    town.running.clock.now += 1
    bob = town.subscribe("bob@acme.example", "api", is_confirmed=False)
    town.running.clock.now += DAY
    town.open()
    box.refusing = {ANN: "450 Later"}
    town.mail(box)
    bury(town, ann)
    position = told(run("--json"))["mailings"][0]["position"]
    assert run().stdout.splitlines() == [
        f"{ann} email {ANN} (en), everything: confirmed, 1 not delivered",
        f"{bob} email bob@acme.example (en), api: requested",
        f"mailing {position} (incident): 0 told, 0 given up, 1 left",
        f"{ann} was not told at 2026-11-03T10:00:00.001Z: 9 attempts, status_550",
        "2 subscribers, 1 mailings under way, 1 dead letters",
    ]


def bury(town: Town, stream: str) -> None:
    desk, at = town.running.desk, town.running.clock.now
    command, mailing = Command(desk.new_id()), desk.new_id()
    desk.subscriptions.act(command, stream, give_up, mailing=mailing, attempts=9, why="status_550", at=at)
