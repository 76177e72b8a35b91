"""The figures of a client: its own and nobody else's, whatever everybody is shown."""

import re
from dataclasses import replace

import pytest

from domain.clock import Exclusion
from domain.component import ComponentStatus
from domain.configuration.label import Label
from domain.configuration.level import LevelWithdrawn
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.assignment import accept
from domain.ticket.opening import Publicity
from status_page import client_figures
from status_page.client_figures import Contract
from status_page.edition import Client
from status_page.sla_tables import Fact
from status_page.words import instant
from tests.cast import ACME, ANN, AT
from tests.projections.story import level
from tests.service.office import FREEZING, NOVEMBER, Office
from tests.status_page.clients import OTHER, contract, linked, registered
from tests.status_page.stage import FOUNDED, Stage
from tests.status_page.test_sla import text

SILVER = level(level="silver", label=Label("Серебряный", "Silver"))
GOLD, SILVERY = Label("Золотой", "Gold"), SILVER.label
OWN = Client(ACME, "Acme", "/client/x", AT + DAY)


@pytest.fixture
def office(stage: Stage) -> Office:
    """Acme has its contract of the stage (gold, published), Other one of a level that nobody publishes."""
    stage.configure(SILVER, contract("e", OTHER, "silver"))
    registered(stage)
    registered(stage, OTHER, "Other Ltd")
    return Office(stage.story)


def told(stage: Stage, path: str = "/", organisation: str = ACME, language: str = "en") -> str:
    return text(stage.get(f"/{language}{linked(stage, organisation)[1]}{path}").text)


def fact(stage: Stage, client: Client = OWN, clock: Clock = Clock.REACTION) -> Fact:
    """What came of this month, all levels together."""
    with stage.edition() as edition:
        return sum((each.months[0].facts[clock] for each in client_figures.tables(edition, client)), Fact())


def test_each_client_is_shown_its_own_clocks_and_all_together_are_all_there_are(stage: Stage, office: Office) -> None:
    office.closed(21 * MINUTE)
    office.closed(MINUTE, publicity=Publicity.OPAQUE)
    office.closed(MINUTE, organisation=OTHER, publicity=Publicity.OPAQUE, level="silver")
    own, other = fact(stage), fact(stage, replace(OWN, organisation=OTHER))
    assert [(each.decided, each.breached) for each in (own, other)] == [(2, 1), (1, 0)]
    assert "low priority 50.000 % 2 / 1 1 min, 21 min" in told(stage)
    assert "100.000 % 1 / 0" in told(stage, organisation=OTHER)
    assert "0.000 % 1 / 1" in text(stage.get().text)


@pytest.mark.usefixtures("office")
def test_a_level_that_nobody_publishes_is_shown_to_the_client_who_has_it(stage: Stage) -> None:
    document = told(stage, "/sla", OTHER)
    assert "Silver: what is promised for a new ticket" in document
    assert "Gold" not in document
    assert "Silver" not in told(stage, "/sla") + told(stage) + text(stage.get("/en/sla").text)


def test_no_page_of_a_client_tells_of_another_one(stage: Stage, office: Office) -> None:
    office.closed(21 * MINUTE)
    office.closed(organisation=OTHER, publicity=Publicity.OPAQUE, level="silver")
    for path in ("/", "/sla", f"/sla/{NOVEMBER}", "/history"):
        assert not re.search(r"Acme|Gold|\b0\.000 %", told(stage, path, OTHER)), path
        assert not re.search("Other Ltd|Silver", told(stage, path)), path


@pytest.mark.usefixtures("office")
def test_contracts_are_told_with_their_time_the_newest_first(stage: Stage) -> None:
    ahead, over = contract("a", since=AT + DAY, level="silver"), contract("b", since=AT - 2 * DAY, until=AT - DAY)
    stage.configure(ahead, over)
    with stage.edition() as edition:
        found = client_figures.contracts(edition, OWN)
    assert found[:2] == [
        Contract(SILVERY, ahead.since, None, is_in_force=False),
        Contract(GOLD, over.since, over.until, is_in_force=False),
    ]
    assert [each.is_in_force for each in found] == [False, False, True]
    assert f"Silver : since {instant(ahead.since, 'en', FOUNDED.zone)} (not in force)".replace("\xa0", " ") in told(
        stage
    )


