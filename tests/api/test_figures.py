"""Promise and fact by month: published for anybody, in full for those whom they concern; and how soon lines answer."""

from dataclasses import replace
from typing import Any

from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.level import Goal
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from store.streams import Command
from tests.api.office import Office
from tests.cast import AT


def publish(office: Office) -> None:
    """Acme consents that its tickets are counted in public."""
    signed = ContractSigned(
        at=AT, key="acme", organisation=office.acme, level="standard", since=AT, consent=Consent.GIVEN
    )
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: [signed])


def sla(office: Office, query: str = "month=2026-11") -> Any:
    return office.ask(None, "GET", f"/v1/sla?{query}").json()


def cell(told: Any, clock: str, priority: str = "critical") -> Any:
    return next(
        each for each in told["items"]
        if (each["clock"], each["kind"], each["priority"]) == (clock, "incident", priority)
    )  # fmt: skip


def test_anybody_sees_every_promise_even_when_nothing_was_decided(office: Office) -> None:
    publish(office)
    told = sla(office)
    assert (told["month"], told["zone"], told["is_frozen"]) == ("2026-11", "Etc/UTC", False)
    reaction = cell(told, "reaction")
    assert (reaction["level"], reaction["promised"]) == ("standard", 15 * MINUTE)
    assert (reaction["decided"], reaction["attainment"], reaction["p50"]) == (0, None, None)


def test_goals_leave_budgets(office: Office) -> None:
    publish(office)
    stream, standard = office.desk.name("configuration"), office.desk.configured.state().levels.current("standard")
    assert standard
    aiming = replace(standard, version=2, goals=(Goal(Clock.REACTION, 95_000),))
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: [aiming])
    assert sla(office)["budgets"] == [{"clock": "reaction", "level": "standard", "goal": 95.0, "allowed": 0, "left": 0}]


def test_promises_stand_in_their_usual_order(office: Office) -> None:
    publish(office)
    clocks = [each["clock"] for each in sla(office)["items"]]
    assert list(dict.fromkeys(clocks))[:2] == ["reaction", "first_response"]
    assert clocks == sorted(clocks, key=list(dict.fromkeys(clocks)).index)


def test_what_came_of_a_promise_is_told_in_percent(office: Office) -> None:
    publish(office)
    for _ in range(2):
        office.ask("ann", "PUT", f"{office.open()}/acceptance")
    ticket = office.open()
    office.clock.now += HOUR
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    reaction = cell(sla(office), "reaction")
    assert (reaction["decided"], reaction["breached"], reaction["attainment"]) == (3, 1, 66.666)
    assert (reaction["p50"], reaction["p90"]) == (0, HOUR)


def test_a_level_that_is_not_published_is_in_no_public_figure(office: Office) -> None:
    office.ask("ann", "PUT", f"{office.open()}/acceptance")
    told = sla(office)
    assert (told["items"], told["opaque_tickets"]) == ([], 1)


def test_the_published_sla_is_told_as_it_was(office: Office) -> None:
    publish(office)
    office.clock.now += HOUR
    office.ask("ann", "PUT", f"{office.open()}/acceptance")
    then = sla(office, "month=2026-11&at=2026-11-02T10:30:00Z")
    assert (cell(then, "reaction")["decided"], cell(sla(office), "reaction")["decided"]) == (0, 1)


def test_a_promise_is_that_of_the_month(office: Office) -> None:
    publish(office)
    assert sla(office, "month=2026-10")["items"] == []
    office.clock.now += 60 * DAY
    assert cell(sla(office), "reaction")["promised"] == 15 * MINUTE


def test_the_figures_tell_of_all_tickets(office: Office) -> None:
    office.ask("ann", "PUT", f"{office.open()}/acceptance")
    told = office.ask("ann", "GET", "/v1/figures/sla?month=2026-11&by=clock&by=priority").json()
    assert (told["zone"], told["published"]) == ("Etc/UTC", [])
    decided = [each for each in told["opaque"] if each["group"] == {"clock": "reaction", "priority": "critical"}]
    assert [(each["decided"], each["breached"], each["attainment"]) for each in decided] == [(1, 0, 100.0)]


def test_figures_are_for_those_whom_they_concern(office: Office) -> None:
    address = "/v1/figures/sla?month=2026-11"
    answers = [office.ask(who, "GET", address).status_code for who in (None, "ann", "lea", "ada", "cy")]
    assert answers == [401, 200, 200, 200, 403]
    assert office.ask("eve", "GET", f"{address}&organisation={office.acme}").status_code == 403
    own = office.desk.name("organisation", "evil")
    assert office.ask("eve", "GET", f"{address}&organisation={own}").status_code == 200
    answers = [office.ask(who, "GET", "/v1/kpi?month=2026-11").status_code for who in ("ann", "lea", "ada", "cy")]
    assert answers == [403, 200, 200, 403]


def test_key_figures_count_whoever_solved_it(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "PUT", f"{ticket}/resolution", {"body": "Done"})
    office.ask("cy", "PUT", f"{ticket}/closure", {"how": "confirmed"})
    told = office.ask("lea", "GET", "/v1/kpi?month=2026-11&by=owner").json()
    assert [(each["who"], each["tickets"]) for each in told["figures"]] == [(office.people["ann"].id, 1)]
    figure = told["figures"][0]
    assert (figure["in_time"], figure["returned_share"], figure["response_rate"]) == (100.0, 0.0, 0.0)


def pace(office: Office, window: str = "1d") -> Any:
    told = office.ask("lea", "GET", "/v1/figures/slowdown").json()["figures"]
    return next(each for each in told if (each["line"], each["window"]) == ("first", window))


def answer(office: Office, number: int, after: int) -> None:
    tickets = [office.open() for _ in range(number)]
    office.clock.now += after
    for each in tickets:
        assert office.ask("ann", "POST", f"{each}/messages", {"body": "Soon"}).status_code == 201


def test_a_line_that_begins_to_slow_is_told_before_it_has_answered(office: Office) -> None:
    answer(office, 30, 10 * MINUTE)
    office.clock.now += 2 * DAY
    assert [pace(office)[name] for name in ("usual_median", "median", "is_slowing")] == [10 * MINUTE, None, False]
    answer(office, 4, 20 * MINUTE)
    for _ in range(6):
        office.open()
    office.clock.now += 16 * MINUTE
    told = pace(office)
    assert (told["responses"], told["waiting"], told["usual_responses"]) == (10, 6, 30)
    assert (told["median"], told["p90"], told["usual_p90"]) == (16 * MINUTE, 20 * MINUTE, 10 * MINUTE)
    assert (told["is_slowing"], pace(office, "7d")["is_slowing"]) == (True, False)


def test_how_soon_lines_answer_is_for_those_who_answer_for_them(office: Office) -> None:
    answers = [office.ask(who, "GET", "/v1/figures/slowdown").status_code for who in (None, "ann", "lea", "ada", "cy")]
    assert answers == [401, 403, 200, 200, 403]
