"""What a replay is told in beside the words of the events: Russian and English, durations, the reasons of segments."""

from collections.abc import Mapping
from typing import Final

from domain.deadline import Reason, Standing
from domain.event import Source
from domain.instant import HOUR, MINUTE, SECOND, Duration
from projections.words import LANGUAGES

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "ticket": ("Заявка", "Ticket"),
    "as_of": ("Как было на {at}", "As it stood at {at}"),
    "known": (
        "Известное на {at} (позиция журнала {position})",
        "What was known at {at} (position {position} of the log)",
    ),
    "happened": ("и случившееся не позднее {at}", "and had happened by {at}"),
    "asserted": (
        "Импорт или моделирование: {asserted} из {events} событий. Их время заявлено и журналом не подтверждено.",
        "Imported or simulated: {asserted} of {events} events. Their times are asserted, not bounded by the log.",
    ),
    "rounding": ("Длительности округлены вниз до секунды.", "Durations are rounded down to the second."),
    "stage": ("Стадия", "Stage"),
    "responsible": ("Ответственный", "Responsible"),
    "nobody_yet": ("группа ещё не приняла", "the team has not taken it yet"),
    "until": ("{what}, до {at}", "{what}, until {at}"),
    "waits": ("Ожидание", "Waits for"),
    "team": ("Группа, линия", "Team, line"),
    "client": ("Контактное лицо, организация", "Contact, organisation"),
    "kind": ("Вид, приоритет", "Kind, priority"),
    "level": ("Уровень обслуживания", "Service level"),
    "version": ("{level}, версия {version}", "{level}, version {version}"),
    "category": ("Категория, сложность", "Category, complexity"),
    "no_category": ("без категории", "none"),
    "opened": ("Открыта", "Opened"),
    "by_channel": ("{at}, канал {channel}", "{at} by {channel}"),
    "next_act": ("Следующий шаг не позднее", "Next act by"),
    "imported": ("Сведения источника", "Recorded by the source"),
    "merged_into": ("Объединена с заявкой", "Merged into ticket"),
    "duplicates": ("Дубликаты", "Duplicates"),
    "links": ("Связи", "Links"),
    "texts_expired": ("Тексты удалены", "Texts deleted"),
    "by_retention": ("{at}, истёк срок хранения", "{at}, the retention period ended"),
    "clocks": ("Сроки", "Clocks"),
    "no_clocks": ("Сроков нет.", "There are no clocks."),
    "before": ("Завершились раньше: {number}. Все они в последнем шаге.", "Over before: {number}. See the last step."),
    "used": ("израсходовано {used} из {target}", "used {used} of {target}"),
    "used_freely": ("израсходовано {used}, срок не обещан", "used {used}, nothing is promised"),
    "due": ("срок {at}", "due {at}"),
    "not_due": ("срок неизвестен до конца ожидания", "due once the wait is over"),
    "ended": ("остановлен {at}", "stopped {at}"),
    "calendar": ("календарь {calendar}, версия {version}", "calendar {calendar}, version {version}"),
    "calendar_ended": (
        "не вычислить: календарь {calendar}, версия {version}, известен до {at}",
        "cannot be reckoned: version {version} of calendar {calendar} is known until {at}",
    ),
    "segments": ("Отрезки", "Segments"),
    "from": ("С", "From"),
    "to": ("По", "To"),
    "lasts": ("Длительность", "Duration"),
    "reason": ("Причина", "Reason"),
    "counted": ("учтено", "counted"),
    "skipped": ("не учтено", "skipped"),
    "verdicts": ("Итоги", "Verdicts"),
    "no_verdicts": ("Итогов нет.", "There are no verdicts."),
    "given_before": (
        "Вынесены раньше: {number}. Все они в последнем шаге.",
        "Given before: {number}. See the last step.",
    ),
    "verdict_ended": ("остановлен {at}", "ended {at}"),
    "verdict_running": ("ещё шёл", "while it ran"),
    "excluded": ("исключено: {why}", "excluded: {why}"),
    "conversation": ("Переписка", "Conversation"),
    "internal": ("внутреннее", "internal"),
    "erased": ("стёрто", "erased"),
    "unreadable": ("не читается: {why}", "cannot be read: {why}"),
    "trail": ("Что произошло", "What happened"),
    "stored": ("записано {at}", "stored {at}"),
    "source_import": ("импорт, время заявлено", "imported, time asserted"),
    "source_simulation": ("моделирование, время заявлено", "simulated, time asserted"),
    "proven": (
        "Доказано записей: {proven} из {events}. Они стоят в журнале под контрольной точкой{signed}, записей {size}.",
        "{proven} of {events} entries are proven to stand in the log under the checkpoint{signed} of {size} entries.",
    ),
    "signed_at": (", подписанной {at}", ", signed at {at},"),
    "nothing_signed": (
        "Доказано записей: 0 из {events}. Журнал ещё не подписан ни одной контрольной точкой.",
        "0 of {events} entries are proven to stand in the log: no checkpoint of it was signed yet.",
    ),
    "altered": (
        "НЕ ТО, ЧТО БЫЛО ПОДПИСАНО: записи событий {numbers}. Все расхождения покажет `glasno check`.",
        "NOT WHAT WAS SIGNED: the entries of events {numbers}. `glasno check` lists everything that is wrong.",
    ),
    "logged": ("Запись {index} журнала: {state}", "Entry {index} of the log: {state}"),
    "entry_proven": ("доказана", "proven"),
    "entry_waiting": ("контрольной точки над ней ещё нет", "under no checkpoint yet"),
    "entry_altered": ("НЕ ТО, ЧТО БЫЛО ПОДПИСАНО", "NOT WHAT WAS SIGNED"),
    "leaf": ("Хеш листа (RFC 6962)", "Leaf hash (RFC 6962)"),
    "checkpoint": ("Контрольная точка: журнал, записей, корень", "Checkpoint: log, entries, root"),
    "signed": ("Подписана", "Signed"),
    "entry": ("Запись", "Entry"),
    "tlog-proof": ("Доказательство (C2SP tlog-proof)", "Proof (C2SP tlog-proof)"),
    "by_hand": ("Как проверить доказательства самому", "How to check the proofs yourself"),
    "all_by_hand": (
        "Все сразу: сохраните страницу как файл и выполните одно из двух. Для второго из Glasno нужен один файл,",
        "All at once: keep this page as a file and run one of these. The second needs one file of Glasno,",
    ),
    "one_file": (
        "он есть на сайте, /evidence/verify.pyz, и его можно взять у кого угодно.",
        "which the site has at /evidence/verify.pyz; take it from anybody.",
    ),
    "one_by_hand": (
        "Одно: скопируйте запись в файл one.entry, доказательство в файл one.tlog-proof рядом с ним и выполните",
        "One of them: copy the entry into a file one.entry, the proof into one.tlog-proof beside it, and run",
    ),
    "take_the_key": (
        "KEY: ключ журнала из договора или от того, кому вы доверяете. Здесь он назван, чтобы сравнить:",
        "KEY is the key of the log, from your contract or from whom you trust. It is named here to be compared:",
    ),
    "what_is_proven": (
        "Доказано, что именно эти записи внесены в журнал и именно на этих местах.",
        "Proven is that exactly these entries were logged, at exactly these places.",
    ),
    "what_is_not": (
        "Что запись говорит то же, что страница, видно там, где она открыта; остальное в ней закрыто дайджестами.",
        "That an entry says what this page tells is seen in it where it is in clear; the rest of it are digests.",
    ),
    "by_steps": ("Шаг за шагом", "Step by step"),
    "step": ("Шаг", "Step"),
    "earlier": ("Назад", "Back"),
    "later": ("Вперёд", "Forward"),
    "keys": ("Клавиши ← → Home End", "Keys ← → Home End"),
    "subject": ("Тема", "Subject"),
    "explanation": ("Объяснение", "Explanation"),
    "alternatives": ("Что можно сделать", "Alternatives"),
    "act": ("Следующий шаг", "Next act"),
    "ticket.opened": ("обращение", "request"),
    "ticket.client_wrote": ("сообщение клиента", "client's message"),
    "ticket.answered": ("ответ", "answer"),
    "ticket.auto_replied": ("автоматический ответ", "automatic reply"),
    "ticket.noted": ("заметка", "note"),
    "ticket.resolved": ("решение", "solution"),
    "ticket.refused": ("мотивированный отказ", "reasoned refusal"),
    "ticket.next_act_stated": ("следующий шаг", "next act"),
    "ticket.rated": ("оценка", "rating"),
}
"""Each in Russian and English."""

