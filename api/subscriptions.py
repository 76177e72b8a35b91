"""Subscriptions: asked for by anybody, kept by whoever has the link that was sent, listed for the staff."""

from dataclasses import replace
from typing import Annotated, Final, TypeAlias

from fastapi import Body, Depends, Path, Query, Request
from pydantic import Field

from api.deps import TheAsker, TheDesk
from api.language import Language, preferred
from api.limits import Allowance
from api.problems import problems, sentence
from api.public import FOR_ANYBODY, Anybody
from api.reading import Cursor, Limit, Reader, our_cursor, reading_now
from api.receipts import Asked, IdempotencyKey, TheBody, once, what_is_asked
from api.routing import routes
from api.types import In, InstantOut, Key, Out
from domain.event import Id
from domain.instant import HOUR, MINUTE, Instant
from domain.refusal import Refused
from domain.subscription import Event, Step, Subscription, SubscriptionChannel, SubscriptionEnd
from domain.token import TokenScope
from domain.web_address import LONGEST
from projections import cursor as cursors
from projections import subscribers
from projections.engine import Projector
from projections.subscribers import DeadLetter, Subscriber
from store.desk import Desk
from store.reception import LONGEST_BODY, MOST_COMPONENTS, Reception, Wish
from store.streams import Acted
from store.subscribing import text_of
from store.subscriptions import address_of, signing_secret, subscription_by
from store.webhook_secrets import secret_text

router = routes("/v1/subscriptions", "subscriptions", 400, 401, 422, 429, 503)
LIVING: Final = (Step.REQUESTED, Step.CONFIRMED)

Components: TypeAlias = Annotated[
    list[Key], Field(max_length=MOST_COMPONENTS, description="Their keys; none: everything", examples=[["portal"]])
]
Text: TypeAlias = Annotated[
    str,
    Path(
        description="What stands in the link that the subscriber was sent",
        examples=["x" * 43],
        json_schema_extra={"pattern": "^[A-Za-z0-9_-]{43}$"},
    ),
]


class WishIn(In):
    """Who wants to be told, and of what."""

    channel: SubscriptionChannel
    address: Annotated[str, Field(min_length=1, max_length=LONGEST, description="An e-mail address, or a URL")]
    components: Components = Field(default_factory=list)
    language: Language | None = Field(default=None, description="None: that of the request")


class WishesIn(In):
    """What is to be told from now on; what is left out stays as it is."""

    components: Components | None = None
    language: Language | None = None


class RequestedOut(Out):
    """A request; nothing is told before the address has confirmed it."""

    id: Id
    state: Step
    ends_at: InstantOut | None = Field(description="When it ends by itself unless it is confirmed before")
    secret: str | None = Field(description="What webhooks are signed with (Standard Webhooks); told here alone")


class SubscriptionOut(Out):
    """A subscription as it stands."""

    id: Id
    state: Step
    channel: SubscriptionChannel
    address: str | None = Field(description="None if it was destroyed, or cannot be read")
    components: list[str] = Field(description="None: everything")
    language: str
    requested_at: InstantOut
    ends_at: InstantOut | None = Field(description="When it ends by itself unless it is confirmed before")
    failures: int = Field(description="Announcements in a row that could not be delivered")


class SubscriberOut(SubscriptionOut):
    """A subscription as the staff sees it."""

    is_invited: bool = Field(description="Whether what asks for the confirmation arrived")
    confirmed_at: InstantOut | None
    why: SubscriptionEnd | None = Field(description="Why it ended")


class DeadLetterOut(Out):
    """An announcement that could not be delivered."""

    subscription: Id
    mailing: Id
    at: InstantOut
    attempts: int
    why: str


class Subscribers(Out):
    """A page of subscriptions, the oldest first."""

    items: list[SubscriberOut]
    dead_letters: list[DeadLetterOut] = Field(description="Of all that are still subscribed, the newest first")
    cursor: str | None = Field(description="For the next page; None if this is the last one")


EMAIL = {"value": {"channel": "email", "address": "duty@example.org", "components": ["uplink"], "language": "en"}}
WEBHOOK = {"value": {"channel": "webhook", "address": "https://example.org/status"}}
ALL = {"value": {"components": [], "language": "ru"}}


