"""References of tickets: which ticket has one, as the log has it now."""

from domain.event import Id
from domain.reservation import reserve
from service.settings import Settings
from store.desk import Desk
from store.intake import ticket_of
from store.streams import Command
from tests.cast import AT
from tests.store.losing import lose_end

REFERENCE = "100000001"
FIRST, SECOND = "1" * 32, "2" * 32


def give(desk: Desk, holder: Id) -> None:
    """The reference to a ticket."""
    name = desk.name("reference", REFERENCE)
    desk.reservations.act(Command(desk.new_id()), name, reserve, holder=holder, at=AT)


def test_a_reference_that_was_lost_with_the_end_of_the_log_is_not_remembered(desk: Desk, settings: Settings) -> None:
    before = desk.log.head()
    give(desk, FIRST)
    assert ticket_of(desk, REFERENCE) == FIRST
    lose_end(settings, after=before)
    assert ticket_of(desk, REFERENCE) is None
    give(desk, SECOND)
    assert ticket_of(desk, REFERENCE) == SECOND
