"""What the tests of subscriptions find in the log, as the mail would bring it."""

from domain.subscription import Subscription, SubscriptionRequested
from store.subscriptions import link_of
from tests.status_page.stage import Stage


def requested(stage: Stage) -> list[str]:
    """The subscriptions, the oldest first."""
    events = stage.story.desk.log.read_all(limit=10_000)
    return [each.stream for each in events if isinstance(each.event, SubscriptionRequested)]


def link(stage: Stage, language: str = "en") -> str:
    """What the newest one's mail leads to."""
    return f"/{language}/subscription/{link_of(stage.story.desk, requested(stage)[-1])}"


def newest(stage: Stage) -> Subscription:
    return stage.story.desk.subscriptions.load(requested(stage)[-1])[0]
