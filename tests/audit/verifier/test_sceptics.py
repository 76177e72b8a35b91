"""What somebody could still try who holds the key, logs in order, and counts every stream without a gap."""

from typing import Any

import pytest

from audit.verifier.report import Fault
from domain.canonical import parse
from domain.instant import DAY, HOUR
from tests.audit.verifier.forging import Evidence, republished


def said(evidence: Evidence, name: str, which: int = 0) -> dict[str, Any]:
    """What an entry says, without what is its own."""
    entry = parse(evidence.entries[evidence.index(name, which)])
    return {key: value for key, value in entry.items() if key not in ("_sd", "sv", "at", "rec")}


def words(evidence: Evidence) -> str:
    """What is not proven."""
    republished(evidence)
    report = evidence.verified()
    assert report.findings == []
    return "; ".join(report.unproven)


def test_whoever_ages_the_log_alone_is_honest(evidence: Evidence) -> None:
    assert republished(evidence.aged()) == set()


def test_a_ticket_is_opened_once(evidence: Evidence) -> None:
    place = evidence.index("ticket.closed")
    again = evidence.told(place, **said(evidence, "ticket.opened"))
    assert Fault.ORDER in republished(again)


def test_nothing_happens_to_a_ticket_before_it_is_opened(evidence: Evidence) -> None:
    early = evidence.told(evidence.index("ticket.opened"), ty="ticket.accepted")
    assert Fault.ORDER in republished(early)


@pytest.mark.parametrize("name", ["ticket.closed", "ticket.verdict_excluded"])
def test_what_the_client_agreed_to_the_client_wrote(evidence: Evidence, name: str) -> None:
    agreed = evidence.changed(evidence.index(name), lambda said: said | {"agreed": "a" * 32})
    assert Fault.AGREEMENT in republished(agreed)


def test_silence_is_no_consent_before_its_time(evidence: Evidence) -> None:
    silent = evidence.changed(evidence.index("ticket.closed"), lambda said: said | {"how": "silence"})
    assert Fault.ORDER in republished(silent)


def test_only_a_verdict_is_excluded(evidence: Evidence) -> None:
    place = evidence.index("ticket.verdict_excluded", -1)
    assert Fault.EXCLUSION in republished(evidence.changed(place, lambda said: said | {"instance": 7}))


def test_whoever_excludes_by_agreement_shows_it(evidence: Evidence) -> None:
    place = evidence.index("ticket.verdict_excluded", -1)
    agreed = evidence.changed(place, lambda said: said | {"reason": "agreed_with_client"})
    assert Fault.EXCLUSION in republished(agreed)


def test_only_a_merged_ticket_is_excluded_as_merged(evidence: Evidence) -> None:
    place = evidence.index("ticket.verdict_excluded", -1)
    merged = evidence.changed(place, lambda said: said | {"reason": "merged"})
    assert Fault.EXCLUSION in republished(merged.aged())


def test_spam_that_was_never_closed_as_spam_is_told(evidence: Evidence) -> None:
    assert "that 1 tickets were spam" in words(evidence)


def test_a_verdict_that_is_told_twice_is_none(evidence: Evidence) -> None:
    place = evidence.index("ticket.clock_decided")
    assert Fault.VERDICT in republished(evidence.told(place, **said(evidence, "ticket.clock_decided")))


def test_a_version_of_a_level_is_published_once(evidence: Evidence) -> None:
    place = evidence.index("ticket.opened", 2)
    assert Fault.RULES in republished(evidence.told(place, **said(evidence, "level.published")))


def test_a_ticket_begins_under_the_version_in_force(evidence: Evidence) -> None:
    place = evidence.index("ticket.opened")
    newer = evidence.told(place, **said(evidence, "level.published") | {"version": 2})
    assert Fault.RULES in republished(newer)


def test_a_ticket_is_moved_only_to_what_was_published(evidence: Evidence) -> None:
    place = evidence.index("ticket.clock_decided")
    moved = {"ty": "ticket.terms_moved", "level": "gold", "policy": 9, "reason": "contract"}
    assert Fault.RULES in republished(evidence.told(place, **moved))


def test_a_level_is_measured_by_calendars_that_are_published(evidence: Evidence) -> None:
    level = said(evidence, "level.published") | {"version": 2}
    targets = [each | {"calendar": "nowhere"} for each in level["targets"]]
    last = len(evidence.entries) - 1
    assert Fault.RULES in republished(evidence.told(last, **level | {"targets": targets}))


def test_a_calendar_is_not_changed_where_it_was_known(evidence: Evidence) -> None:
    calendar = said(evidence, "calendar.published")
    end = calendar["span_end"]
    longer = {"ty": "calendar.extended", "span_end": end + DAY, "periods": [[end - DAY, end + DAY]]}
    longer |= {name: calendar[name] for name in ("key", "version", "tz_data", "tk")}
    assert Fault.RULES in republished(evidence.told(evidence.index("ticket.opened"), **longer))


def test_a_rule_holds_from_when_it_is_stored(evidence: Evidence) -> None:
    rule = {"ty": "uptime_rule.set", "weights": {"major_outage": 0}, "notice": 0}
    rule |= {"tk": said(evidence, "level.published")["tk"]}
    place = evidence.index("month.fixed")
    stored = parse(evidence.entries[place])["rec"]
    assert Fault.RULES in republished(evidence.told(place, **rule, at=stored - 30 * DAY))


def test_a_component_is_told_of_in_one_stream(evidence: Evidence) -> None:
    place = evidence.index("component.status_set", 1)
    assert Fault.STREAM in republished(evidence.changed(place, lambda said: said | {"tk": "f" * 32, "sv": 1}))


def test_works_that_are_announced_late_excuse_nothing_by_an_older_date(evidence: Evidence) -> None:
    place = evidence.index("component.status_set", 1)
    down = parse(evidence.entries[place])
    works = {"works": "a" * 32, "component": "web", "tk": down["tk"]}
    until = down["at"] + 3 * HOUR
    planned = {"ty": "component.works_planned", "start": down["at"], "end": until, "at": down["at"] - 25 * HOUR}
    begun = {"ty": "component.works_begun", "excused_from": down["at"], "excused_until": until}
    excused = evidence.told(place, **works, **begun).told(place, **works, **planned)
    assert Fault.EXCUSED in republished(excused)


def test_a_desk_is_founded_once(evidence: Evidence) -> None:
    assert Fault.ORDER in republished(evidence.told(evidence.index("ticket.closed"), **said(evidence, "desk.founded")))


def test_the_zone_of_the_months_stays_once_there_are_tickets(evidence: Evidence) -> None:
    founded = said(evidence, "desk.founded")
    moved = {name: founded[name] for name in ("tk", "languages", "currency")}
    last = len(evidence.entries) - 1
    assert Fault.RULES in republished(evidence.told(last, **moved, ty="desk.set_up", zone="Asia/Tokyo"))
