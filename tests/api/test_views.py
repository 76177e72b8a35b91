"""Lists, configuration and health, as the API tells them."""

import pytest

from projections import queue
from projections.batch import CHECKPOINTS
from projections.database import for_writing
from tests.api.office import OPENING, Office


def references(office: Office, who: str, query: str = "") -> list[str]:
    return [each["reference"] for each in office.ask(who, "GET", f"/v1/queue{query}").json()["tickets"]]


def test_each_caller_sees_its_own_queue(office: Office) -> None:
    one = office.open("cy")[-9:]
    other = office.open("eve")[-9:]
    assert [references(office, who) for who in ("ann", "ada", "cy", "eve", "ben", "cleo")] == [
        *([one, other] if one in references(office, "ann")[0] else [other, one],) * 2, [one], [other], [], []
    ]  # fmt: skip


def test_the_queue_comes_page_by_page_and_by_filter(office: Office) -> None:
    opened = {office.open()[-9:] for _ in range(3)}
    page = office.ask("ann", "GET", "/v1/queue?limit=2").json()
    rest = references(office, "ann", f"?cursor={page['cursor']}")
    assert {*(each["reference"] for each in page["tickets"]), *rest} == opened
    assert references(office, "ann", "?kind=question") == []
    assert len(references(office, "ann", "?priority=critical&team=service-desk")) == 3


def test_the_queue_is_told_as_it_stood(office: Office) -> None:
    ticket = office.open()
    office.clock.now += 3_600_000
    office.ask("ann", "POST", f"{ticket}/messages", {"body": "Done"})
    office.ask("ann", "PUT", f"{ticket}/resolution", {"body": "Done"})
    assert references(office, "ann") == []
    then = office.ask("ann", "GET", "/v1/queue?at=2026-11-02T10:20:00Z").json()["tickets"][0]
    assert (then["stage"], then["breached"], then["due_at"]) == ("opened", True, "2026-11-02T10:15:00.000Z")


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "W10", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMSwwLDAsMCwiYSJd"])
def test_a_cursor_of_somebody_elses_is_refused(office: Office, cursor: str) -> None:
    assert office.ask("ann", "GET", f"/v1/queue?cursor={cursor}").json()["code"] == "cursor_invalid"


def test_a_list_has_tickets_of_every_stage(office: Office) -> None:
    office.ask("cy", "PUT", f"{office.open()}/closure", {"how": "withdrawn"})
    told = office.ask("cy", "GET", "/v1/tickets").json()["tickets"]
    assert [each["stage"] for each in told] == ["closed"]


def test_a_ticket_that_nobody_acts_on_hangs(office: Office) -> None:
    ticket = office.open()
    assert office.ask("ann", "GET", "/v1/hanging").json() == []
    office.clock.now += 3_600_000
    assert [each["reference"] for each in office.ask("ann", "GET", "/v1/hanging").json()] == [ticket[-9:]]


def test_the_configuration_tells_what_a_ticket_can_be_filed_under(office: Office) -> None:
    told = office.ask("ann", "GET", "/v1/configuration").json()
    assert told["teams"]["engineers"]["line"] == "second"
    assert told["categories"]["network"]["ru"] == "Сеть и связь"
    assert told["levels"]["standard"]["version"] == 1
    assert "knowledge" in told["hand_over_reasons"]
    assert "by_design" in told["refusal_causes"]


def test_everybody_can_ask_who_they_are(office: Office) -> None:
    told = office.ask("lea", "GET", "/v1/me").json()
    assert (told["person"], told["roles"], told["lines"]) == (office.people["lea"].id, ["lead"], ["first"])


def test_the_desks_trail_is_for_auditors(office: Office) -> None:
    office.open()
    told = office.ask("ada", "GET", "/v1/trail?name=ticket.opened&at=2026-11-02T10:00:00Z").json()["events"]
    assert [each["name"] for each in told] == ["ticket.opened"]
    assert office.ask("ann", "GET", "/v1/trail").status_code == 403


def test_a_query_waits_for_what_it_must_include(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.reading.PATIENCE", 0.1)
    office.views.catch_up()
    position = office.ask("cy", "POST", "/v1/tickets", OPENING).json()["position"]
    headers = office.people["ann"].headers | {"X-After-Position": str(position)}
    late = office.client.get("/v1/queue", headers=headers)
    assert (late.status_code, late.json()["code"]) == (503, "views_behind")
    assert len(office.ask("ann", "GET", "/v1/queue", X_After_Position=str(position)).json()["tickets"]) == 1


def test_a_position_that_is_not_there_yet_is_a_mistake(office: Office) -> None:
    answer = office.ask("ann", "GET", "/v1/queue", X_After_Position=str(office.desk.log.head() + 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "position_unknown")


def test_a_desk_whose_views_follow_is_ready(office: Office) -> None:
    told = office.ask(None, "GET", "/readyz")
    assert (told.status_code, told.json()["ready"], told.json()["reasons"]) == (200, True, [])
    assert told.json()["position"] == office.desk.log.head()


def test_a_desk_whose_view_is_stopped_or_late_is_not(office: Office) -> None:
    office.views.catch_up()
    with for_writing(office.views.engine).begin() as connection:
        failed = CHECKPOINTS.update().where(CHECKPOINTS.c.name == queue.NAME)
        connection.execute(failed.values(failing=1, error="KeyError: of a person", position=0))
    office.clock.now += 60_000
    told = office.client.get("/readyz")
    assert told.status_code == 503
    assert told.json()["reasons"] == ["queue_v2 is stopped", "queue_v2 is 60000 ms behind"]
    assert "of a person" not in told.text


def test_a_desk_whose_views_cannot_be_read_says_so(office: Office) -> None:
    with for_writing(office.views.engine).begin() as connection:
        CHECKPOINTS.drop(connection)
    told = office.client.get("/readyz")
    assert told.status_code == 503
    assert told.json()["reasons"] in (["cannot be read: OperationalError"], ["cannot be read: ProgrammingError"])
    assert office.client.get("/healthz").status_code == 200
