"""What a probe saw, in words: Russian and English."""

from collections.abc import Mapping
from typing import Final

from api.language import Language
from monitoring.probes import Look, Why

WORDS: Final[Mapping[Why, tuple[str, str]]] = {
    Why.NOTHING: ("всё в порядке", "all is well"),
    Why.REFUSED: ("соединение отклонено", "the connection was refused"),
    Why.LOST: ("соединение оборвалось", "the connection was lost"),
    Why.TIMED_OUT: ("ответ не пришёл вовремя", "no answer came in time"),
    Why.UNREACHABLE: ("узел или сеть недоступны", "the host or its network cannot be reached"),
    Why.NAME_UNKNOWN: ("такого имени нет", "there is no such name"),
    Why.NAME_UNRESOLVED: ("имя не удалось разрешить", "the name could not be resolved"),
    Why.TLS_FAILED: ("не удалось установить TLS", "TLS could not be agreed on"),
    Why.CERTIFICATE_EXPIRED: ("срок сертификата истёк", "the certificate has expired"),
    Why.CERTIFICATE_NOT_YET_VALID: ("срок сертификата ещё не начался", "the certificate is not valid yet"),
    Why.CERTIFICATE_SELF_SIGNED: ("сертификат подписан самим собой", "the certificate is signed by itself"),
    Why.CERTIFICATE_UNTRUSTED: ("сертификату нет доверия", "the certificate is not trusted"),
    Why.CERTIFICATE_OTHER_NAME: ("сертификат выдан на другое имя", "the certificate is of another name"),
    Why.CERTIFICATE_EXPIRES: ("срок сертификата скоро истечёт", "the certificate expires soon"),
    Why.STATUS: ("пришёл не тот код ответа HTTP", "another HTTP status came"),
    Why.BODY: ("в ответе нет нужного текста", "the text that was looked for is not there"),
    Why.ANSWER_BROKEN: ("ответ повреждён", "the answer is broken"),
    Why.SERVER_FAILED: ("сервер имён не справился", "the name server failed"),
    Why.RECORD_MISSING: ("нет нужной записи DNS", "the record is missing"),
    Why.SAID: ("так сообщает страница поставщика", "the other status page says so"),
    Why.WORD_UNKNOWN: ("страница поставщика говорит непонятное", "the other status page uses an unknown word"),
    Why.COMPONENT_UNKNOWN: ("такого компонента на странице поставщика нет", "there is no such component there"),
    Why.UNREADABLE: ("ответ не читается", "the answer cannot be read"),
    Why.SERIES_ZERO: ("ряды Prometheus равны нулю", "series of Prometheus are 0"),
    Why.SERIES_MISSING: ("в Prometheus нет таких рядов", "Prometheus has no such series"),
    Why.OVERDUE: ("сигнал не пришёл вовремя", "it did not call in time"),
    Why.CALLED_OFF: ("пришло сообщение, что сигнала больше нет", "it was told to be over"),
    Why.NEVER_CALLED: ("сигнала ещё не было", "it has not called yet"),
    Why.AWAITED: ("служба ждёт сигнала с недавнего времени", "the desk has been waiting for it only since its start"),
    Why.ADDRESS_INVALID: ("такого адреса быть не может", "there can be no such address"),
    Why.PROBER_FAILED: ("сбой самой проверки", "the probe itself failed"),
}


def in_words(look: Look, language: Language) -> str:
    """Why it is so, and the detail behind it."""
    ru, en = WORDS[look.why]
    words = ru if language == "ru" else en
    return f"{words} ({look.detail})" if look.detail else words
