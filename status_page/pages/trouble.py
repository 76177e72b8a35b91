"""What is told where there is no document: why, and where to go on."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from status_page.html import TEMPLATES
from status_page.words import Language

Trouble: TypeAlias = Literal[
    "instant", "ahead", "missing", "missing_then", "link", "subscription", "long", "busy", "away"
]  # fmt: skip

WORDS: Final[Mapping[Trouble, tuple[str, str, str, str]]] = {
    "instant": (
        "This is no instant",
        "Write at=2026-03-31T23:59Z, or at=2026-03-31 for the end of a day.",
        "Это не момент времени",
        "Напишите at=2026-03-31T23:59Z или at=2026-03-31, если нужен конец дня.",
    ),
    "ahead": (
        "This is still to come",
        "Only what was published in the past can be shown.",
        "Это ещё не наступило",
        "Показать можно только то, что уже было опубликовано.",
    ),
    "missing": (
        "There is no such page",
        "It may have been another address. Everything that is published can be found from the first page.",
        "Такой страницы нет",
        "Возможно, ошибка в адресе. Всё, что опубликовано, можно найти с первой страницы.",
    ),
    "missing_then": (
        "There was no such page then",
        "It was published later, or nothing was published yet.",
        "Такой страницы тогда не было",
        "Её опубликовали позже, или тогда ещё ничего не публиковалось.",
    ),
    "link": (
        "This link shows nothing",
        "It has expired or was withdrawn, or its address is not complete. Ask whoever gave it to you for a new one.",
        "Эта ссылка ничего не показывает",
        "Её срок истёк, её отозвали или её адрес неполный. Попросите новую у того, кто её вам дал.",
    ),
    "subscription": (
        "There is no such subscription",
        "The address may not be complete: open the link as it stands in the message. Or subscribe anew.",
        "Такой подписки нет",
        "Возможно, адрес неполный: откройте ссылку так, как она стоит в письме. Или подпишитесь заново.",
    ),
    "long": (
        "This is too long",
        "Nobody has that much to say here. Go back and write less.",
        "Это слишком длинно",
        "Столько данных здесь не нужно. Вернитесь и сократите.",
    ),
    "away": (
        "The desk cannot be read at the moment",
        "How things stand is not known. Please ask again in a few seconds.",
        "Данные службы сейчас не читаются",
        "Что происходит, неизвестно. Повторите, пожалуйста, через несколько секунд.",
    ),
    "busy": (
        "Too many ask at once",
        "Please ask again in a second.",
        "Слишком много запросов сразу",
        "Повторите, пожалуйста, через секунду.",
    ),
}
"""English headline and advice, then Russian."""

PREPARING: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Glasno</title>
<main>
<h1>The page is being prepared.</h1>
<p lang="ru">Страница готовится.</p>
</main>
</html>
""".encode()
"""Asks again by itself."""


def trouble(code: Trouble, language: Language) -> bytes:
    """The page, in the language of the asker."""
    headline, advice = WORDS[code][:2] if language == "en" else WORDS[code][2:]
    template = TEMPLATES.get_template("trouble.html.j2")
    return template.render(language=language, headline=headline, advice=advice).encode()
