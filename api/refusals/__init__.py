"""Every refusal in words, English and Russian, with its HTTP status: the only place where a code meets either."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from api.language import Language
from api.refusals import alerts, edge, people, status, subscriptions, tickets


class Refusal(NamedTuple):
    """How a code is answered; the sentences name its facts in braces."""

    status: int
    words: Mapping[Language, str]


REFUSALS: Final[Mapping[str, Refusal]] = {
    code: Refusal(answer, {"en": en, "ru": ru})
    for part in (alerts.WORDS, edge.WORDS, people.WORDS, status.WORDS, subscriptions.WORDS, tickets.WORDS)
    for code, (answer, en, ru) in part.items()
}

TITLES: Final[Mapping[int, Mapping[Language, str]]] = {
    400: {"en": "The request cannot be read", "ru": "Запрос не читается"},
    401: {"en": "Who asks is not known", "ru": "Неизвестно, кто обращается"},
    403: {"en": "Not allowed", "ru": "Недостаточно прав"},
    404: {"en": "Not found", "ru": "Не найдено"},
    405: {"en": "Not done here", "ru": "Метод не поддерживается"},
    409: {"en": "Not possible as things stand", "ru": "Сейчас это невозможно"},
    410: {"en": "It is over", "ru": "Действие прекращено"},
    412: {"en": "Changed meanwhile", "ru": "Данные изменились"},
    413: {"en": "Too large", "ru": "Слишком большой запрос"},
    422: {"en": "Something in the request is wrong", "ru": "В запросе ошибка"},
    429: {"en": "Too many requests", "ru": "Слишком много запросов"},
    500: {"en": "A fault of the desk", "ru": "Ошибка на стороне службы поддержки"},
    503: {"en": "Not at this moment", "ru": "Временно недоступно"},
}
