"""`/llms.txt`: what is here and how to read it, for language models (llmstxt.org)."""

from collections.abc import Mapping
from typing import Final

from status_page.edition import Edition
from status_page.former import former_logs
from status_page.html import TEMPLATES
from status_page.pages.front import overall_of
from status_page.words import Language, machine_instant, site_name, state_word

SPOKEN: Final[Language] = "en"


def document(edition: Edition, _: Language, __: Mapping[str, str]) -> bytes:
    """The text (Markdown), in English."""
    told = TEMPLATES.get_template("llms.md.j2").render(
        address=edition.address,
        is_copy=edition.mark.is_copy,
        headline=overall_of(edition).headline(SPOKEN),
        at=machine_instant(edition.at),
        zone=edition.zone,
        position=edition.position,
        name=site_name(edition.configured.state.page, SPOKEN),
        former=[each.told(SPOKEN) for each in former_logs(edition.desk)],
        components=[(each.key, each.en, state_word(each.status, SPOKEN)) for each in edition.components],
    )
    return told.encode()
