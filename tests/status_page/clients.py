"""A client and the link that shows it its own figures."""

from domain.configuration.contract import Consent, ContractSigned
from domain.event import Content, Id
from domain.instant import DAY
from domain.organisation import register
from domain.page_link import revoke
from store.page_links import issue_link, text_of
from store.streams import Command
from tests.cast import ACME, LEVEL
from tests.status_page.stage import Stage

OTHER = "0e" * 16


def registered(stage: Stage, organisation: Id = ACME, name: str = "Acme & Co") -> None:
    desk, named = stage.story.desk, Content(organisation, {"name": name})
    desk.organisations.act(Command(desk.new_id()), organisation, register, name=named, at=desk.now())


def linked(stage: Stage, organisation: Id = ACME, days: int = 90) -> tuple[Id, str]:
    """The link's stream, and where its pages begin."""
    desk = stage.story.desk
    command, end = Command(desk.new_id()), desk.now() + days * DAY
    issue_link(desk, command, organisation=organisation, expires_at=end, label="", at=desk.now())
    return command.id, f"/client/{text_of(desk, command.id)}"


def revoked(stage: Stage, link: Id) -> None:
    desk = stage.story.desk
    desk.page_links.act(Command(desk.new_id()), link, revoke, at=desk.now())


def contract(
    key: str, organisation: Id = ACME, level: str = LEVEL, since: int = 1, until: int | None = None
) -> ContractSigned:
    return ContractSigned(
        at=since,
        key=key * 32,
        organisation=organisation,
        level=level,
        since=since,
        until=until,
        consent=Consent.NOT_GIVEN,
    )