STANDINGS: Final[Mapping[Standing, tuple[str, str]]] = {
    Standing.ON_TRACK: ("идёт", "on track"),
    Standing.AT_RISK: ("под угрозой", "at risk"),
    Standing.OVERDUE: ("срок нарушен", "overdue"),
    Standing.PAUSED: ("на паузе", "paused"),
    Standing.STOPPED: ("остановлен", "stopped"),
}

REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.OPEN: ("часы работы", "opening hours"),
    Reason.CLOSED: ("вне часов работы", "outside opening hours"),
    Reason.WAITING_CLIENT: ("ожидание клиента", "waiting for the client"),
    Reason.WAITING_DATE: ("ожидание согласованной даты", "waiting until the agreed date"),
    Reason.RESOLVED: ("решена, до возражения клиента", "resolved, until the client objected"),
    Reason.NO_TARGET: ("срок не обещан", "nothing is promised"),
}

UNITS: Final = {"ru": ("ч", "мин", "с"), "en": ("h", "min", "s")}


def say(language: str, word: str, **facts: str | int) -> str:
    """A word or a sentence of the replay."""
    return _pick(WORDS[word], language).format(**facts)


def has(word: str) -> bool:
    """Whether a part of a text needs a heading of its own."""
    return word in WORDS


def marked(source: Source, language: str) -> str:
    """What distinguishes an entry that is asserted; nothing for a live one."""
    return "" if source is Source.LIVE else say(language, f"source_{source}")


def standing(value: Standing, language: str) -> str:
    """How a clock stands."""
    return _pick(STANDINGS[value], language)


def reason(value: Reason, language: str) -> str:
    """Why a segment counts or does not."""
    return _pick(REASONS[value], language)


def lasting(duration: Duration, language: str) -> str:
    """A duration in hours, minutes and seconds, rounded down: `26 h 5 min`, `40 min`, `12 s`.

    Not in days: a day of opening hours is not a day.
    """
    numbers = duration // HOUR, duration % HOUR // MINUTE, duration % MINUTE // SECOND
    parts = [f"{number} {unit}" for number, unit in zip(numbers, UNITS[language], strict=True) if number]
    return " ".join(parts) or f"0 {UNITS[language][-1]}"


def _pick(pair: tuple[str, ...], language: str) -> str:
    return pair[LANGUAGES.index(language)]
