"""What is wrong with a part of a request, in words: by the type of error that pydantic or `api.types` gives it."""

from collections.abc import Mapping
from typing import Any, Final

from api.language import Language

OBJECT: Final = ("expected a JSON object", "нужен объект JSON")
TEXT: Final = ("expected a text", "нужен текст")
WHOLE: Final = ("expected a whole number", "нужно целое число")
YES_OR_NO: Final = ("expected true or false", "нужно true или false")

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("it is missing", "не указано"),
    "extra_forbidden": ("nobody knows what this is: leave it out", "такого здесь нет: уберите"),
    "model_attributes_type": OBJECT,
    "model_type": OBJECT,
    "dict_type": OBJECT,
    "list_type": ("expected a list", "нужен список"),
    "string_type": TEXT,
    "string_unicode": ("it holds half of a character", "есть половина символа"),
    "string_too_short": ("too short: at least {min_length}", "слишком коротко: не меньше {min_length}"),
    "string_too_long": ("too long: at most {max_length}", "слишком длинно: не больше {max_length}"),
    "too_short": ("too few: at least {min_length}", "слишком мало: не меньше {min_length}"),
    "too_long": ("too many: at most {max_length}", "слишком много: не больше {max_length}"),
    "string_pattern_mismatch": ("it does not fit {pattern}", "не соответствует {pattern}"),
    "enum": ("expected {expected}", "допустимо: {expected}"),
    "literal_error": ("expected {expected}", "допустимо: {expected}"),
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "greater_than": ("it must be more than {gt}", "должно быть больше {gt}"),
    "greater_than_equal": ("at least {ge}", "не меньше {ge}"),
    "less_than": ("it must be less than {lt}", "должно быть меньше {lt}"),
    "less_than_equal": ("at most {le}", "не больше {le}"),
    "no_instant": (
        "expected an RFC 3339 date-time, for example {example}; in an address + is written %2B",
        "нужны дата и время по RFC 3339, например {example}; в адресе знак + пишется %2B",
    ),
    "instant_out_of_range": ("expected an instant from 1970 to 9999", "нужно время с 1970 по 9999 год"),
    "nul_character": ("the character U+0000 cannot be kept", "символ U+0000 сохранить нельзя"),
    "several_lines": (
        "expected one line, without control characters",
        "нужна одна строка без управляющих символов",
    ),
    "white_space_alone": ("there is nothing but white space", "здесь одни пробелы"),
}
"""Each in English and Russian; names in braces are the error's own facts."""


def in_words(error: Mapping[str, Any], language: Language) -> str:
    """The mistake in the language; pydantic's own English where there are no words."""
    if error["type"] not in WORDS:
        return str(error["msg"])
    english, russian = WORDS[error["type"]]
    facts = error.get("ctx", {})
    if language == "en":
        return english.format_map(facts)
    return russian.format_map(facts).replace("' or '", "' или '")
