"""What time brings to subscriptions."""

from sqlalchemy import Connection, MetaData, select

from domain.instant import DAY
from domain.subscription import TO_CONFIRM, Step
from service.settings import Settings
from service.subscribers.announcements import STALE
from service.work import work_loops
from store.keys import KEYS
from store.sealing import Erased
from tests.service.mailbox import Mailbox
from tests.service.subscribers.town import Town

ANN = "ann@acme.example"


def test_a_request_that_nobody_confirms_ends_and_is_forgotten(any_town: Town, box: Mailbox) -> None:
    stream = any_town.subscribe(ANN, is_confirmed=False)
    any_town.mail(box)
    any_town.running.clock.now += TO_CONFIRM - 1
    any_town.keep()
    assert any_town.state(stream).step is Step.REQUESTED
    any_town.running.clock.now += 1
    any_town.keep()
    any_town.keep()
    assert any_town.state(stream).step is Step.FORGOTTEN


def test_what_is_forgotten_stands_in_no_table_and_opens_with_no_key(any_town: Town, box: Mailbox) -> None:
    stream = any_town.subscribe(ANN)
    any_town.open()
    any_town.mail(box)
    address = any_town.state(stream).address
    any_town.end(stream)
    any_town.keep()
    any_town.keep()
    desk = any_town.running.desk
    assert any_town.state(stream).step is Step.FORGOTTEN
    assert address is not None
    assert isinstance(desk.log.text(address), Erased)  # type: ignore[arg-type]
    with desk.keys._engine.connect() as connection:
        assert connection.scalar(select(KEYS.c.wrapped).where(KEYS.c.owner == stream)) is None
    assert [*desk.log.under(desk.keys.ids_of([stream]), desk.log.head())] == []
    with any_town.running.views.connect() as connection:
        assert ANN not in everything(connection)


def everything(connection: Connection) -> str:
    tables = MetaData()
    tables.reflect(connection)
    return "".join(str(row) for table in tables.sorted_tables for row in connection.execute(select(table)))


def test_what_nobody_wants_to_hear_is_done_at_once(town: Town) -> None:
    town.subscribe(ANN, "web")
    town.open()
    town.keep()
    assert town.done() == [(0, 0)]


def test_what_is_no_news_any_more_is_told_to_nobody(any_town: Town, box: Mailbox) -> None:
    any_town.subscribe(ANN)
    any_town.open()
    any_town.running.clock.now += STALE
    any_town.mail(box)
    any_town.keep()
    assert (box.got, any_town.done()) == ([], [(0, 1)])


def test_a_mailing_is_done_once(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.open()
    town.mail(box)
    for _ in range(3):
        town.keep()
        town.forget_deliveries()
    assert town.done() == [(1, 0)]


def test_what_was_told_late_of_the_past_is_news(town: Town, box: Mailbox) -> None:
    town.subscribe(ANN)
    town.open(at=town.running.clock.now - 5 * DAY)
    town.mail(box)
    assert len(box.got) == 1


def test_no_receiver_that_is_slow_holds_up_what_is_to_be_forgotten(town: Town, sqlite_settings: Settings) -> None:
    loops = work_loops(town.running.desk, town.running.views, sqlite_settings)
    assert {"lapses", "forgetting", "mailings"} in [{job.name for job in loop.jobs} for loop in loops]
