"""What the demonstration tells everybody, in Russian and English; `{}` stands for the components."""

from collections.abc import Mapping
from typing import Final

from domain.component import ComponentStatus
from domain.incident import IncidentStatus

TITLES: Final[Mapping[ComponentStatus, Mapping[str, str]]] = {
    ComponentStatus.MAJOR_OUTAGE: {"ru": "Не работает: {}", "en": "Outage: {}"},
    ComponentStatus.PARTIAL_OUTAGE: {"ru": "Частичный сбой: {}", "en": "Partial outage: {}"},
    ComponentStatus.DEGRADED: {"ru": "Замедление: {}", "en": "Slow: {}"},
}
WORKS_TITLE: Final = {"ru": "Плановые работы: {}", "en": "Planned works: {}"}
WORKS_TEXT: Final = {
    "ru": "Обновляем оборудование и программы. В это время возможны перерывы до нескольких минут.",
    "en": "We renew equipment and software. There may be interruptions of a few minutes.",
}
LOOKING: Final = {"ru": "Видим ошибки, ищем причину.", "en": "We see errors and are looking for the cause."}
FOUND: Final = {
    "ru": "Причина найдена, восстанавливаем работу.",
    "en": "The cause is found, we are restoring it.",
}
WATCHING: Final = {
    "ru": "Основное восстановлено, наблюдаем. Возможно замедление.",
    "en": "Most of it works again and we are watching it. It may still be slow.",
}
OVER: Final = {"ru": "Всё работает. Причину устранили.", "en": "Everything works. The cause is removed."}
SLOW: Final = {
    "ru": "Ответы приходят дольше обычного.",
    "en": "Answers take longer than usual.",
}

USUAL: Final = {
    IncidentStatus.INVESTIGATING: LOOKING,
    IncidentStatus.IDENTIFIED: FOUND,
    IncidentStatus.MONITORING: WATCHING,
    IncidentStatus.RESOLVED: OVER,
}
PROGRESS: Final[Mapping[ComponentStatus, Mapping[IncidentStatus, Mapping[str, str]]]] = {
    ComponentStatus.MAJOR_OUTAGE: USUAL,
    ComponentStatus.PARTIAL_OUTAGE: USUAL,
    ComponentStatus.DEGRADED: {**USUAL, IncidentStatus.INVESTIGATING: SLOW},
}
