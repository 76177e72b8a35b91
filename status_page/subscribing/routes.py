"""Where subscriptions are asked for and kept, and what answers there."""

import re
from collections.abc import Callable
from functools import partial

from status_page.files.statuspage_subscribers import subscriber, subscribers
from status_page.subscribing.asked import Answer, answering
from status_page.subscribing.pages import Source, subscribe_page, subscription_page
from status_page.words import LANGUAGES, Language

LOCALISED = rf"(?:/(?P<language>{'|'.join(LANGUAGES)}))?"


def subscribing(source: Source, preferred: Callable[[str], Language]) -> list[tuple[re.Pattern[str], Answer]]:
    """Addresses, and what answers there."""
    answers = partial(answering, source.press, preferred)
    return [
        (re.compile(f"{LOCALISED}/subscribe"), answers("GET, HEAD, POST", partial(subscribe_page, source))),
        (
            re.compile(f"{LOCALISED}/subscription/(?P<text>[^/]*)"),
            answers("GET, HEAD, POST", partial(subscription_page, source)),
        ),
        (re.compile(r"/api/v2/subscribers\.json"), answers("GET, POST", partial(subscribers, source))),
        (
            re.compile(r"/api/v2/subscribers/(?P<code>[a-z0-9]{12})\.json"),
            answers("DELETE", partial(subscriber, source)),
        ),
    ]
