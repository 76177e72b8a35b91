"""What should be in the log and is not: told as a fault where it is certain, as not proven where it is not."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from audit.verifier.report import Fault
from domain.canonical import parse
from domain.component import ComponentStatus
from domain.configuration.component import ComponentWithdrawn
from domain.instant import DAY, HOUR
from service.settings import Settings
from tests.audit.verifier.forging import Evidence, founded, republished
from tests.audit.verifier.test_sceptics import said, words
from tests.cast import AT
from tests.service.office import FREEZING, NOVEMBER, Office


def test_a_breach_that_is_never_told_is_missed_without_any_month(evidence: Evidence) -> None:
    gone = evidence.index("ticket.clock_decided", outcome="breached")
    months = evidence.index("month.fixed"), evidence.index("month.corrected")
    assert republished(evidence.untold(gone, *months).aged()) == {Fault.WITHHELD}


def test_a_correction_that_is_never_told_is_missed(evidence: Evidence) -> None:
    assert republished(evidence.untold(evidence.index("month.corrected")).aged()) == {Fault.WITHHELD}


def test_a_desk_has_a_day_to_tell(evidence: Evidence) -> None:
    assert republished(evidence.untold(evidence.index("month.corrected"))) == set()


def test_a_month_that_is_never_fixed_is_told(evidence: Evidence) -> None:
    months = evidence.index("month.fixed"), evidence.index("month.corrected")
    assert "figures of 2026-11: none were fixed" in words(evidence.untold(*months).aged())


def withdrawn(evidence: Evidence) -> dict[str, Any]:
    return {"ty": "component.withdrawn", "key": "web", "tk": said(evidence, "component.defined")["tk"]}


def test_a_component_that_is_withdrawn_before_its_month_is_fixed_keeps_its_row(evidence: Evidence) -> None:
    more = evidence.told(evidence.index("month.fixed") - 1, **withdrawn(evidence))
    assert republished(more) == set()
    less = more.changed(more.index("month.fixed"), lambda said: said | {"uptime": []})
    assert republished(less) == {Fault.FIGURE}


@pytest.mark.parametrize("at", [AT + DAY, FREEZING - HOUR])
def test_a_desk_fixes_a_month_with_a_component_that_it_withdrew_as_anybody_computes_it(tmp_path: Path, at: int) -> None:
    with closing(founded(Settings(data_dir=tmp_path / "desk"))) as story:
        office = Office(story)
        office.define()
        office.set(ComponentStatus.MAJOR_OUTAGE, AT)
        story.clock.now = at
        office.configure(ComponentWithdrawn(at=at, key="web"))
        office.work(FREEZING)
        entries = tuple(envelope for _, envelope in story.desk.log.envelopes())
    report = Evidence(entries, tmp_path / "evidence").publish().verified()
    assert (report.findings, report.figures) == ([], {NOVEMBER: 1})


def fixed_of(entries: int) -> Any:
    return lambda said: said | {"entries": entries, "sla": [], "uptime": []}


def test_a_month_is_not_computed_from_its_beginning_alone(evidence: Evidence) -> None:
    changed = evidence.changed(evidence.index("month.fixed"), fixed_of(6))
    republished(changed)
    assert any("leaves out entries" in each.what for each in changed.verified().findings)


def corrected(evidence: Evidence, **changes: Any) -> str:
    """What is found in a correction with other values."""
    changed = evidence.changed(evidence.index("month.corrected"), lambda said: said | changes)
    republished(changed)
    return "; ".join(each.what for each in changed.verified().findings)


def reasoned(evidence: Evidence, why: list[str]) -> str:
    rows = parse(evidence.entries[evidence.index("month.corrected")])["sla"]
    return corrected(evidence, sla=[row | {"why": why} for row in rows])


def test_a_correction_has_reasons_that_the_entries_show(evidence: Evidence) -> None:
    assert "without a reason" in reasoned(evidence, [])
    assert "without a reason" in reasoned(evidence, ["excluded:merged"])
    assert reasoned(evidence, ["excluded:spam"]) == ""


def test_a_correction_is_computed_from_more_than_before(evidence: Evidence) -> None:
    before = parse(evidence.entries[evidence.index("month.fixed")])["entries"]
    assert "no more entries" in corrected(evidence, entries=before)


def test_a_correction_tells_how_many_are_not_counted_as_it_was_told(evidence: Evidence) -> None:
    assert "was never told" in corrected(evidence, opaque_was=5)


def test_what_was_never_fixed_is_not_corrected(evidence: Evidence) -> None:
    less = evidence.untold(evidence.index("month.fixed"))
    republished(less)
    assert any("before it was fixed" in each.what for each in less.verified().findings)
