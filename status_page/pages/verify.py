"""The page that lets a visitor check the evidence in the browser; what it does is in `static/verify.js`."""

from collections.abc import Mapping, Sequence
from typing import Final

from projections import months
from projections.entries import entries_at
from status_page.edition import Edition
from status_page.former import former_logs
from status_page.html import VERIFY, render
from status_page.words import NONE, UNITS, Language

SAYS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "good": "Right:",
        "bad": "Wrong:",
        "open": "Not checked:",
        "no_crypto": "This page was opened without encryption, so the browser lends it no cryptography. Open it by "
        "https, or use the tool.",
        "no_ed25519": "This browser cannot verify Ed25519 signatures. Use a newer one, or the tool.",
        "no_key": "That is no key of a log. It looks like NAME+ID+KEY.",
        "no_checkpoint": "What stands at {name} is no signed checkpoint of that log.",
        "other_key": "The checkpoint is not signed by that key: its signature is of {names}.",
        "bad_signature": "The signature of the checkpoint does not hold: key {name} never signed this.",
        "signed": "The checkpoint is signed by key {name}: {size} entries, root {root}.",
        "first": "This browser has seen no checkpoint of this log before. This one is kept for the next time.",
        "goes_on": "It goes on from the {size} entries that this browser saw here before: none of them was altered or "
        "dropped.",
        "goes_on_as": "It goes on under another name from the {size} entries of {name} that this browser saw here "
        "before: none of them was altered or dropped.",
        "lost": "The log goes on under another name: of the {old} entries of {name} that this browser saw here "
        "before, {lost} are lost. Keep both checkpoints.",
        "former_key": "That is the key of the former log {name}, which is not signed any more. What became of it "
        "stands above.",
        "other_log": "This browser saw another log here before, {name}. Keep both checkpoints.",
        "rolled_back": "The log was rolled back: this browser saw {old} entries here before, now there are {new}. Keep "
        "both checkpoints.",
        "rewritten": "History was rewritten: the log does not go on from the {old} entries that this browser saw here "
        "before. Keep both checkpoints.",
        "tree": "The files of the tree lead to the signed root.",
        "bad_tree": "The files of the tree do not lead to the root that was signed.",
        "bad_file": "{name} does not hold what it should.",
        "missing": "{name} is not there.",
        "withheld": "The entries are not published here, so that figures cannot be recomputed by everybody.",
        "no_month": "No month is fixed yet.",
        "unsigned": "Entry {index} is under no signed checkpoint yet. Check again in a minute.",
        "included": "Entry {index}, which publishes the figures of {month}, is under the signed root.",
        "not_included": "Entry {index}, which is to publish the figures of {month}, is not the one that was signed.",
        "not_a_claim": "Entry {index} does not publish the figures of {month}.",
        "shown": "The page of {month} shows the {count} rows of figures that were signed, and no others.",
        "shown_otherwise": "The page of {month} shows something else than was signed: {rows}.",
        "too_many": "The log has {size} entries, which is too much for a page. The tool reads them all.",
        "all": "All {size} entries were fetched and hashed: they are what the signed root says.",
        "altered": "Entry {index} is not the one that was signed: {name}.",
        "hidden": "This page does not name every entry about {month}. Load it again; if it says so still, a correction "
        "is kept from you.",
        "same": "The uptime of all {count} components in {month}, computed here from the entries, is to the last digit "
        "what was published.",
        "different": "The uptime of {month}, computed here from the entries, is not what was published for: {rows}.",
        "excused": "Works of {rows} excuse time that was not announced in time.",
        "sla": "The figures of tickets are recomputed by the tool, not by this page.",
        "is_same": "same",
        "is_different": "different",
        "component": "Component",
        "published": "Published",
        "computed": "Computed here",
        "result": "Result",
        "caption": "Uptime of {month}, published and computed here",
        "all_good": "All that was checked is right.",
        "some_bad": "Something is wrong: see above. Tell us, and others.",
        "broken": "The check could not be finished: {why}",
        "copied": "Both checkpoints were copied.",
        "forgotten": "Forgotten. The next check begins anew.",
    },
    "ru": {
        "good": "Верно:",
        "bad": "Неверно:",
        "open": "Не проверено:",
        "no_crypto": "Страница открыта без шифрования, поэтому браузер не даёт ей криптографию. Откройте её по https "
        "или возьмите программу.",
        "no_ed25519": "Этот браузер не умеет проверять подписи Ed25519. Возьмите браузер новее или программу.",
        "no_key": "Это не ключ журнала. Он выглядит так: ИМЯ+ID+КЛЮЧ.",
        "no_checkpoint": "По адресу {name} нет подписанной контрольной точки этого журнала.",
        "other_key": "Контрольная точка подписана не этим ключом, а ключом {names}.",
        "bad_signature": "Подпись контрольной точки недействительна: ключ {name} этого не подписывал.",
        "signed": "Контрольная точка подписана ключом {name}: записей {size}, корень {root}.",
        "first": "Этот браузер ещё не видел контрольных точек этого журнала. Эту он запомнил до следующего раза.",
        "goes_on": "Она продолжает те записи ({size}), которые этот браузер уже видел здесь: ни одна не изменена и не "
        "удалена.",
        "goes_on_as": "Она продолжает под другим именем те записи журнала {name} ({size}), которые этот браузер уже "
        "видел здесь: ни одна не изменена и не удалена.",
        "lost": "Журнал продолжен под другим именем: из записей журнала {name}, которые этот браузер уже видел здесь "
        "({old}), утрачено {lost}. Сохраните обе контрольные точки.",
        "former_key": "Это ключ прежнего журнала {name}, который больше не подписывается. Что с ним стало, сказано "
        "выше.",
        "other_log": "Раньше этот браузер видел здесь другой журнал, {name}. Сохраните обе контрольные точки.",
        "rolled_back": "Журнал откатили назад: раньше этот браузер видел здесь записей {old}, теперь их {new}. "
        "Сохраните обе контрольные точки.",
        "rewritten": "Историю переписали: журнал не продолжает те записи ({old}), которые этот браузер видел здесь "
        "раньше. Сохраните обе контрольные точки.",
        "tree": "Файлы дерева сходятся к подписанному корню.",
        "bad_tree": "Файлы дерева не сходятся к подписанному корню.",
        "bad_file": "В {name} не то, что должно быть.",
        "missing": "Файла {name} нет.",
        "withheld": "Записи здесь не опубликованы, поэтому пересчитать показатели может не каждый.",
        "no_month": "Ни один месяц ещё не зафиксирован.",
        "unsigned": "Запись {index} ещё не подписана ни одной контрольной точкой. Проверьте снова через минуту.",
        "included": "Запись {index}, в которой опубликованы показатели за {month}, входит в подписанный корень.",
        "not_included": "Запись {index}, в которой должны быть показатели за {month}, не та, что была подписана.",
        "not_a_claim": "В записи {index} нет показателей за {month}.",
        "shown": "Страница за {month} показывает подписанные показатели, строк: {count}, и никаких других.",
        "shown_otherwise": "Страница за {month} показывает не то, что подписано: {rows}.",
        "too_many": "В журнале записей {size}: для страницы это слишком много. Их все прочитает программа.",
        "all": "Получены и хешированы все записи ({size}): они те самые, о которых говорит подписанный корень.",
        "altered": "Запись {index} не та, что была подписана: {name}.",
        "hidden": "Эта страница называет не все записи о показателях за {month}. Обновите её; если не поможет, "
        "от вас скрывают исправление.",
        "same": "Доступность всех компонентов ({count}) за {month}, вычисленная здесь по записям, до последней цифры "
        "совпадает с опубликованной.",
        "different": "Доступность за {month}, вычисленная здесь по записям, не совпадает с опубликованной: {rows}.",
        "excused": "Работы исключают из учёта время, не объявленное заранее: {rows}.",
        "sla": "Показатели заявок пересчитывает программа, а не эта страница.",
        "is_same": "совпадает",
        "is_different": "не совпадает",
        "component": "Компонент",
        "published": "Опубликовано",
        "computed": "Вычислено здесь",
        "result": "Итог",
        "caption": "Доступность за {month}: опубликованная и вычисленная здесь",
        "all_good": "Всё, что проверено, верно.",
        "some_bad": "Что-то не так, смотрите выше. Сообщите нам и не только нам.",
        "broken": "Проверку не удалось закончить: {why}",
        "copied": "Обе контрольные точки скопированы.",
        "forgotten": "Забыто. Следующая проверка начнётся заново.",
    },
}
"""What the script says."""


def html(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The page."""
    former = former_logs(edition.desk)
    return render(
        "verify", edition, language, "/verify",
        vkey=edition.desk.founding.load(edition.desk.stream)[0].log_key,
        claims=_claims(edition), verify=VERIFY, is_still=True, former=[each.told(language) for each in former],
        says={
            **SAYS[language], "none": NONE[language], "units": [*UNITS[language].items()],
            "former": [{"origin": each.said.former_origin, "kept": each.kept} for each in former],
        },
    )  # fmt: skip


def _claims(edition: Edition) -> Mapping[str, Sequence[int]]:
    """The fixed months, newest first: the indexes of the entries that publish and correct their figures."""
    known = months.claims(edition.connection, edition.position)
    return {
        month: [entries_at(edition.connection, position) - 1 for position in known[month]]
        for month in sorted(known, reverse=True)
    }
