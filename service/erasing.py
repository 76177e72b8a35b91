"""Erasures that were requested are carried out, step by step, by whoever comes next."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from sqlalchemy import Engine

from domain.erasure import ErasedKind
from domain.event import Id
from domain.instant import Instant
from domain.ticket.heir import pass_on
from domain.token import revoke
from projections import erasures
from service.jobs import Job
from store.desk import Desk
from store.erased import Undecided
from store.erasing import delete_sections, destroy_keys, erasure_at
from store.expiring import choose_texts, delete_texts
from store.streams import Command


def erasing(desk: Desk, views: Engine) -> Job[Id]:
    """What was requested and is not complete."""

    def due(_: Instant, limit: int) -> Sequence[Id]:
        with views.connect() as connection:
            return erasures.unfinished(connection, limit=limit)

    def do(stream: Id, _: Instant) -> None:
        carry_out(desk, views, stream)

    return Job("erasures", due, do)


def passing_on(desk: Desk, views: Engine) -> Job[Id]:
    """Tickets that were opened, or opened again, while whoever asked was being erased."""

    def due(_: Instant, limit: int) -> Sequence[Id]:
        with views.connect() as connection:
            return erasures.tickets_of_erased(connection, limit=limit)

    def do(ticket: Id, at: Instant) -> None:
        _pass_on(desk, ticket, {desk.tickets.load(ticket)[0].requester}, at)

    return Job("heirs", due, do)


def carry_out(desk: Desk, views: Engine, stream: Id) -> None:
    """Every step that is left; the views know of the request."""
    state = erasure_at(desk, stream)
    if state.kind is ErasedKind.TICKETS:
        _delete_texts(desk, stream)
    else:
        _destroy(desk, views, stream, state.identities)


def _delete_texts(desk: Desk, stream: Id) -> None:
    """Later, if somebody is just being erased who wrote some of them."""
    with suppress(Undecided):
        choose_texts(desk, stream)
        delete_texts(desk, stream)


def _destroy(desk: Desk, views: Engine, stream: Id, owners: Collection[Id]) -> None:
    with views.connect() as connection:
        tokens, tickets = erasures.to_be_ended(connection, owners)
    for token in tokens:
        desk.tokens.act(Command(desk.new_id()), token, revoke, at=desk.now())
    for ticket in tickets:
        _pass_on(desk, ticket, owners, desk.now())
    destroy_keys(desk, stream)
    delete_sections(desk, stream)


def _pass_on(desk: Desk, ticket: Id, erased: Collection[Id], at: Instant) -> None:
    desk.tickets.act(Command(desk.new_id()), ticket, pass_on, erased=erased, at=at)
