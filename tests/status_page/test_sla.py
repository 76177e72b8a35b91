"""The document of promises: all that is in force, in both languages, and nothing of levels that are not published."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.calendar import always
from domain.classification import Impact, Priority, Urgency
from domain.clock import Exclusion
from domain.component import ComponentStatus
from domain.configuration.component import ComponentDefined
from domain.configuration.contract import ContractEnded
from domain.configuration.label import Label
from domain.configuration.level import Goal, OpenTickets
from domain.configuration.page import PLAIN, Channel, ChannelKind
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.retention import RetentionSet
from domain.configuration.uptime import USUAL
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from status_page.words import LANGUAGES, NBSP, machine_instant
from tests.cast import ALWAYS, AT, CONFIRMATION, LEVEL, SPAN, TARGETS
from tests.projections.story import level, published
from tests.service.office import FREEZING, Office
from tests.status_page.stage import CONTRACT, Stage

ANCHORS = [
    *(
        f"rule-{each}"
        for each in ("uptime", "verify", "published", "kept", "decided", "breached", "excluded", "refused")
    ),
    *(f"rule-{each}" for each in ("month", "hours", "works", "unknown", "percentiles", "corrections", "changes")),
    *(f"clock-{each}" for each in Clock),
]
OWED = Label("Вернём <b>2 %</b>.", "We give back <b>2 %</b>.")


def text(html: str) -> str:
    """What is read."""
    without = re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).replace(NBSP, " ")
    return re.sub(r"\s+([.,;])", r"\1", " ".join(without.split()))


def told(stage: Stage, path: str = "/en/sla") -> str:
    return text(stage.get(path).text)


def ids(html: str) -> Sequence[str]:
    return re.findall(r'\bid="([^"]+)"', html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_other_pages_link_to_is_there_once(stage: Stage, language: str) -> None:
    front, document = stage.get(f"/{language}/").text, stage.get(f"/{language}/sla").text
    known = ids(document)
    assert len(known) == len({*known})
    assert {*ANCHORS} <= {*known}
    assert {*re.findall(rf'href="/{language}/sla#([^"]+)"', front)} <= {*known}
    assert {*re.findall(r'href="#([^"]+)"', document)} <= {*known}


def test_both_languages_have_the_same_parts(stage: Stage) -> None:
    assert ids(stage.get("/ru/sla").text) == ids(stage.get("/en/sla").text)


def test_every_promise_in_force_is_told(stage: Stage) -> None:
    document = told(stage)
    for clock, duration in TARGETS.items():
        amount = f"{duration // HOUR} h" if duration % HOUR == 0 else f"{duration // MINUTE} min"
        assert re.search(f"{clock.value.replace('_', ' ')} critical priority .*? normal priority {amount} ", document)
    assert "Version 1, in force since 2 Nov 2026, 13:00." in document
    assert f"when you do not object for {CONFIRMATION // HOUR} h" in document


def test_what_is_left_after_a_change_stands_beside_each_promise(stage: Stage) -> None:
    known = level()
    stage.configure(replace(known, version=2, targets=(replace(known.targets[0], duration=HOUR, grace=7 * MINUTE),)))
    assert "incidents: critical priority 1 h 7 min" in told(stage)


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (OpenTickets.MOVE, "Tickets that were open then moved to it."),
        (OpenTickets.STAY, "Tickets opened before then keep their version."),
    ],
)
def test_a_new_version_says_what_becomes_of_open_tickets(stage: Stage, move: OpenTickets, said: str) -> None:
    assert said not in told(stage)
    stage.configure(level(version=2, open_tickets=move))
    assert "Version 2, in force since" in told(stage)
    assert said in told(stage)


def test_the_past_tells_what_was_promised_then(stage: Stage) -> None:
    then = stage.story.clock.now
    stage.story.after(DAY)
    stage.configure(level(version=2, targets=level().targets[:1]))
    assert "Version 2" in told(stage)
    past = text(stage.ask(f"/en/sla?at={machine_instant(then)}").text)
    assert "Version 1" in past
    assert "Version 2" not in past


def test_a_level_that_is_not_published_is_not_told(stage: Stage) -> None:
    stage.configure(replace(PLAIN, owed={LEVEL: OWED}), ContractEnded(at=AT, key=CONTRACT.key))
    document = told(stage)
    assert "Gold" not in document
    assert "We give back" not in document
    assert "No service level is published yet." in document


def test_a_level_that_is_published_no_more_keeps_its_months(stage: Stage) -> None:
    stage.taken()
    stage.configure(ContractEnded(at=AT, key=CONTRACT.key))
    document = told(stage)
    assert "what is promised for a new ticket" not in document
    assert "Gold: kept by month." in document


def test_what_is_owed_is_told_in_the_desks_own_words(stage: Stage) -> None:
    assert "agreed in the contract and not published here" in told(stage)
    stage.configure(replace(PLAIN, owed={LEVEL: OWED}))
    assert "If a promise is missed: We give back &lt;b&gt;2 %&lt;/b&gt;." in told(stage)
    assert "Если обещание нарушено: Вернём &lt;b&gt;2 %&lt;/b&gt;." in told(stage, "/ru/sla")


def test_priorities_are_told_with_their_examples(stage: Stage) -> None:
    matrix = {impact: dict.fromkeys(Urgency, Priority.NORMAL) for impact in Impact}
    stage.configure(PrioritiesSet(at=AT, matrix={**matrix, Impact.HIGH: dict.fromkeys(Urgency, Priority.CRITICAL)}))
    stage.configure(replace(PLAIN, priorities={Priority.CRITICAL: Label("Всё стоит.", "All stands still.")}))
    document = told(stage)
    assert "high critical critical critical medium normal normal normal low normal normal normal" in document
    assert "Critical All stands still." in document


def test_a_calendar_is_told_with_its_special_days_and_its_end(stage: Stage) -> None:
    calendar = always("office", 1, SPAN)
    weekly = tuple(f"{day} 00:00-24:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat"))
    stage.configure(replace(published(calendar), hours=weekly))
    moved = tuple(replace(each, calendar="office") for each in level().targets)
    stage.configure(level(version=2, targets=moved))
    document = told(stage)
    assert "8 Nov 2026: 00:00–24:00 15 Nov 2026: 00:00–24:00" in document
    assert "Calendar office, version 1. Set until 1 Jan 2029, 03:00;" in document


def test_each_exclusion_is_counted_in_its_month(stage: Stage) -> None:
    office = Office(stage.story)
    office.exclude(office.closed(), Exclusion.SPAM)
    assert "Spam. Nobody asked for anything. 1 0" in told(stage)
    stage.story.after(30 * DAY)
    assert "Spam. Nobody asked for anything. 0 1" in told(stage)


def test_the_formula_is_told_with_the_weights_in_force(stage: Stage) -> None:
    assert "One hour of partial outage in 30 days that are known throughout: 99.958 %." in told(stage)
    half = {**USUAL.weights, ComponentStatus.PARTIAL_OUTAGE: 500}
    stage.configure(replace(USUAL, at=AT, weights=half, notice=36 * HOUR))
    document = told(stage)
    assert "partial outage 50 %" in document
    assert "Notice of works: 36 h." in document
    assert "known throughout: 99.930 %." in document


def test_a_promised_uptime_is_told(stage: Stage) -> None:
    stage.define("web")
    assert "The uptime that is promised for each month" not in told(stage)
    name = Label("Почта", "Mail")
    stage.configure(ComponentDefined(at=AT, key="mail", group="servers", label=name, place=2, uptime_target=99_950))
    assert "Mail 99.950 %" in told(stage)


def test_the_site_is_called_what_the_desk_calls_it(stage: Stage) -> None:
    assert "<title>What is promised · Service status and SLA</title>" in stage.get("/en/sla").text
    stage.configure(replace(PLAIN, name=Label("Ромашка", "Daisy")))
    assert "<title>What is promised · Daisy</title>" in stage.get("/en/sla").text
    assert "<title>Что мы обещаем · Ромашка</title>" in stage.get("/ru/sla").text


def test_the_front_page_tells_promise_and_fact_of_each_clock(stage: Stage) -> None:
    office = Office(stage.story)
    office.closed(21 * MINUTE)
    office.closed(MINUTE)
    front = told(stage, "/en/")
    promise = "5 min critical priority 10 min high priority 20 min normal priority 40 min low priority"
    assert f"reaction {promise} 50.000 % 2 / 1 1 min, 21 min none 0 / 0 first response" in front
    stage.story.clock.now = FREEZING
    assert f"reaction {promise} none 0 / 0 none 50.000 % 2 / 1 first response" in told(stage, "/en/")


def test_channels_are_told_with_their_hours_and_whether_they_are_open(stage: Stage) -> None:
    phone = Channel(ChannelKind.PHONE, Label("Телефон", "Phone"), "+7 800 000-00-00", ALWAYS.key)
    stage.configure(replace(PLAIN, channels=(phone,)))
    assert '<a href="tel:+78000000000">+7 800 000-00-00</a>' in stage.get("/en/sla").text
    assert "Phone +7 800 000-00-00 open now" in told(stage)


def test_a_goal_is_told_with_its_formula_and_its_budget(stage: Stage) -> None:
    stage.configure(level(version=2, goals=(Goal(Clock.REACTION, 95_000),)))
    stage.taken(after=HOUR)
    assert "the least share of clocks to be kept: reaction 95.000 %" in told(stage)
    assert "budget/1" in told(stage)
    assert "goal 95.000 %, missed by 1" in told(stage, "/en/")
    assert "цель 95,000 %, перерасход 1" in told(stage, "/ru/")


def test_how_long_texts_are_kept_is_told_as_it_is_in_force(stage: Stage) -> None:
    assert "is kept without a limit of time, unless it has to be erased by law." in told(stage)
    stage.configure(RetentionSet(at=AT, closed_tickets=1095 * DAY))
    assert "What was written on a ticket is deleted 1095 d after the ticket was closed;" in told(stage)
    assert "Всё, что написано в заявке, удаляется через 1095 сут после её закрытия;" in told(stage, "/ru/sla")
