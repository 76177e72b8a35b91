"""People, what they said, and how they are erased, over real streams."""

from collections.abc import Callable
from typing import Any, Final

from domain.erasure import Ground
from domain.event import Address, Content, Id
from domain.person import Grant, Right, identity
from domain.person.membership import grant
from domain.ticket.opening import open_ticket
from store.desk import Desk
from store.erasing import Demand, Whom, delete_sections, destroy_keys, request
from store.people import attach_address
from store.streams import Command
from tests.cast import AT, opened

HERE: Final[dict[str, Any]] = {"level": "standard", "line": "first", "team": "service-desk"}
WORDS: Final = "The canary sings at dawn."
DEMAND: Final = Demand(Ground.CONSENT_WITHDRAWN, AT, "17-2026")


def act(desk: Desk, kind: str, stream: Id, decide: Callable[..., Any], /, **facts: Any) -> None:
    getattr(desk, kind).act(Command(desk.new_id()), stream, decide, at=AT, **facts)


def person(desk: Desk, *rights: Right, mail: str = "") -> Id:
    found = desk.new_id()
    act(desk, "people", found, identity.register, identity=found, name=WORDS)
    for right in rights:
        act(desk, "people", found, grant, grant=Grant(right))
    if mail:
        attach_address(desk, Command(desk.new_id()), found, channel="mail", value=mail, at=AT)
    return found


def ticket(desk: Desk, requester: Id) -> Id:
    stream, said = desk.new_id(), Content(requester, {"subject": WORDS, "body": WORDS})
    opening = opened(requester=requester, by=requester, text=said, **HERE)
    desk.tickets.act(Command(desk.new_id()), stream, open_ticket, opening)
    return stream


def erase(desk: Desk, whom: Whom) -> Id:
    stream = Command(desk.new_id())
    request(desk, stream, whom, DEMAND)
    destroy_keys(desk, stream.id)
    delete_sections(desk, stream.id)
    return stream.id


def first_text(desk: Desk, stream: Id, section: str, owner: Id) -> Any:
    return desk.log.text(Address(owner, stream, 1, section))
