from collections.abc import Iterator

import pytest

from domain.event import Content, Id
from domain.organisation import register
from domain.page_link import PageLinkIssued
from domain.refusal import Refused
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.page_links import issue_link, link_by, link_of, organisation_of, read, revoke_link, text_of
from store.streams import Command
from tests.cast import ACME

AT, END = 10, 100


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    built = build_desk(settings)
    built.organisations.act(Command(built.new_id()), ACME, register, name=Content(ACME, {"name": "Acme"}), at=1)
    yield built
    built.close()


def issued(desk: Desk, command: Id = "") -> Id:
    to = Command(command or desk.new_id())
    issue_link(desk, to, organisation=ACME, expires_at=END, label="For the board", at=AT)
    return to.id


def test_a_link_leads_to_its_organisation_until_it_expires(desk: Desk) -> None:
    text = text_of(desk, issued(desk))
    assert [link and link.organisation for link in (link_by(desk, text, END - 1), link_by(desk, text, END))] == [
        ACME,
        None,
    ]


def test_a_link_can_be_shown_again(desk: Desk) -> None:
    stream = issued(desk)
    assert text_of(desk, stream) == text_of(desk, stream)
    assert read(desk, text_of(desk, stream)) == stream


def test_a_revoked_link_leads_nowhere_at_once(desk: Desk) -> None:
    stream = issued(desk)
    revoke_link(desk, Command(desk.new_id()), stream, at=AT)
    assert link_by(desk, text_of(desk, stream), AT) is None


def test_a_forged_link_is_turned_away_without_a_look_at_the_log(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(desk, issued(desk))
    forged = ("B" if text[0] == "A" else "A") + text[1:]
    monkeypatch.setattr(type(desk.log), "read", lambda *_: pytest.fail("the log was read"))
    assert [link_by(desk, each, AT) for each in (forged, text[:-1], text + "A", "", "ключ")] == [None] * 5


def test_what_is_signed_for_something_else_is_no_link(desk: Desk) -> None:
    assert link_by(desk, text_of(desk, ACME), AT) is None
    with pytest.raises(Refused, match="page_link_unknown"):
        link_of(desk, ACME)


def test_a_link_to_nobody_is_not_issued_and_leads_nowhere(desk: Desk) -> None:
    for other in ("0" * 32, issued(desk)):
        with pytest.raises(Refused, match="organisation_not_registered"):
            issue_link(desk, Command(desk.new_id()), organisation=other, expires_at=END, label="", at=AT)
        with pytest.raises(Refused, match="organisation_not_registered"):
            organisation_of(desk, other)
    stray = desk.new_id()
    event = PageLinkIssued(at=AT, organisation="0" * 32, expires_at=END, label="")
    desk.page_links.act(Command(desk.new_id()), stray, lambda _: [event])
    assert link_by(desk, text_of(desk, stray), AT) is None


def test_the_same_command_issues_one_link(desk: Desk) -> None:
    command = desk.new_id()
    assert issued(desk, command) == issued(desk, command)
    assert len(desk.log.read(command)) == 1


def test_a_link_that_was_never_issued_cannot_be_revoked(desk: Desk) -> None:
    with pytest.raises(Refused, match="page_link_unknown"):
        revoke_link(desk, Command(desk.new_id()), "0" * 32, at=AT)
