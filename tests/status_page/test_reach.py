from dataclasses import replace

import pytest

from domain.configuration.label import Label
from domain.configuration.page import PLAIN, Channel, ChannelKind
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import CalendarRef
from domain.ticket.conversation import answer
from domain.ticket.opening import Publicity
from projections.sla import Figure
from status_page.opening import Opening
from status_page.reach import Way, reach
from tests.cast import ALWAYS, ANN, AT, OFFICE
from tests.projections.story import published
from tests.status_page.stage import Stage

PHONE = Channel(ChannelKind.PHONE, Label("Телефон", "Phone"), "8 (800) 1", OFFICE.key)


def answered(stage: Stage, after: int = MINUTE, publicity: Publicity = Publicity.PUBLISHED) -> None:
    stream = stage.story.open(publicity=publicity)
    stage.story.after(after)
    stage.story.do(stream, answer, message=f"{stream[:8]}", by=ANN, channel="mail", body="We look into it.")


def figure(stage: Stage) -> Figure | None:
    with stage.edition() as edition:
        return reach(edition).answered


@pytest.mark.parametrize(
    ("kind", "address", "link"),
    [
        (ChannelKind.PHONE, "+7 (800) 000-00-00", "tel:+78000000000"),
        (ChannelKind.MAIL, "help@example.org", "mailto:help@example.org"),
        (ChannelKind.WEB, "https://example.org/", "https://example.org/"),
        (ChannelKind.CHAT, "javascript:alert(1)", None),
        (ChannelKind.MESSENGER, "@daisy", None),
    ],
)
def test_an_address_leads_where_it_can(kind: ChannelKind, address: str, link: str | None) -> None:
    assert Way(replace(PHONE, kind=kind, address=address), CalendarRef("office", 1), None).link == link


def test_a_channel_is_open_by_the_newest_version_of_its_calendar(stage: Stage) -> None:
    stage.configure(published(OFFICE), replace(PLAIN, channels=(PHONE,)))
    with stage.edition() as edition:
        (way,) = reach(edition).ways
    assert (way.calendar, way.opening) == (CalendarRef("office", 1), Opening(is_open=True, until=AT + 8 * HOUR))
    stage.configure(published(replace(ALWAYS, key="office", version=2)))
    with stage.edition() as edition:
        (way,) = reach(edition).ways
    assert (way.calendar, way.opening) == (CalendarRef("office", 2), Opening(is_open=True, until=None))


def test_half_of_the_first_responses_of_seven_whole_days_came_within_a_time(stage: Stage) -> None:
    for minutes in (1, 5, 30):
        answered(stage, minutes * MINUTE)
    assert figure(stage) is None
    stage.story.after(DAY)
    told = figure(stage)
    assert told is not None
    assert (told.decided, told.p50) == (3, 5 * MINUTE)
    stage.story.after(7 * DAY)
    assert figure(stage) is None


def test_opaque_tickets_are_not_counted(stage: Stage) -> None:
    answered(stage, publicity=Publicity.OPAQUE)
    stage.story.after(DAY)
    assert figure(stage) is None


def test_a_desk_that_tells_no_channel_shows_no_block(stage: Stage) -> None:
    assert 'id="reach"' not in stage.get("/en/sla").text
