"""The words of mails, in Russian and English, as text and as HTML."""

from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(("html.j2",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Written(NamedTuple):
    """The body of a mail in both of its forms."""

    text: str
    html: str


def written(template: str, **values: Any) -> Written:
    """The mail of a template."""
    text, html = (TEMPLATES.get_template(f"{template}.{form}.j2").render(**values) for form in Written._fields)
    return Written(text.strip() + "\n", html.strip() + "\n")
