"""What stands at `/evidence/`: what is published there, by whom it is signed, and how anybody verifies it."""

from collections.abc import Sequence
from html import escape
from typing import Final, Literal, TypeAlias

from domain.desk import Desk
from status_page.former import FormerLog
from status_page.words import LANGUAGES, Language

Level: TypeAlias = Literal["public", "contract", "checkpoints"]

PUBLISHED: Final[dict[Level, tuple[str, str]]] = {
    "public": (
        "Published: signed checkpoints, the tree, and the entries themselves. Anybody can recompute every figure.",
        "Опубликовано: подписанные контрольные точки, дерево и сами записи. Пересчитать каждый показатель может любой.",
    ),
    "contract": (
        "Published: signed checkpoints and the tree. The entries go to clients, by contract: ask support for them.",
        "Опубликовано: подписанные контрольные точки и дерево. Записи выдаются клиентам по договору, через поддержку.",
    ),
    "checkpoints": (
        "Published: signed checkpoints and the tree, no entries. Support gives clients proofs of their own tickets.",
        "Опубликовано: подписанные контрольные точки и дерево, без записей. Доказательства по заявкам даёт поддержка.",
    ),
}
FORMER: Final[dict[Language, str]] = {
    "en": 'Its evidence stays here: <a href="former/{number}/checkpoint">checkpoint</a>, '
    '<a href="former/{number}/log.vkey">key</a>, <code>former/{number}/tile/…</code>',
    "ru": 'Его доказательства остаются здесь: <a href="former/{number}/checkpoint">контрольная точка</a>, '
    '<a href="former/{number}/log.vkey">ключ</a>, <code>former/{number}/tile/…</code>',
}
PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Evidence: {origin}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main>
<h1>Don’t trust us, check us</h1>
<p>Everything that happens at this desk is an entry of an append-only log, <code>{origin}</code>. It is a Merkle tree
(RFC 6962) in files (C2SP tlog-tiles): whoever keeps a checkpoint can prove later that nothing before it was altered,
dropped or put in between.</p>
<p>{en}</p>
{former_en}<ul>
<li><a href="checkpoint">checkpoint</a>: the newest size and root of the tree, signed</li>
<li><a href="log.vkey">log.vkey</a>: the key that it is signed with: <code>{key}</code></li>
<li><a href="verify.pyz">verify.pyz</a>: the verifier, one file that needs Python 3.11 and the package
<code>cryptography</code>; whoever distrusts this site too takes it from somebody else</li>
<li><code>tile/LEVEL/NUMBER</code>: the tree; <code>tile/entries/NUMBER</code>: the entries</li>
</ul>
<p>To verify: <code>glasno audit verify {address}/evidence --key KEY</code>, or any verifier of C2SP logs. Keep the
checkpoint: the next time it shows whether history was rewritten in between. Keep the key, too, and compare it with one
that you were given otherwise.</p>
<p>In the browser, without installing anything: <a href="{address}/en/verify">signature, tree and uptime</a>.</p>
<p>What this does not prove: that everything that happened was entered, or that it was true when it was entered.</p>
<section lang="ru">
<h2>Не верьте на слово, проверьте</h2>
<p>Всё, что происходит в этой службе поддержки, — записи журнала <code>{origin}</code>: в него можно только дописывать.
Это дерево Меркла (RFC 6962) в виде файлов (C2SP tlog-tiles): сохранив контрольную точку, можно позже доказать, что
до неё ничего не изменено, не удалено и не вставлено.</p>
<p>{ru}</p>
{former_ru}<p>Проверка: <code>glasno audit verify {address}/evidence --key KEY</code> или любая программа проверки
журналов C2SP. Сохраните контрольную точку и ключ: в следующий раз они покажут, переписывали ли историю.</p>
<p>В браузере, без установки: <a href="{address}/ru/verify">подпись, дерево и доступность</a>.</p>
<p>Чего это не доказывает: что записано всё, что произошло, и что записанное было правдой.</p>
</section>
</main></body>
</html>
"""


def page(log: Desk, address: str, level: Level, former: Sequence[FormerLog]) -> str:
    """The page; it is the same on the site and in a copy of it."""
    english, russian = PUBLISHED[level]
    told = {"origin": log.origin, "key": log.log_key, "address": address}
    words = {f"former_{language}": "".join(_former(each, language) for each in former) for language in LANGUAGES}
    return PAGE.format(**{name: escape(value) for name, value in told.items()}, en=english, ru=russian, **words)


def _former(log: FormerLog, language: Language) -> str:
    here = FORMER[language].format(number=log.number)
    return f"<p>{escape(log.told(language))} {here}</p>\n"


def withheld(level: Level) -> str:
    """Why the entries are not there."""
    return "\n".join([*PUBLISHED[level], ""])