@pytest.mark.usefixtures("office")
def test_without_a_contract_nothing_is_promised(stage: Stage) -> None:
    registered(stage, "0f" * 16, "Nobody")
    assert "No contract is known." in told(stage, "/", "0f" * 16)
    assert "Nothing is promised to you now" in told(stage, "/", "0f" * 16)
    assert "No contract of yours is in force." in told(stage, "/sla", "0f" * 16)


def test_a_level_that_was_withdrawn_promises_nothing_and_keeps_its_figures(stage: Stage, office: Office) -> None:
    office.closed(organisation=OTHER, publicity=Publicity.OPAQUE, level="silver")
    stage.configure(LevelWithdrawn(at=AT, level="silver"))
    document = told(stage, "/", OTHER)
    assert "Nothing is promised to you under this level now" in document
    assert "100.000 % 1 / 0" in document


@pytest.mark.usefixtures("office")
def test_tickets_that_are_not_done_are_counted_by_stage_and_standing(stage: Stage) -> None:
    late, _, _ = stage.story.open(), stage.story.open(), stage.story.open(organisation=OTHER)
    stage.story.do(late, accept, by=ANN, teams=frozenset({"front"}))
    stage.story.after(16 * MINUTE)
    assert "Tickets that are not done: 2 (opened 1, accepted 1). Of them past a deadline: 0, at risk: 1." in told(stage)
    stage.story.after(25 * MINUTE)
    assert "Of them past a deadline: 2, at risk: 0." in told(stage)


def test_a_month_is_told_by_kind_and_priority(stage: Stage, office: Office) -> None:
    office.closed(21 * MINUTE, publicity=Publicity.OPAQUE)
    stage.story.open()
    document = told(stage, f"/sla/{NOVEMBER}")
    assert "incidents, normal 20 min 0.000 % 1 1 0 0 – 21 min 21 min" in document
    assert "Clocks of this month without a verdict so far: 3." in document
    assert "Not fixed yet" not in document


def test_what_is_fixed_for_everybody_is_computed_anew_for_the_client(stage: Stage, office: Office) -> None:
    office.define()
    office.set(ComponentStatus.OPERATIONAL, AT)
    stream = office.closed(21 * MINUTE)
    office.closed(MINUTE, publicity=Publicity.OPAQUE)
    office.work(FREEZING)
    stage.story.after(HOUR)
    office.exclude(stream, Exclusion.CLOCK_ERROR)
    office.set(ComponentStatus.MAJOR_OUTAGE, AT + DAY)
    office.work()
    document = told(stage, f"/sla/{NOVEMBER}")
    assert "incidents, normal 20 min 100.000 % 1 0 1 0 – 1 min 1 min" in document
    assert "The uptime of components is the same for everybody, fixed 5 Dec 2026" in document
    assert ("Web uptime" in document, "Gold, reaction:" in document) == (True, False)
    assert f"from the log up to position {stage.story.desk.log.head()} when" in document


def test_a_month_that_nothing_can_change_any_more_is_not_told_as_so_far(stage: Stage, office: Office) -> None:
    office.closed()
    stage.story.clock.now = FREEZING
    with stage.edition() as edition:
        (gold,) = client_figures.tables(edition, OWN)
        assert [each.is_frozen for each in gold.months[:2]] == [False, True]


def test_exclusions_are_those_of_the_client(stage: Stage, office: Office) -> None:
    office.exclude(office.closed(publicity=Publicity.OPAQUE), Exclusion.SPAM)
    assert "Nobody asked for anything. 1 0" in told(stage, "/sla")
    assert "Nobody asked for anything. 0 0" in told(stage, "/sla", OTHER)


def test_the_client_is_told_in_russian_too(stage: Stage, office: Office) -> None:
    office.closed()
    document = told(stage, "/", language="ru")
    assert "Ваш SLA: обещание и факт" in document
    assert "Незавершённых заявок: 0" in document
    assert "Whoever" not in document
