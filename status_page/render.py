"""From the page's value to its HTML, complete in itself: one request, no script, no other host."""

import base64
import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.component import ComponentStatus
from projections.words import word
from status_page import words
from status_page.page import Page
from status_page.words import HEADLINES, LANGUAGES, NONE, Language

HERE: Final = Path(__file__).parent
CSS: Final = " ".join((HERE / "static/glasno.css").read_text().split())
CSS_HASH: Final = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
"""What the Content-Security-Policy allows instead of any inline style."""

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STATES: Final = (*ComponentStatus, None)


def html(page: Page, language: Language, address: str) -> bytes:
    """The page in one language; `address` is where the desk is published, without a slash at its end."""
    told = TEMPLATES.get_template("page.html.j2").render(
        page=page,
        language=language,
        address=address,
        css=Markup(CSS),  # noqa: S704 -- a file of ours
        headline=HEADLINES[language][page.state],
        languages=LANGUAGES,
        states=STATES,
        nothing=NONE[language],
        **_spoken(page, language),
    )
    return "\n".join(line for line in map(str.strip, told.splitlines()) if line).encode()


def _spoken(page: Page, language: Language) -> Mapping[str, Any]:
    """The functions of `words`, for this language and zone."""
    return {
        "word": partial(word, language=language),
        "state_word": partial(words.state_word, language=language),
        "percent": partial(words.percent, language=language),
        "number": partial(words.number, language=language),
        "instant": partial(words.instant, language=language, zone=page.zone),
        "machine_instant": words.machine_instant,
        "offset": words.offset(page.at, page.zone),
        "month_name": partial(words.month_name, language=language),
        "classes": partial(words.classes, language=language),
        "hours": lambda ref: words.hours(page.calendars[ref], language),
        "duration": lambda promise: words.duration(
            promise.duration, language, in_days=words.is_round_the_clock(page.calendars[promise.calendar])
        ),
    }
