"""The work loops of a desk: what is done without anybody asking. Only the holder of the work lock runs them.

Each loop is to run on a thread of its own: a receiver that is slow to answer delays no breach and nobody else's news.
"""

from typing import Any, Final

from sqlalchemy import Engine

from monitoring import heartbeats
from service.alerts.answering import answering
from service.alerts.case import Duty
from service.alerts.herald import Herald
from service.alerts.reconciling import reconciling
from service.alerts.settling import settling
from service.alerts.silencing import silencing
from service.clock_guard import clock_guard
from service.erasing import erasing, passing_on
from service.jobs import Job, Loop
from service.mail import Postman
from service.months import fixing
from service.retaining import retaining
from service.settings import Settings
from service.steady_clock import wall
from service.subscribers import deliveries
from service.subscribers.by_mail import by_mail
from service.subscribers.by_webhook import by_webhook
from service.subscribers.keeping import keeping
from service.subscribers.telling import inviting, telling
from service.timers import amending, maintaining, standing_in, ticking
from service.webhooks import delivering
from store.desk import Desk

HANDS: Final = 8
"""Webhooks of subscribers that are called at a time."""


def work_loops(desk: Desk, views: Engine, settings: Settings) -> list[Loop]:
    """The loops over views that somebody else keeps up to date; each runs until the event is set, see `Loop.run`."""
    jobs = ticking, maintaining, standing_in, amending, fixing
    timed: list[Job[Any]] = [job(desk, views) for job in jobs]
    guard = clock_guard(wall, views)
    return [
        Loop(timed, desk.now, guard.agree),
        Loop([delivering(desk, views, allow_private=settings.webhooks_allow_private)], desk.now),
        Loop([passing_on(desk, views), erasing(desk, views)], desk.now),
        Loop([retaining(desk, views)], desk.now, clock_guard(wall, views).agree),
        *_of_alerts(desk, views, settings),
        *_of_subscribers(desk, views, settings),
    ]


def _of_alerts(desk: Desk, views: Engine, settings: Settings) -> list[Loop]:
    """What needs Alertmanager has a loop of its own: it may be slow."""
    heartbeats.prepare(views)
    herald = Herald(desk, allow_private=settings.webhooks_allow_private)
    duty = Duty(desk, views, herald, answered=desk.log.head())
    asked = [reconciling(duty), silencing(duty)]
    return [Loop([answering(duty), settling(duty)], desk.now), Loop(asked, desk.now)]


def _of_subscribers(desk: Desk, views: Engine, settings: Settings) -> list[Loop]:
    deliveries.prepare(views)
    address, allow_private = settings.public_address, settings.webhooks_allow_private
    hooks = by_webhook(desk, views, address, allow_private=allow_private)
    loops = [
        Loop(keeping(desk, views), desk.now),
        Loop([inviting(hooks), telling(hooks)], desk.now, hands=HANDS),
    ]
    if settings.post is None:
        return loops
    postman = Postman(settings.post, desk.now)
    mails = by_mail(desk, views, postman, address)
    return [*loops, Loop([inviting(mails), telling(mails)], desk.now, postman.is_ready)]
