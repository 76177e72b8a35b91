import pytest

from domain.instant import DAY
from domain.page_link import PageLink, PageLinkIssued, PageLinkRevoked, evolve, holds, issue, revoke
from domain.refusal import Refused
from tests.cast import ACME, ANN, AT

END = AT + 90 * DAY


def issued(expires_at: int = END) -> PageLink:
    (event,) = issue(PageLink(), organisation=ACME, expires_at=expires_at, label="For the board", at=AT)
    return evolve(PageLink(), event)


def revoked() -> PageLink:
    (event,) = revoke(issued(), at=AT)
    return evolve(issued(), event)


def test_a_link_is_for_one_organisation() -> None:
    assert issued().organisation == ACME


def test_it_is_known_who_issued_and_who_revoked_a_link_and_when() -> None:
    events = issue(PageLink(), organisation=ACME, expires_at=END, label="For the board", at=AT, by=ANN)
    assert events == [PageLinkIssued(at=AT, organisation=ACME, expires_at=END, label="For the board", by=ANN)]
    assert revoke(issued(), at=AT + 1, by=ANN) == [PageLinkRevoked(at=AT + 1, by=ANN)]


def test_a_link_is_issued_once() -> None:
    assert issue(issued(), organisation=ACME, expires_at=END, label="", at=AT) == []


@pytest.mark.parametrize("expires_at", [AT, AT - 1])
def test_a_link_expires_in_the_future(expires_at: int) -> None:
    with pytest.raises(Refused) as refused:
        issued(expires_at)
    assert refused.value == Refused("page_link_expired_already", expires_at=expires_at)


def test_a_link_holds_for_a_year_at_the_most() -> None:
    assert holds(issued(AT + 366 * DAY), AT + 365 * DAY)
    with pytest.raises(Refused) as refused:
        issued(AT + 366 * DAY + 1)
    assert refused.value == Refused("page_link_too_long", latest=AT + 366 * DAY)


def test_a_link_holds_until_just_before_it_expires() -> None:
    assert holds(issued(), END - 1)
    assert not holds(issued(), END)


def test_a_revoked_link_holds_no_longer() -> None:
    assert not holds(revoked(), AT)
    assert revoke(revoked(), at=AT) == []


def test_what_was_never_issued_holds_never_and_cannot_be_revoked() -> None:
    assert not holds(PageLink(), AT)
    with pytest.raises(Refused) as refused:
        revoke(PageLink(), at=AT)
    assert refused.value == Refused("page_link_unknown")
