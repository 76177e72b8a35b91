"""`/history.rss`: the feed in RSS 2.0; an item is dated by what was told of it last, so that readers see it again."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

from domain.instant import Instant
from domain.opening_hours import EPOCH
from status_page.edition import Edition
from status_page.files.feed import feed_xml
from status_page.words import Language


def document(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The feed."""
    return feed_xml("history.rss.xml.j2", edition, language, "/history.rss", dated=_dated)


def _dated(at: Instant) -> str:
    """As in RFC 5322, 3.3."""
    return format_datetime(EPOCH + timedelta(milliseconds=at))
