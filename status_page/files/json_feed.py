"""`/feed.json`: the feed in JSON Feed 1.1."""

from collections.abc import Mapping
from typing import Any

import msgspec

from status_page.edition import Edition
from status_page.files.feed import Entry, feed
from status_page.files.told import address_of
from status_page.words import Language, machine_instant


def document(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The feed."""
    told = feed(edition, language)
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": told.title,
            "home_page_url": told.home,
            "feed_url": address_of(edition, "/feed.json", language),
            "language": language,
            "items": [_item(each) for each in told.entries],
        }
    )


def _item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.content,
        "date_published": machine_instant(entry.published),
        "date_modified": machine_instant(entry.updated),
        "tags": entry.components,
    }
