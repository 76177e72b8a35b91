from domain.event import Id
from domain.page_link import PageLinkIssued, PageLinkRevoked
from projections import page_links
from projections.page_links import Issued
from tests.cast import ACME, AT, CY
from tests.projections.story import Story

END = AT + 1_000


def issue(story: Story, link: Id, organisation: Id = ACME, at: int = AT) -> None:
    issued = PageLinkIssued(at=at, organisation=organisation, expires_at=END, label="For the board")
    story.tell("page_links", link, issued)


def of(story: Story, organisation: Id = ACME) -> list[Issued]:
    with story.seen() as connection:
        return [*page_links.of_organisation(connection, organisation)]


def test_an_organisation_has_the_links_that_were_issued_for_it_the_newest_first(any_story: Story) -> None:
    story = any_story
    issue(story, "1" * 32)
    issue(story, "2" * 32, at=AT + 1)
    issue(story, "3" * 32, organisation=CY)
    assert of(story) == [
        Issued("2" * 32, ACME, "For the board", AT + 1, END, None),
        Issued("1" * 32, ACME, "For the board", AT, END, None),
    ]
    assert [each.stream for each in of(story, CY)] == ["3" * 32]


def test_a_revoked_link_stays_in_the_list(story: Story) -> None:
    issue(story, "1" * 32)
    story.tell("page_links", "1" * 32, PageLinkRevoked(at=AT + 5))
    assert [(each.revoked_at, each.label) for each in of(story)] == [(AT + 5, "For the board")]
