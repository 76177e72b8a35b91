"""The feed of all that was announced, whatever its format: one entry per incident or works, revised in place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.instant import Instant
from projections.incidents import Incident
from projections.words import word
from status_page import words
from status_page.edition import Edition
from status_page.files.told import address_of, body_of, changed_at, founding, lasting_id, name_of, title_of
from status_page.html import TEMPLATES
from status_page.words import Language, site_name

NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, in whatever writing (XML 1.0, 2.2)."""


@dataclass(frozen=True)
class Entry:
    """An incident or works."""

    id: str
    """A URN (RFC 9562, 4): the same for ever."""
    url: str
    title: str
    published: Instant
    """When it began, of works when they were announced."""
    updated: Instant
    """When anything about it was told last."""
    content: str
    """HTML: all updates, newest first."""
    components: Sequence[str]
    """Their names."""


@dataclass(frozen=True)
class Feed:
    """The newest entries first."""

    id: str
    title: str
    language: Language
    home: str
    updated: Instant
    entries: Sequence[Entry]


def feed(edition: Edition, language: Language) -> Feed:
    """What was announced, in one language; what was never said in it is told in the other one."""
    founded = founding(edition)
    entries = [_entry(edition, each, language, founded.desk) for each in edition.newest]
    return Feed(
        id=lasting_id(founded.desk, f"history/{language}").urn,
        title=site_name(edition.configured.state.page, language),
        language=language,
        home=f"{edition.address}/{language}/history",
        updated=max((each.updated for each in entries), default=founded.at),
        entries=entries,
    )


def xml(template: str, **values: Any) -> bytes:
    """A document made by a template, without the characters that XML does not have."""
    return NOT_XML.sub("", TEMPLATES.get_template(template).render(**values)).encode()


def feed_xml(template: str, edition: Edition, language: Language, path: str, **values: Any) -> bytes:
    """The feed at an address, made by a template."""
    address = address_of(edition, path, language)
    return xml(template, feed=feed(edition, language), address=address, machine=words.machine_instant, **values)


def _entry(edition: Edition, incident: Incident, language: Language, desk: str) -> Entry:
    return Entry(
        id=lasting_id(desk, f"incident/{incident.code}").urn,
        url=f"{edition.address}/{language}/incidents/{incident.code}",
        title=title_of(edition, incident, language),
        published=incident.started_at,
        updated=changed_at(incident),
        content=_content(edition, incident, language),
        components=[name_of(edition, each, language) for each in incident.components],
    )


def _content(edition: Edition, incident: Incident, language: Language) -> str:
    told = TEMPLATES.get_template("entry.html.j2").render(
        language=language,
        each=incident,
        zone=edition.zone,
        body=lambda update: body_of(edition, update, language),
        name=lambda key: name_of(edition, key, language),
        word=lambda value: word(value, language),
        state_word=lambda state: words.state_word(state, language),
        instant=lambda at: words.instant(at, language, edition.zone),
        machine=words.machine_instant,
    )
    return told.strip()
