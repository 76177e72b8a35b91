"""`/history.atom`: the feed in Atom (RFC 4287)."""

from collections.abc import Mapping

from status_page.edition import Edition
from status_page.files.feed import feed_xml
from status_page.words import Language


def document(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The feed."""
    return feed_xml("history.atom.xml.j2", edition, language, "/history.atom")
