"""What only one process of a desk does at a time: on SQLite whoever holds the work lock, on PostgreSQL role by role."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial

from sqlalchemy import Engine

from monitoring.metrics import ALERTS_PARKED_AGE, CLOCKS_DISAGREE, INTEGRITY_FORKED, LEASE_HELD, MAILINGS_UNDER_WAY
from projections.database import in_role
from projections.engine import Projector
from service.build import desk_in_role
from service.evidence import Signing
from service.leading import INBOX, ROLES, Leading, Role, kind_of
from service.probing import Probing
from service.process import Worker
from service.settings import Settings
from service.views import bell_of
from service.work import work_loops
from store.desk import Desk
from store.lease import Lease, holding


def workers_of(settings: Settings, desk: Desk, views: Projector) -> Sequence[Worker]:
    """Keep the views, sign the log, do what is due, probe, take in: all of it here, or what no other process does."""
    if settings.database_url:
        return [Leading(settings.database_url, _roles(settings, desk, views)).run]
    for role in (*ROLES, INBOX) if settings.nats else ROLES:
        LEASE_HELD.labels(kind_of(role)).set(1)
    loops = work_loops(desk, views.engine, settings)
    works = [*(loop.run for loop in loops), Signing(settings, desk).run, Probing(desk, views.engine).run]
    return [partial(views.run, bell_of(settings)), *works, *_taking_of(settings)(desk, views.engine)]


def _roles(settings: Settings, desk: Desk, views: Projector) -> Mapping[str, Role]:
    """What each does while it leads; what it stores in its role is refused once another one does.

    All of its code is brought in here: when it comes to lead, the files may already be those of a newer version.
    """
    taking = _taking_of(settings)

    @contextmanager
    def keep_views(_: Lease) -> Iterator[Sequence[Worker]]:
        """Needs no lease to be safe: a batch counts from the checkpoint that it moves, in one transaction."""
        with closing(bell_of(settings)) as bell:
            yield [partial(views.run, bell)]

    @contextmanager
    def sign(lease: Lease) -> Iterator[Sequence[Worker]]:
        with closing(Signing(settings, desk, partial(holding, settings.database_url, lease))) as signing:
            yield [signing.run]
        INTEGRITY_FORKED.set(0)

    @contextmanager
    def time(lease: Lease) -> Iterator[Sequence[Worker]]:
        with closing(desk_in_role(settings, lease)) as own:
            yield [loop.run for loop in work_loops(own, in_role(views.engine, lease), settings)]
        for told in (CLOCKS_DISAGREE, MAILINGS_UNDER_WAY, ALERTS_PARKED_AGE):
            told.set(0)

    @contextmanager
    def probe(lease: Lease) -> Iterator[Sequence[Worker]]:
        with closing(desk_in_role(settings, lease)) as own:
            yield [Probing(own, in_role(views.engine, lease)).run]

    @contextmanager
    def take_in(lease: Lease) -> Iterator[Sequence[Worker]]:
        with closing(desk_in_role(settings, lease)) as own:
            yield taking(own, in_role(views.engine, lease))

    every = dict(zip(ROLES, (keep_views, sign, time, probe), strict=True))
    return {**every, INBOX: take_in} if settings.nats else every


def _taking_of(settings: Settings) -> Callable[[Desk, Engine], Sequence[Worker]]:
    server = settings.nats
    if server is None:
        return lambda *_: []
    from service.inbox.taking import taking  # noqa: PLC0415 -- the client of NATS, which most desks do without

    return lambda desk, views: [taking(desk, views, server)]
