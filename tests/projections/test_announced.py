from domain.code import code_of
from domain.component import ComponentStatus
from domain.event import Source
from domain.incident import IncidentImpact, IncidentStatus
from domain.instant import DAY, HOUR, MINUTE
from projections import incidents
from tests.cast import AT
from tests.projections.announcing import (
    BETTER,
    TEXT,
    TITLE,
    announce,
    bring_in,
    plan,
    post,
    put_off,
    reword,
    seen,
)
from tests.projections.story import Story

ONE, TWO, WORKS = "1a" * 16, "2b" * 16, "3c" * 16
FOR_EVER = 2**60
OUTAGE, DEGRADED, WELL = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED, ComponentStatus.OPERATIONAL


def test_words_are_kept_by_address(story: Story) -> None:
    announce(story, ONE)
    incident = seen(story, ONE)
    assert story.desk.log.text(incident.title) == TITLE
    assert incident.updates[0].text
    assert story.desk.log.text(incident.updates[0].text) == TEXT


def test_new_words_take_the_place_of_the_old_ones_which_stay_readable_as_of_then(story: Story) -> None:
    then = announce(story, ONE)
    (update,) = seen(story, ONE).updates
    at = story.after(HOUR)
    reword(story, ONE)
    reword(story, ONE, update.id)
    incident, old = seen(story, ONE), seen(story, ONE, then)
    (reworded,) = incident.updates
    assert reworded.text
    assert [story.desk.log.text(each) for each in (incident.title, reworded.text)] == [BETTER, BETTER]
    assert (reworded.reworded_at, reworded.at, reworded.number, incident.updated_at) == (at, AT, 1, at)
    assert (old.updates, story.desk.log.text(old.title)) == ([update], TITLE)


def test_an_incident_is_as_bad_as_the_worst_that_it_ever_said(story: Story) -> None:
    announce(story, ONE, components={"web": DEGRADED})
    assert seen(story, ONE).impact == IncidentImpact.MINOR
    post(story, ONE, IncidentStatus.IDENTIFIED, mail=OUTAGE)
    post(story, ONE, IncidentStatus.MONITORING, mail=WELL)
    incident = seen(story, ONE)
    assert (incident.impact, incident.components) == (IncidentImpact.CRITICAL, ["mail", "web"])


def test_a_judged_impact_stays(story: Story) -> None:
    announce(story, ONE, impact=IncidentImpact.MINOR)
    assert seen(story, ONE).impact == IncidentImpact.MINOR


def test_a_postmortem_leaves_the_resolution_as_it_is(story: Story) -> None:
    announce(story, ONE)
    post(story, ONE, IncidentStatus.RESOLVED)
    story.after(DAY)
    post(story, ONE, IncidentStatus.POSTMORTEM)
    incident = seen(story, ONE)
    assert (incident.status, incident.resolved_at) == (IncidentStatus.POSTMORTEM, AT)


def test_it_is_monitored_since_it_was_last_so(story: Story) -> None:
    announce(story, ONE)
    for status in (IncidentStatus.MONITORING, IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING):
        post(story, ONE, status)
        story.after(HOUR)
    post(story, ONE, IncidentStatus.MONITORING)
    assert seen(story, ONE).monitoring_at == AT + 2 * HOUR


def test_what_is_stored_more_than_a_minute_later_is_backdated(story: Story) -> None:
    announce(story, ONE, ago=MINUTE)
    assert not seen(story, ONE).is_backdated
    post(story, ONE, IncidentStatus.IDENTIFIED)
    announce(story, TWO, ago=MINUTE + 1)
    two = seen(story, TWO)
    assert (two.is_backdated, two.updates[0].is_backdated) == (True, True)
    assert (two.started_at, two.created) == (AT - MINUTE - 1, AT)


def test_what_was_imported_is_not_backdated_and_tells_where_it_comes_from(story: Story) -> None:
    announce(story, ONE, source=Source.IMPORT, ago=DAY)
    bring_in(story, "incidents", ONE)
    incident = seen(story, ONE)
    assert (incident.source, incident.is_backdated) == (Source.IMPORT, False)
    assert (incident.external_source, incident.external) == ("statuspage", "abc")
    assert incident.url == "https://example.org/abc"


def test_works_that_are_put_off_are_planned_for_another_time(story: Story) -> None:
    then = plan(story, WORKS)
    put_off(story, WORKS, AT + DAY, AT + DAY + HOUR)
    works, before = seen(story, WORKS), seen(story, WORKS, then)
    assert (before.scheduled_for, before.scheduled_until) == (AT + HOUR, AT + 2 * HOUR)
    assert (works.scheduled_for, works.scheduled_until) == (AT + DAY, AT + DAY + HOUR)


def test_what_is_imported_first_and_announced_then_is_shown_once_it_is_announced(story: Story) -> None:
    position = bring_in(story, "maintenances", WORKS)
    plan(story, WORKS)
    assert seen(story, WORKS).external == "abc"
    with story.seen() as connection:
        assert incidents.page(connection, position=position).incidents == []


def test_before_its_first_update_nothing_is_shown(story: Story) -> None:
    announce(story, ONE)
    opened = story.desk.log.read(ONE)[0].position
    with story.seen() as connection:
        assert incidents.one(connection, code_of("incident", ONE), position=opened) is None
        assert incidents.between(connection, 0, FOR_EVER, position=opened) == []
        assert incidents.page(connection, position=opened).incidents == []
        assert incidents.first_at(connection, position=opened) is None
