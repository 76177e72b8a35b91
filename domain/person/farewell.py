"""The end of what somebody may do who is to be erased."""

from functools import partial

from domain.event import Id
from domain.instant import Instant
from domain.person import Event, Person, in_turn
from domain.person.absence import cancel_absence, release_deputy
from domain.person.identity import deactivate, detach_address
from domain.person.membership import leave_organisation, leave_team, revoke


def take_leave(person: Person, *, at: Instant, by: Id | None = None) -> list[Event]:
    """No address, team, organisation, right, duty or access any more; done again, it is nothing new.

    Into the same commit go `domain.reservation.release` of the addresses, and `release_deputy` of the deputies.
    """
    planned = sorted(each.absence for each in person.absences if each.end > at)
    duties = sorted(each.absence for each in person.duties)
    return in_turn(
        person,
        *(partial(detach_address, address=each, at=at, by=by) for each in sorted(person.addresses)),
        *(partial(cancel_absence, absence=each, at=at, by=by) for each in planned),
        *(partial(release_deputy, absence=each, at=at, by=by) for each in duties),
        *(partial(leave_team, team=each, at=at, by=by) for each in sorted(person.teams)),
        *(partial(leave_organisation, organisation=each, at=at, by=by) for each in sorted(person.organisations)),
        *(partial(revoke, grant=each, at=at, by=by) for each in sorted(person.grants, key=str)),
        *([partial(deactivate, at=at, by=by)] if person.is_active else []),
    )
