"""Deleting the texts of tickets that were over long enough ago: the request, the choice, the deletion.

No key is destroyed, for a key is a person's, who has other words. As with `store.erasing` each step can be done again.
"""

from collections.abc import Sequence

from domain.erasure import ErasedKind, ErasureRequested, ErasureStep, chosen, complete, request_of_tickets
from domain.event import Id
from domain.instant import Instant
from domain.ticket.retention import expire, kept_since
from store.desk import Desk
from store.erased import sealed_on
from store.log import Recorded
from store.streams import Command


def request_expiry(desk: Desk, tickets: Sequence[Id], *, until: Instant, at: Instant) -> Id | None:
    """Ask for the texts of those tickets that were over by `until`, which is noted on each of them in the same commit.

    The erasure; None if there is nothing to erase. Refused: `ticket_in_use`, if one goes on at this very moment.
    """
    due = [each for each in tickets if _is_due(desk, each, until)]
    if not due:
        return None
    command = Command(desk.new_id())
    along = (desk.tickets.intend(each, expire, erasure=command.id, until=until, at=at) for each in due)
    desk.erasures.act(command.with_also(*along), command.id, request_of_tickets, tickets=due, at=at)
    return command.id


def choose_texts(desk: Desk, stream: Id) -> None:
    """Count what is to be deleted while it is still there. Raises `Undecided`."""
    past = desk.log.read(stream)
    state = desk.erasures.fold(past)
    if state.step is not ErasureStep.REQUESTED:
        return
    asked = past[0].position
    found = sealed_on(desk, state.tickets, asked)
    desk.erasures.act(
        Command(desk.new_id()), stream, chosen, digest=found.digest, until=asked, counts=found.counts, at=desk.now()
    )


def delete_texts(desk: Desk, stream: Id) -> None:
    """The texts do not exist any more; where each of them was stays to be seen."""
    state = desk.erasures.load(stream)[0]
    if state.step is ErasureStep.TEXTS_CHOSEN:
        desk.log.delete_texts(state.tickets)
        desk.erasures.act(Command(desk.new_id()), stream, complete, at=desk.now())


def delete_again(desk: Desk, requests: Sequence[Recorded[ErasureRequested]]) -> None:
    """Texts of tickets that are back from an older copy, although their erasure is complete."""
    for each in requests:
        back = each.event.kind is ErasedKind.TICKETS and desk.log.has_texts(each.event.tickets)
        if back and desk.erasures.load(each.stream)[0].step is ErasureStep.COMPLETED:
            desk.log.delete_texts(each.event.tickets)


def _is_due(desk: Desk, ticket: Id, until: Instant) -> bool:
    since = kept_since(desk.tickets.load(ticket)[0])
    return since is not None and since <= until