def reception_of(desk: Desk, views: Projector, *, offers_mail: bool) -> Reception:
    """Whoever asks may do so five times at once and then every minute, for one address three times in an hour."""

    def waiting() -> int:
        with views.engine.connect() as connection:
            return subscribers.count(connection, Step.REQUESTED)

    of_asker, of_address = Allowance(5, MINUTE), Allowance(3, HOUR // 3)
    return Reception(desk, offers_mail, waiting, of_asker.take, of_address.take, sentence)


def the_reception(request: Request) -> Reception:
    """Where requests come in."""
    reception: Reception = request.app.state.reception
    return reception


async def what_anybody_asks(
    request: Request, asker: Anybody, body: TheBody, idempotency_key: IdempotencyKey = None
) -> Asked:
    """The request; the keys of strangers are told apart by the addresses that they come from."""
    if len(body) > LONGEST_BODY:
        raise Refused("body_too_large")
    told_apart = replace(asker, token=asker.token or _host(request))
    return await what_is_asked(request, told_apart, idempotency_key)


TheReception: TypeAlias = Annotated[Reception, Depends(the_reception)]


@router.post(
    "",
    status_code=202,
    summary="Ask to be told of announcements",
    operation_id="requestSubscription",
    openapi_extra=FOR_ANYBODY,
    responses=problems(404, 413),
)
def post_subscription(
    *,
    request: Request,
    desk: TheDesk,
    reception: TheReception,
    asked: Annotated[Asked, Depends(what_anybody_asks)],
    body: Annotated[WishIn, Body(openapi_examples={"webhook": WEBHOOK, "email": EMAIL})],
) -> RequestedOut:
    """For anybody. Whether the address is subscribed already no answer tells."""
    language = body.language or preferred(request.headers.get("accept-language", ""))
    wish = Wish(body.channel, body.address, frozenset(body.components), language)
    acted = once(
        desk, asked, desk.subscriptions, asked.command, lambda command: reception.take(wish, _host(request), command)
    )
    return _requested(desk, asked.command, acted)


@router.get("", summary="Who is subscribed", operation_id="listSubscriptions", responses=problems(403))
def list_subscriptions(
    *,
    desk: TheDesk,
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_now(subscribers.NAME))],
    state: Annotated[list[Step], Query(max_length=len(Step))] = list(LIVING),  # noqa: B006 -- pydantic copies it
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Subscribers:
    """With their addresses, for administrators."""
    asker.demand(TokenScope.PEOPLE_WRITE)
    with our_cursor(), reader.open() as reading:
        after = _after(cursor)
        found = subscribers.page(reading.connection, steps=state, after=after, limit=limit + 1)
        dead = subscribers.dead_letters(reading.connection)
    last = found[limit - 1] if len(found) > limit else None
    return Subscribers(
        items=[_subscriber(desk, each) for each in found[:limit]],
        dead_letters=[_dead(each) for each in dead],
        cursor=last and cursors.written(last.requested_at, last.stream),
    )


@router.get(
    "/{text}",
    summary="A subscription",
    operation_id="getSubscription",
    openapi_extra=FOR_ANYBODY,
    responses=problems(404),
)
def get_subscription(desk: TheDesk, _: Anybody, text: Text) -> SubscriptionOut:
    """For whoever has its link."""
    return _subscription(desk, subscription_by(desk, text))


@router.patch(
    "/{text}",
    summary="Be told of something else",
    operation_id="changeSubscription",
    openapi_extra=FOR_ANYBODY,
    responses=problems(404, 410, 413),
)
def patch_subscription(
    desk: TheDesk,
    reception: TheReception,
    _: Anybody,
    text: Text,
    body: Annotated[WishesIn, Body(openapi_examples={"all": ALL})],
) -> SubscriptionOut:
    """Other components, another language; for whoever has its link."""
    stream = subscription_by(desk, text)
    known = desk.subscriptions.load(stream)[0]
    wanted = frozenset(known.components if body.components is None else body.components)
    reception.change(stream, wanted, body.language or known.language)
    return _subscription(desk, stream)


@router.delete(
    "/{text}",
    summary="Unsubscribe",
    operation_id="endSubscription",
    openapi_extra=FOR_ANYBODY,
    responses=problems(404),
)
def delete_subscription(desk: TheDesk, reception: TheReception, _: Anybody, text: Text) -> SubscriptionOut:
    """Nothing more is sent, and the address is destroyed; for whoever has its link."""
    stream = subscription_by(desk, text)
    reception.end(stream)
    return _subscription(desk, stream)


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _requested(desk: Desk, stream: Id, acted: Acted[Subscription, Event]) -> RequestedOut:
    is_signed = acted.state.channel is SubscriptionChannel.WEBHOOK
    secret = secret_text(signing_secret(desk, stream)) if is_signed else None
    return RequestedOut(id=stream, state=acted.state.step, ends_at=acted.state.ends_at, secret=secret)


def _subscription(desk: Desk, stream: Id) -> SubscriptionOut:
    state = desk.subscriptions.load(stream)[0]
    return SubscriptionOut(
        id=stream,
        state=state.step,
        channel=state.channel,
        address=address_of(desk, state),
        components=list(state.components),
        language=state.language,
        requested_at=state.requested_at,
        ends_at=state.ends_at,
        failures=len(state.undelivered),
    )


def _subscriber(desk: Desk, found: Subscriber) -> SubscriberOut:
    return SubscriberOut(
        id=found.stream,
        state=found.step,
        channel=found.channel,
        address=text_of(desk.log, found.address),
        components=list(found.components),
        language=found.language,
        requested_at=found.requested_at,
        ends_at=found.ends_at,
        failures=found.failures,
        is_invited=found.is_invited,
        confirmed_at=found.confirmed_at,
        why=found.why,
    )


def _dead(letter: DeadLetter) -> DeadLetterOut:
    return DeadLetterOut(
        subscription=letter.stream, mailing=letter.mailing, at=letter.at, attempts=letter.attempts, why=letter.why
    )


def _after(cursor: str | None) -> tuple[Instant, Id]:
    at, stream = cursors.read(cursor, int, str) if cursor else (-1, "")
    return at, stream
