"""How soon lines answer, as Prometheus sees it."""

from domain.configuration.label import Label
from domain.configuration.line import LineDefined, LineWithdrawn
from domain.instant import DAY, HOUR, MINUTE
from domain.ticket.conversation import answer
from tests.cast import ANN, AT
from tests.monitoring.looking import look
from tests.projections.test_slowdown import answered_after, usual
from tests.status_page.stage import Stage


def lines(stage: Stage, *keys: str) -> None:
    stage.configure(*(LineDefined(at=AT, key=key, label=Label(f"Линия {key}", f"Line {key}")) for key in keys))


def of_lines(stage: Stage, up_to_date: bool = True) -> dict[str, float]:
    found = look(stage, up_to_date=up_to_date)
    return {name.removeprefix("line_"): each for name, each in found.items() if name.startswith("line_")}


def test_every_line_has_its_counts_from_the_start_and_no_time_that_is_not_known(stage: Stage) -> None:
    lines(stage, "1", "2")
    kinds, windows = ("first_responses", "first_responses_usual"), ("1d", "7d")
    assert of_lines(stage) == {f"{kind}{{{key},{each}}}": 0 for kind in kinds for key in "12" for each in windows}


def test_what_is_usual_stands_beside_what_is_now(stage: Stage) -> None:
    lines(stage, "1")
    usual(stage.story)
    answered_after(stage.story, 30 * MINUTE)
    found = of_lines(stage)
    assert (found["first_response_seconds{1,1d,50}"], found["first_response_seconds{1,7d,90}"]) == (1800, 1800)
    assert (found["first_response_usual_seconds{1,1d,50}"], found["first_responses_usual{1,7d}"]) == (600, 3)
    assert found["first_responses{1,1d}"] == 1


def test_who_waits_is_told_as_of_the_look_though_nothing_happens(stage: Stage) -> None:
    lines(stage, "1")
    usual(stage.story)
    stream = stage.story.open()
    assert of_lines(stage)["first_responses{1,1d}"] == 0
    stage.story.after(HOUR)
    assert of_lines(stage, up_to_date=False)["first_response_seconds{1,1d,50}"] == 3600
    stage.story.do(stream, answer, message="a", by=ANN, channel="mail", body="Soon")
    stage.story.after(DAY)
    found = of_lines(stage)
    assert (found["first_responses{1,1d}"], found["first_responses{1,7d}"]) == (0, 1)
    assert "first_response_seconds{1,1d,50}" not in found


def test_a_line_that_is_withdrawn_is_told_of_no_more(stage: Stage) -> None:
    lines(stage, "1", "2")
    answered_after(stage.story, MINUTE)
    stage.configure(LineWithdrawn(at=AT, key="1"))
    assert {name.partition("{")[2][0] for name in of_lines(stage)} == {"2"}
