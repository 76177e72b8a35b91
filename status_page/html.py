"""From values to HTML: complete in itself, the style and the one small script inside, no other host."""

import base64
import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from domain.component import ComponentStatus
from domain.configuration.component import ComponentDefined
from domain.event import Source
from projections import trail
from projections.words import word
from status_page import terms, words
from status_page.edition import Edition
from status_page.words import LANGUAGES, NONE, Language

HERE: Final = Path(__file__).parent
CSS: Final = " ".join((HERE / "static/glasno.css").read_text().split())


def _script(*names: str) -> str:
    """As `render` leaves it, whose hash the policy tells: no blanks around a line, no empty one."""
    lines = (line.strip() for name in names for line in (HERE / "static" / name).read_text().splitlines())
    return "\n".join(line for line in lines if line)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


SCRIPT: Final = _script("glasno.js")
VERIFY: Final = Markup(_script("verify_log.js", "verify_uptime.js", "verify.js"))  # noqa: S704 -- a file of ours
"""The script of one page alone."""
CSS_HASH: Final = _hash(CSS)
SCRIPT_HASH: Final = _hash(SCRIPT)
VERIFY_HASH: Final = _hash(VERIFY)
"""What the Content-Security-Policy allows instead of anything else that is inline."""

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STATES: Final = (*ComponentStatus, None)
ASSERTED: Final = (Source.SIMULATION, Source.IMPORT)
"""Where events come from that the operator asserts, and nothing bounds in time."""


def render(template: str, edition: Edition, language: Language, path: str, **values: Any) -> bytes:
    """A page in one language; `path` is its address without the language."""
    told = TEMPLATES.get_template(f"{template}.html.j2").render(
        edition=edition,
        language=language,
        path=path,
        query=f"?at={words.exact_instant(edition.at)}" if edition.mark.is_past else "",
        css=Markup(CSS),  # noqa: S704 -- a file of ours
        script=Markup(SCRIPT),  # noqa: S704 -- a file of ours
        languages=LANGUAGES,
        states=STATES,
        nothing=NONE[language],
        site_name=words.site_name(edition.configured.state.page, language),
        sources=edition.once("sources", partial(_sources, edition)),
        **_spoken(edition, language),
        **values,
    )
    return "\n".join(line for line in map(str.strip, told.splitlines()) if line).encode()


def _sources(edition: Edition) -> list[Source]:
    known = trail.sources_of(edition.connection, [each.value for each in ASSERTED], edition.position)
    return [Source(each) for each in known]


def _spoken(edition: Edition, language: Language) -> Mapping[str, Any]:
    """The functions of `words`, for this language and zone."""
    calendars = edition.configured.calendars
    return {
        "word": partial(word, language=language),
        "state_word": partial(words.state_word, language=language),
        "percent": partial(words.percent, language=language),
        "number": partial(words.number, language=language),
        "instant": partial(words.instant, language=language, zone=edition.zone),
        "day": partial(words.day, language=language),
        "clock_time": partial(words.clock_time, zone=edition.zone),
        "elapsed": partial(words.elapsed, language=language),
        "impact_word": partial(words.impact_word, language=language),
        "component_name": partial(_component_name, edition, language),
        "machine_instant": words.machine_instant,
        "offset": words.offset(edition.at, edition.zone),
        "month_name": partial(words.month_name, language=language),
        "classes": partial(words.classes, language=language),
        "hours": lambda ref: words.hours(calendars[ref], language),
        "duration": lambda promise: words.duration(
            promise.duration, language, in_days=words.is_round_the_clock(calendars[promise.calendar])
        ),
        "said": lambda said: words.said(edition.texts(said), language),
        **terms.spoken(calendars, language),
    }


def _component_name(edition: Edition, language: Language, key: str) -> str:
    """What a component is called now; its key if it is not on the page any more."""
    defined = edition.configured.state.of(ComponentDefined).get(key)
    return getattr(defined.label, language) if defined else key
