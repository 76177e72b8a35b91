"""What is announced to everybody: in Russian, in English, or in both."""

from collections.abc import Mapping
from typing import Final

from domain.event import Content, Id
from domain.refusal import Refused

LANGUAGES: Final = ("ru", "en")


def announced(owner: Id, field: str, text: Mapping[str, str]) -> Content:
    """The text under the key of the incident or of the works that it belongs to; languages without words are left out.

    Refused: `language_unknown`; `text_missing` if there are words in no language.
    """
    for language in sorted(text.keys() - set(LANGUAGES)):
        raise Refused("language_unknown", language=language, known=", ".join(LANGUAGES))
    said = {language: text[language] for language in LANGUAGES if text.get(language, "").strip()}
    if not said:
        raise Refused("text_missing", field=field)
    return Content(owner, said)
