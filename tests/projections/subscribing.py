"""Subscriptions as people make them; each is named after the command that asked for it."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from domain.event import Content, Id
from domain.subscription import (
    Proof,
    Step,
    SubscriptionChannel,
    SubscriptionEnd,
    change,
    confirm,
    end,
    forget,
    give_up,
    request,
)
from store.streams import Command
from tests.projections.story import Story

EMAIL: Final = SubscriptionChannel.EMAIL
KNOWN: Final = frozenset({"web", "mail"})


def ask(story: Story, stream: Id, *components: str, channel: SubscriptionChannel = EMAIL) -> Id:
    """Of an address of its own."""
    to = f"{stream}@example.org" if channel is EMAIL else f"https://example.org/{stream}"
    facts: dict[str, Any] = {"channel": channel, "address": Content(stream, {"address": to}), "language": "ru"}
    do(story, stream, request, components=frozenset(components), known=KNOWN, **facts)
    return stream


def asked(story: Story, *components: str, channel: SubscriptionChannel = EMAIL) -> Id:
    """Not confirmed."""
    return ask(story, uuid4().hex, *components, channel=channel)


def subscribe(story: Story, *components: str, channel: SubscriptionChannel = EMAIL) -> Id:
    """Confirmed."""
    stream = asked(story, *components, channel=channel)
    do(story, stream, confirm, proof=Proof.LINK)
    return stream


def wish(story: Story, stream: Id, *components: str) -> None:
    """To be told of others, in another language."""
    do(story, stream, change, components=frozenset(components), known=KNOWN, language="en")


def unsubscribe(story: Story, stream: Id) -> None:
    do(story, stream, end, why=SubscriptionEnd.UNSUBSCRIBED)


def fail(story: Story, stream: Id, mailing: str = "1" * 32) -> None:
    do(story, stream, give_up, mailing=mailing, attempts=7, why="timed_out")


def lose(story: Story, stream: Id) -> None:
    """What ended is forgotten."""
    if story.desk.subscriptions.load(stream)[0].step is Step.ENDED:
        story.desk.keys.destroy(stream, story.clock.now)
        do(story, stream, forget)


def do(story: Story, stream: Id, decide: Callable[..., Any], **facts: Any) -> None:
    story.desk.subscriptions.act(Command(uuid4().hex), stream, decide, at=story.clock.now, **facts)
